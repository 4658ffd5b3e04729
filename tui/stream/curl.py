"""Curl: a request as a command that any shell can run, with the key's variable in the place of the key.

What a person would ask of curl stands in it and no more: `-N`, so that it does not buffer; the address, the headers,
the body, and the way (proxy, certificates). The prompt is left out unless it is asked for: a placeholder takes its
place. Every value is quoted for a POSIX shell; only the key's variable is open to it.
"""

import json
import os
import re
import shlex
from typing import Any

from tui.settings.provider import host_of, is_loopback
from tui.settings.secrets import Masker, mask_url
from tui.stream.raw_stream import SentRequest
from tui.text.sanitise import escape_json_line

PLACEHOLDER = "Say hello in one short sentence."
"""What is asked in the place of the prompt."""
_OF_THE_LAST_MESSAGE = ("continue_final_message", "add_generation_prompt")
"""Fields that go with the start of an answer, which is left out with the prompt."""
_LONGEST_ARGUMENT = 100_000
"""Bytes; Linux takes no argument of 128 KiB or more."""
_PROXY_USER = re.compile(r"(?<=://)[^/?#]*@")


def key_variable(request: SentRequest) -> str:
    """The variable that holds the key: the provider's own, else a fitting name."""
    if request.key.kind == "env":
        return request.key.value
    name = re.sub(r"[^A-Za-z0-9]+", "_", request.route).strip("_").upper() or "WEIR"
    return f"{'_' if name[0].isdigit() else ''}{name}_API_KEY"


def write_curl(request: SentRequest, mask: Masker, *, with_prompt: bool) -> str:
    """The command, on several lines; before it comments where something has to be put in."""
    notes: list[str] = []
    parts = [f"curl -N {_write_address(request, mask, notes)}"]
    if request.key.kind != "none":
        parts.append(f'-H "Authorization: Bearer ${key_variable(request)}"')
    if request.key.kind in ("command", "file"):
        notes.append(f"# Set {key_variable(request)} to the key out of: {request.key.describe()}.")
    parts += (f"-H {shlex.quote(mask.known([f'{name}: {value}'])[0])}" for name, value in request.headers.items())
    parts += _write_way(request, notes)
    before = [re.sub(r"[\r\n]+", " ", note) for note in notes]
    if not request.body:
        return "\n".join([*before, _join(parts)])
    (body,) = mask.known([escape_json_line(_write_body(request.body, with_prompt=with_prompt))])
    if len(body.encode(errors="replace")) < _LONGEST_ARGUMENT:
        return "\n".join([*before, _join([*parts, f"--data-raw {shlex.quote(body)}"])])
    # JSON has no line break of its own, so no line of the body can end it before its time.
    return "\n".join([*before, _join([*parts, "--data-binary @- <<'JSON'"]), body, "JSON"])


def _write_address(request: SentRequest, mask: Masker, notes: list[str]) -> str:
    (address,) = mask.known([mask_url(request.url)])
    if address != request.url:
        notes.append("# What is masked in the address is a secret: put it back.")
    # curl takes brackets and braces in an address for a pattern of several, but for those of an IPv6 host.
    globbing = "-g " if re.search(r"[\[\]{}]", address.partition("://")[2].partition("/")[2]) else ""
    return globbing + shlex.quote(address)


def _write_way(request: SentRequest, notes: list[str]) -> list[str]:
    way = [] if request.ca_file is None else [f"--cacert {shlex.quote(os.path.expanduser(request.ca_file))}"]
    if request.proxy is not None:
        proxy = _PROXY_USER.sub("", request.proxy, count=1)
        if proxy != request.proxy:
            notes.append("# The proxy wants a user and a password: add --proxy-user.")
        return [*way, f"--proxy {shlex.quote(proxy)}"]
    # weir never takes a proxy for this machine; curl takes the environment's.
    return [*way, "--noproxy '*'"] if is_loopback(host_of(request.url)) else way


def _write_body(body: bytes, *, with_prompt: bool) -> str:
    """The body as it was sent; without the prompt a short one of ours asks for little."""
    text = body.decode(errors="replace")
    if with_prompt:
        return text
    fields: dict[str, Any] = json.loads(text)
    fields["messages"] = [{"role": "user", "content": PLACEHOLDER}]
    for name in _OF_THE_LAST_MESSAGE:
        fields.pop(name, None)
    return json.dumps(fields, ensure_ascii=False)


def _join(parts: list[str]) -> str:
    return " \\\n  ".join(parts)
