"""`weir capture`: gives leave to write raw streams to the disk for a while, ends it, tells of it, removes the streams.

stdout has what holds now; a failure of the disk is told on stderr and ends with 1.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tui.headless.stdout import say, write_json_line, write_text
from tui.settings.paths import Paths
from tui.settings.permission import (
    Permission,
    end_permission,
    list_captures,
    purge_captures,
    read_permission,
    write_permission,
)
from tui.settings.secrets import Masker
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

FAILED = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What `weir capture` was told."""

    act: str
    """`on`, `off`, `status` or `purge`."""
    span: timedelta = timedelta()
    reason: str = ""
    purge: bool = False
    with_prompts: bool = False
    as_json: bool = False


def run_capture(order: Order, paths: Paths, mask: Masker, language: Language) -> int:
    """Do it, say what holds now, and return the exit code."""
    now = datetime.now(UTC)
    try:
        lines = _obey(order, paths, mask, language, now)
    except OSError as error:
        where, reason = error.filename or paths.captures, error.strerror or type(error).__name__
        say(language.say("capture.failed", where=where, reason=reason))
        return FAILED
    if order.as_json:
        write_json_line(_report(paths, now))
        return 0
    for line in lines:
        write_text(sanitise_line(line))
    return 0


def _obey(order: Order, paths: Paths, mask: Masker, language: Language, now: datetime) -> list[str]:
    """The sentences to print. What an earlier permission left to do is done first."""
    told = _end(paths, language, now, at_once=order.act in ("on", "off"))
    match order.act:
        case "on":
            permission = Permission(now, now + order.span, mask(order.reason), order.purge, order.with_prompts)
            write_permission(paths.capture_file, permission)
            return [*told, *_describe(permission, paths, language, now)]
        case "off":
            return told or [language.say("capture.is_off")]
        case "purge":
            count = purge_captures(paths.captures)
            return [*told, language.say("capture.purged", count=count, where=paths.captures)]
        case _:
            permission_now = read_permission(paths.capture_file)
            if permission_now is not None and permission_now.holds(now):
                return [*told, *_describe(permission_now, paths, language, now), _count(paths, language)]
            return [*told, language.say("capture.is_off"), _count(paths, language)]


def _end(paths: Paths, language: Language, now: datetime, *, at_once: bool) -> list[str]:
    ended = end_permission(paths.capture_file, paths.captures, now, at_once=at_once)
    return [] if ended is None else [_tell_ended(ended.streams, ended.permission, language)]


def _tell_ended(streams: int, permission: Permission, language: Language) -> str:
    """The sentence about a permission that has come to its end."""
    name = "capture.ended_purged" if permission.purge else "capture.ended"
    return language.say(name, count=streams, reason=permission.reason)


def _describe(permission: Permission, paths: Paths, language: Language, now: datetime) -> list[str]:
    sentence = language.say
    until = permission.until.astimezone()
    minutes = max(1, round(permission.left(now).total_seconds() / 60))
    lines = [
        sentence("capture.is_on", until=f"{until:%Y-%m-%d %H:%M:%S}", minutes=minutes, reason=permission.reason),
        sentence("capture.holds_prompts" if permission.with_prompts else "capture.holds"),
        sentence("capture.where", where=paths.captures / permission.folder),
    ]
    return [*lines, sentence("capture.will_purge")] if permission.purge else lines


def _count(paths: Paths, language: Language) -> str:
    files = list_captures(paths.captures)
    return language.say("capture.kept", count=len(files), where=paths.captures)


def _report(paths: Paths, now: datetime) -> dict[str, object]:
    """What holds, as `--json` prints it."""
    permission = read_permission(paths.capture_file)
    on = permission is not None and permission.holds(now)
    held = permission if on else None
    return {
        "type": "capture",
        "on": on,
        "since": held.since.isoformat(timespec="seconds") if held else None,
        "until": held.until.isoformat(timespec="seconds") if held else None,
        "reason": held.reason if held else None,
        "purge": held.purge if held else None,
        "with_prompts": held.with_prompts if held else None,
        "folder": str(paths.captures),
        "streams": len(list_captures(paths.captures)),
    }
