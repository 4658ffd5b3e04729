"""Capture: writes the raw stream of every attempt while a permission holds, each to a file of its own (0600).

A file is written while its attempt runs (`LiveCapture`), and once more, whole or not at all, when that has ended: one
that is left without its end says so in its first line, `"whole": false`. What it holds is the answer as it came,
prompts that a server repeats and the reply included, but no key: the request's stands as its variable, headers that
hold secrets are masked, and a known key that a server echoes is masked in its bytes. The request's body is in it only
with `with_prompts`. A stream that began before the permission is not written, and of one that outlives it only what
came until then.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui.settings.paths import Paths, extend_file, make_private_folder, write_whole
from tui.settings.permission import Ended, Permission, end_permission, read_permission
from tui.settings.secrets import Masker, mask_url
from tui.stream.compression import DamagedEncoding, UnknownEncoding, make_decompressor
from tui.stream.curl import key_variable
from tui.stream.live_capture import LiveCapture
from tui.stream.raw_stream import RawEnd, RawStream, Watcher
from tui.stream.recording import Head, Recording, write_reads, write_recording

_SEAM = 512
"""Bytes on each side of a boundary between reads in which a key that spans it is looked for."""
_FRAMING = ("content-encoding", "content-length", "content-type", "transfer-encoding")
_MARK = "…".encode().decode("latin-1")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def _now() -> datetime:
    return datetime.now(UTC)


class Capture:
    """One for each run of the program. `report` is told once if nothing can be written, from whatever thread."""

    def __init__(
        self, paths: Paths, mask: Masker, report: Callable[[str], None], now: Callable[[], datetime] = _now
    ) -> None:
        self._paths = paths
        self._mask = mask
        self._report = report
        self._now = now
        self._failed = False

    def permission(self) -> Permission | None:
        """The permission, if it holds now; blocks."""
        permission = read_permission(self._paths.capture_file)
        return permission if permission is not None and permission.holds(self._now()) else None

    def end(self) -> Ended | None:
        """Do what the end of a permission asks for, if that is due; blocks. What cannot be removed is reported."""
        try:
            return end_permission(self._paths.capture_file, self._paths.captures, self._now())
        except OSError as error:
            self._tell(error)
            return None

    def follow(self, raw: RawStream) -> None:
        """Write what comes of an attempt while it runs, off the loop."""
        raw.watcher = LiveCapture(raw, self._extend)

    def keep_later(self, raw: RawStream) -> None:
        """`keep`, off the loop; the loop's own end waits for it."""
        asyncio.get_running_loop().run_in_executor(None, self._finish, raw.copy(), raw.watcher)

    def keep(self, raw: RawStream) -> Path | None:
        """Write an attempt that has ended, if the permission covers it; its file. Blocks."""
        if (permission := self._permission_for(raw)) is None:
            return None
        path = self._path_of(raw, permission)
        try:
            make_private_folder(self._paths.captures)
            write_whole(path, write_recording(make_recording(raw, permission, self._mask)))
        except OSError as error:
            self._tell(error)
            return None
        return path

    def _finish(self, raw: RawStream, watcher: Watcher | None) -> None:
        if watcher is not None:
            watcher.close()
        self.keep(raw)

    def _extend(self, raw: RawStream, reads: Sequence[tuple[float, bytes]], first: bool) -> bool:
        """Write what has come of an attempt that runs; whether there may be more. Blocks."""
        permission = self._permission_for(raw)
        if permission is None or not permission.holds(self._now()):
            return False
        path, part = self._path_of(raw, permission), replace(raw, reads=deque(reads), dropped_bytes=0)
        recording = make_recording(part, permission, self._mask)
        try:
            if first:
                make_private_folder(self._paths.captures)
                about = {**recording.about, "whole": False}
                write_whole(path, write_recording(replace(recording, about=about), ended=False))
            else:
                extend_file(path, write_reads(recording))
        except FileNotFoundError:
            return False  # it was removed by whoever ended the permission
        except OSError as error:
            self._tell(error)
            return False
        return True

    def _permission_for(self, raw: RawStream) -> Permission | None:
        """The permission that covers an attempt."""
        permission = read_permission(self._paths.capture_file)
        if permission is None or not permission.since <= raw.wall_started < permission.until:
            return None
        purged = permission.ended and permission.purge
        return None if purged else permission  # what is written then would stay behind what was removed

    def _path_of(self, raw: RawStream, permission: Permission) -> Path:
        name = _NOT_IN_NAMES.sub("-", raw.request.model)[-40:].strip(".-") or "model"
        file = f"{raw.wall_started:%H-%M-%S.%f}-{name}-{raw.attempt}.jsonl"
        return self._paths.captures / permission.folder / file

    def _tell(self, error: OSError) -> None:
        if not self._failed:
            self._report(error.strerror or type(error).__name__)
        self._failed = True


def make_recording(raw: RawStream, permission: Permission, mask: Masker) -> Recording:
    """An attempt as it may be written, its times counted from its start."""

    def since(at: float | None) -> float:
        return max(0.0, (at or raw.started) - raw.started)

    last = (permission.until - raw.wall_started) / timedelta(seconds=1)
    reads = [(since(at), data) for at, data in raw.reads if since(at) <= last]
    outlived = since(raw.ended) > last
    head, reads = _mask_answer(raw, since, reads, mask)
    outcome = None if outlived or raw.outcome is None else raw.outcome.value
    return Recording(
        tuple(reads),
        head if raw.head is not None and since(raw.head.at) <= last else None,
        RawEnd.LEFT if outlived else raw.end or RawEnd.LEFT,
        min(since(raw.ended), last),
        outcome,
        raw.dropped_bytes,
        {**_describe(raw, permission, mask), **({"until": _write_time(permission.until)} if outlived else {})},
    )


def _describe(raw: RawStream, permission: Permission, mask: Masker) -> dict[str, Any]:
    """The first line. Where the body of the request is wanted it stands as the text that was sent."""
    request = raw.request
    headers = {name: mask(value) for name, value in request.headers.items()}
    if request.key.kind != "none":
        headers["Authorization"] = f"Bearer ${key_variable(request)}"
    sent: dict[str, Any] = {"method": request.method, "url": mask(mask_url(request.url)), "headers": headers}
    if permission.with_prompts:
        (sent["body"],) = mask.known([request.body.decode(errors="replace")])
    return {
        "time": _write_time(raw.wall_started),
        "reason": mask(permission.reason),
        "route": mask(request.route, 200),
        "model": mask(request.model, 200),
        "stream": request.stream,
        "attempt": raw.attempt,
        "attempts": raw.attempts,
        "limits": dict(raw.limits),
        "request": sent,
    }


def _mask_answer(
    raw: RawStream, since: Callable[[float], float], reads: list[tuple[float, bytes]], mask: Masker
) -> tuple[Head | None, list[tuple[float, bytes]]]:
    """Head and body without a known key; a compressed body that holds one is kept unpacked."""
    if raw.head is None:
        return None, reads
    pairs = tuple((name, value if name.lower() in _FRAMING else mask(value)) for name, value in raw.head.headers)
    head = Head(since(raw.head.at), raw.head.status, pairs)
    unpacked = _unpack(reads, raw.head.header("content-encoding"))
    masked = _mask_reads(unpacked, mask)
    if masked is None:
        return head, reads
    plain = tuple(pair for pair in pairs if pair[0].lower() not in ("content-encoding", "content-length"))
    framing = () if head.header("transfer-encoding") else (("Transfer-Encoding", "chunked"),)
    return replace(head, headers=(*plain, *framing)), masked


def _unpack(reads: list[tuple[float, bytes]], encoding: str | None) -> list[tuple[float, bytes]]:
    try:
        decompress = make_decompressor(encoding)
        return [(at, b"".join(decompress(data))) for at, data in reads]
    except (UnknownEncoding, DamagedEncoding):
        return reads  # nothing could be read out of it here, so no key was seen in it either


def _mask_reads(reads: list[tuple[float, bytes]], mask: Masker) -> list[tuple[float, bytes]] | None:
    """The reads without a known key, also one that spans several of them; None if they hold none.

    Latin-1 makes a text of any bytes and the same bytes of the text again.
    """
    texts = [(at, data.decode("latin-1")) for at, data in reads]
    whole = "".join(text for _, text in texts)
    if mask.known([whole]) == [whole]:
        return None
    merged: list[tuple[float, str]] = []
    for at, text in texts:
        if merged and _spans(merged[-1][1][-_SEAM:], text[:_SEAM], mask):
            text = merged.pop()[1] + text
        merged.append((at, text))
    masked = mask.known([text for _, text in merged])
    marked = (text.replace("…", _MARK) for text in masked)
    return [(at, text.encode("latin-1")) for (at, _), text in zip(merged, marked, strict=True)]


def _spans(before: str, after: str, mask: Masker) -> bool:
    """Whether a known key begins in one text and ends in the next."""
    return mask.known([before + after]) != ["".join(mask.known([before]) + mask.known([after]))]


def _write_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
