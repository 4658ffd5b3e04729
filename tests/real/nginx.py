"""A real nginx on free ports of 127.0.0.1 before one upstream: a route for each way to configure it, well or badly.

The ports are bound here and handed over as an old nginx hands them to a new one (the variable `NGINX` of its
environment), so nobody else can take one meanwhile, and a request that comes before nginx is up waits in the queue.
nginx runs in the foreground, its worker as the user who runs the tests too, and writes only below the given folder.
"""

import grp
import http.client
import os
import pwd
import shutil
import socket
import string
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.real.ending import end_process

CERTIFICATE = Path(__file__).parents[1] / "stream" / "certificate.pem"
"""For 127.0.0.1 and provider.test, self-signed, with its key in the same file."""
PORTAL_TITLE = "Sign in to the marsh"

_HOST = "127.0.0.1"
_TLS_ROUTES = ("tls",)
_START_LIMIT = 10.0

_RELAY = "proxy_pass http://%upstream;"
_SMOOTH = f"{_RELAY} proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off;"
_COMPRESS = "gzip on; gzip_types text/event-stream;"
# Every route is a server block; `%name` becomes an address or a path.
_ROUTES = {
    # Passes on at once what comes.
    "smooth": f"location / {{ {_SMOOTH} }}",
    # As installed: HTTP/1.0 to the upstream, and buffering; whatever the upstream asks for.
    "stock": f"location / {{ {_RELAY} proxy_ignore_headers X-Accel-Buffering; }}",
    # As `smooth`, and compresses event streams for a client that accepts it.
    "gzip": f"location / {{ {_SMOOTH} {_COMPRESS} }}",
    # Accepts gzip on its own account and hands what comes of it to whoever asked.
    "careless": f"location / {{ {_SMOOTH.replace('%upstream', '%gzip')} proxy_set_header Accept-Encoding gzip; }}",
    # 504 when the upstream does not begin its answer within a second.
    "slow_first": f"location / {{ {_RELAY} proxy_read_timeout 1s; }}",
    # As `smooth`, and breaks off when the upstream is silent for a second.
    "slow_idle": f"location / {{ {_SMOOTH} proxy_read_timeout 1s; }}",
    # As `stock`, and lets two kilobytes a second through.
    "paced": f"location / {{ {_RELAY} proxy_ignore_headers X-Accel-Buffering; limit_rate 2k; }}",
    # 502: nothing listens behind it.
    "dead": "location / { proxy_pass http://%nobody; }",
    # 413 for a request of more than 1 KiB.
    "small": f"client_max_body_size 1k; location / {{ {_RELAY} }}",
    "moved": "return 301 http://%smooth$request_uri;",
    # 401: it wants a password of its own.
    "gate": f"location / {{ auth_basic marsh; auth_basic_user_file %users; {_RELAY} }}",
    # A web page with status 200.
    "portal": f"""location / {{
        default_type text/html; return 200 '<html><head><title>{PORTAL_TITLE}</title></head><body></body></html>';
    }}""",
    # Closes without an answer. It turns to nobody first, which makes it read the whole request: to close a connection
    # with bytes unread would reset it.
    "hang_up": "location / { proxy_pass http://%nobody; error_page 502 = @close; } location @close { return 444; }",
    "busy": "location / { add_header Retry-After 0 always; return 503; }",
    "limited": "location / { return 429; }",
    # As `smooth`, over TLS.
    "tls": f"ssl_certificate %certificate; ssl_certificate_key %certificate; location / {{ {_SMOOTH} }}",
    # For this module alone, to see that nginx is up.
    "ready": "return 204;",
}
_FRAME = """
daemon off; user %user; worker_processes 1; pid nginx.pid; error_log stderr warn;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
%servers
}
"""


class _Text(string.Template):
    """Text of a configuration, in which `$` is nginx's own."""

    delimiter = "%"


class Nginx:
    """A context manager: every route answers on entry, and nginx is ended by its pid on exit.

    `upstream` is a port of 127.0.0.1; without one nothing is behind the routes that would ask it.
    """

    def __init__(self, folder: Path, upstream: int | None = None) -> None:
        self._folder = folder
        self._log = folder / "nginx.log"
        self._upstream = upstream
        self._ports: dict[str, int] = {}
        self._nobody = socket.socket()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, route: str, host: str = _HOST) -> str:
        """What a client takes as its base URL."""
        return f"{'https' if route in _TLS_ROUTES else 'http'}://{host}:{self._ports[route]}/v1"

    def __enter__(self) -> Self:
        try:
            # Bound, but not listening: a connection is refused, and nobody else can come to listen there.
            self._nobody.bind((_HOST, 0))
            self._start()
            self._check_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self) -> None:
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
        assert program, "these tests need nginx (on Debian: apt-get install nginx-light)"
        listeners = {name: socket.create_server((_HOST, 0)) for name in _ROUTES}
        try:
            self._ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
            for listener in listeners.values():
                listener.setblocking(False)
            (self._folder / "nginx.conf").write_text(self._configuration(), encoding="utf-8")
            (self._folder / "users").touch()
            handed = [listener.fileno() for listener in listeners.values()]
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [program, "-p", str(self._folder), "-c", str(self._folder / "nginx.conf"), "-e", "stderr"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=handed,
                    env={**os.environ, "NGINX": "".join(f"{number};" for number in handed)},
                )
        finally:
            # From here on nginx alone has them open: should it die, who waits in a queue is refused at once.
            for listener in listeners.values():
                listener.close()

    def _configuration(self) -> str:
        nobody = self._nobody.getsockname()[1]
        ports = {**self._ports, "nobody": nobody, "upstream": self._upstream or nobody}
        places = {name: f"{_HOST}:{port}" for name, port in ports.items()}
        user = f"{pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name}"
        places |= {"user": user, "users": str(self._folder / "users"), "certificate": str(CERTIFICATE)}
        servers = [
            f"server {{ listen {places[name]}{' ssl' if name in _TLS_ROUTES else ''}; {body} }}"
            for name, body in _ROUTES.items()
        ]
        return _Text(_FRAME.replace("%servers", "\n".join(servers))).substitute(places)

    def _check_ready(self) -> None:
        connection = http.client.HTTPConnection(_HOST, self._ports["ready"], timeout=_START_LIMIT)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise AssertionError(f"nginx does not answer; what it said:\n{self._log.read_text()}") from error
        finally:
            connection.close()
        assert status == 204, f"something else than nginx answers: {status}"

    def _end(self) -> None:
        self._nobody.close()
        process, self._process = self._process, None
        end_process(process)
