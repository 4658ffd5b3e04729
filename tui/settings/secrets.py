"""Keys: how one is read, the type that may hold it, and its removal from everything that is written.

Masking runs in a fixed order: controls are stripped, the known secrets are masked in every form, then whatever has the
shape of a secret (`tui.settings.mask`), and the cut to length comes last, since a cut key matches no pattern any more.
"""

import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn, final
from urllib.parse import parse_qsl, unquote, urlsplit

from tui.settings.command import CommandFailed, CommandRun
from tui.settings.key_source import KeySource
from tui.settings.mask import MASKED, cut, mask_key, mask_shapes, mask_url, strip_controls
from tui.settings.needle import Needle, find_scattered, is_dummy, make_needles, mask_known

__all__ = [
    "KeyUnavailable",
    "Masker",
    "Secret",
    "mask_key",
    "mask_url",
    "read_key",
    "secrets_in",
    "secrets_of",
]

_LONGEST_LINE = 65536
"""Bytes read of a file; no header may be as long."""

_MOST_PASSES = 8
_SECRET_NAME = re.compile(
    r"(?:key|token|secret|passw(?:or)?d|pwd|auth|sig|signature|credential|session|hmac|code)$", re.IGNORECASE
)
_SECRET_VARIABLE = re.compile(r"(?:key|token|secret|password|passwd|passphrase|credentials?)$", re.IGNORECASE)
_SHORTEST_VALUE = 8
"""A shorter value of a variable is a word such as "true" rather than a secret."""


@final
class Secret:
    """A key; only `reveal()` gives it away, while every way of printing it shows its mask.

    Copies are the same object, and pickling is refused. The text stands in a closure, not in an attribute, so that
    `inspect.getmembers` and a debugger's list of attributes do not show it.
    """

    __slots__ = ("__reveal",)

    __reveal: Callable[[], str]

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_Secret__reveal", lambda: text)

    def reveal(self) -> str:
        return self.__reveal()

    @property
    def masked(self) -> str:
        """The public prefix, "…" and the last 4 characters, or "[masked]"."""
        return mask_key(self.reveal())

    def bad_character(self) -> int | None:
        """The index of the first character that cannot stand in a header value: all but visible ASCII."""
        return next((index for index, character in enumerate(self.reveal()) if not "!" <= character <= "~"), None)

    def __repr__(self) -> str:
        return self.masked

    def __format__(self, specification: str) -> str:
        return format(self.masked, specification)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_octets(self.reveal()), _octets(other.reveal()))

    def __hash__(self) -> int:
        return hash((Secret, self.reveal()))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "Secret":
        return self

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is not pickled")


def _octets(text: str) -> bytes:
    """UTF-8, lone surrogates included: the environment gives one for each undecodable byte (PEP 383)."""
    return text.encode("utf-8", "surrogatepass")


class KeyUnavailable(Exception):
    """A key source gave no key; the text names the source and the reason, never what the source gave."""

    def __init__(self, source: KeySource, reason: str) -> None:
        super().__init__(f"{source.describe()}: {reason}")
        self.source = source
        self.reason = reason


def read_key(
    source: KeySource, environ: Mapping[str, str], *, timeout: float = 10.0, command: CommandRun | None = None
) -> Secret | None:
    """The key that the source gives, or None where there is no source or the variable is unset or blank.

    Raises KeyUnavailable when a file cannot be read or begins with a blank line, and when a command cannot run, fails,
    prints nothing or still has its output open after `timeout` seconds. It waits that long: call it in a thread, with
    a `command` whose `stop` ends the waiting.
    """
    match source.kind:
        case "none":
            return None
        case "env":
            value = environ.get(source.value, "")
            return Secret(re.sub(r"\r?\n\Z", "", value)) if value.strip() else None
        case "file":
            return _first_line(source, _read_file(source, environ))
        case "command":
            return _first_line(source, _run_command(source, environ, timeout, command or CommandRun()))


def _first_line(source: KeySource, content: bytes) -> Secret:
    try:
        line = content.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        # The error holds the bytes, so it must not become the context of ours either.
        line = None
    if line is None:
        raise KeyUnavailable(source, "it is not UTF-8 text")
    if not line.strip():
        raise KeyUnavailable(source, "its first line is empty")
    return Secret(line)


def _read_file(source: KeySource, environ: Mapping[str, str]) -> bytes:
    home = environ.get("HOME")
    try:
        in_home = home and source.value.startswith("~/")
        path = Path(home, source.value[2:]) if home and in_home else Path(source.value).expanduser()
        with path.open("rb") as file:
            return file.readline(_LONGEST_LINE)
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise KeyUnavailable(source, f"it cannot be read ({reason})") from None


def _run_command(source: KeySource, environ: Mapping[str, str], timeout: float, command: CommandRun) -> bytes:
    try:
        return command.run(source.value, environ, timeout)
    except CommandFailed as error:
        raise KeyUnavailable(source, str(error)) from None


def secrets_of(url: str) -> list[Secret]:
    """What an address holds that only its server may know: a password, else a user, and query values of such names."""
    try:
        parts = urlsplit(url)
        told = [parts.password or parts.username or ""]
    except ValueError:
        return []  # no address: nobody is sent anything of it
    told += [value for name, value in parse_qsl(parts.query) if _SECRET_NAME.search(name)]
    return [Secret(text) for text in dict.fromkeys([*told, *map(unquote, told)]) if text]


def secrets_in(environ: Mapping[str, str]) -> list[Secret]:
    """The values of variables that are named after a secret, whoever set them, and what addresses of proxies hold."""
    variables = [(name, value) for name, value in environ.items() if len(value) >= _SHORTEST_VALUE]
    named = [value for name, value in variables if _SECRET_VARIABLE.search(name)]
    proxies = [value for name, value in environ.items() if name.lower().endswith("_proxy")]
    return [*map(Secret, named), *(secret for proxy in proxies for secret in secrets_of(proxy))]


class Masker:
    """Removes the known secrets, in any form, and everything that looks like a secret from a text.

    A known key is found in any letter case, percent-encoded, with JSON, repr or HTML escapes, in base64 and in hex,
    with white space or table bars between its characters, and in runs and pieces (`tui.settings.needle`). A dummy key,
    of fewer than 8 characters or made of words such as "not-needed", is masked only where a header or a pair holds one.
    Masking a masked text changes nothing, as long as the same secrets are known and the limit is the same.
    """

    __slots__ = ("_dummies", "_needles", "_secrets")

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets: set[Secret] = set()
        self._needles: list[Needle] = []
        self._dummies: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Makes a secret known; one that is known already changes nothing."""
        key = strip_controls(secret.reveal())
        if secret in self._secrets or not key:
            return
        self._secrets.add(secret)
        if is_dummy(key):
            self._dummies.add(key.lower())
        else:
            self._needles += make_needles(key, secret.masked)

    def __call__(self, text: str, limit: int | None = None) -> str:
        """The text without secrets, at most `limit` characters of it, the last of them "…" when it was cut."""
        return self._mask(text, limit, ())

    def together(self, texts: Sequence[str], limit: int | None = None) -> list[str]:
        """The texts, each masked; of a key that is split over several of them its pieces are masked as well."""
        scattered = find_scattered([strip_controls(text) for text in texts], self._needles)
        return [self._mask(text, limit, scattered) for text in texts]

    def known(self, texts: Sequence[str]) -> list[str]:
        """The texts without the secrets that are known, and nothing else changed: for what is kept as it came."""
        scattered = find_scattered(texts, self._needles)
        return [mask_known(text, self._needles, scattered) for text in texts]

    def _mask(self, text: str, limit: int | None, scattered: Collection[Needle]) -> str:
        stripped = strip_controls(text)
        if stripped != text:
            # A control sequence that swallows the first letter of a key would save the rest of it from being found.
            stripped = strip_controls(mask_known(text, self._needles))
        masked = self._settle(stripped, scattered)
        if limit is None or len(masked) <= limit:
            return masked
        for _ in range(_MOST_PASSES):
            short = cut(masked, limit)
            masked = self._settle(short, scattered)
            if masked == short:
                return short
        return "…"[: max(0, limit)]

    def _settle(self, text: str, scattered: Collection[Needle]) -> str:
        """Masks until nothing changes: a mask and what follows it could form a secret anew."""
        for _ in range(_MOST_PASSES):
            known = mask_known(text, self._needles, scattered) if self._needles else text
            masked = mask_shapes(known, self._dummies)
            if masked == text:
                return text
            text = masked
        return MASKED
