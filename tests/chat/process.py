"""Processes that write into a store, to be killed, to compete with each other, or to run out of room.

`python -m tests.chat.process NAME PATH` runs one of them; it prints a line whenever the test may go on.
"""

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chat.sample import end, feed, make_turn, wait_for
from tui.chat.conversation import Conversation
from tui.chat.database import StoreTrouble
from tui.chat.store import Store
from tui.stream.events import ReasoningDelta, RefusalDelta
from tui.stream.trace import Call, StreamTrace

ROOT = Path(__file__).resolve().parent.parent.parent
ROOM = 128 * 1024
"""Bytes that a file may have in a process that runs out of room."""
LONG = "A sentence of a long reply. " * 20_000


@contextmanager
def start(name: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """One of these processes; it is killed at the end of the block, if it still runs."""
    command = [sys.executable, "-m", "tests.chat.process", name, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().removesuffix("\n")


def write_line(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


def say(text: object) -> None:
    print(text, flush=True)


def stream(path: Path) -> None:
    """Write a reply that never ends: text in two checkpoints, and one piece after them that is never stored."""
    store = Store(path, say)
    conversation = Conversation()
    reply = make_turn(conversation).reply
    reply.trace = StreamTrace(call=Call("one", "route", "chat.stream"))
    reply.trace.begin(1, 1)
    store.add_turn(conversation, conversation.turns[0])
    feed(reply, "The first, ", ReasoningDelta("thinking"))
    store.checkpoint(reply)
    feed(reply, "the second 二", RefusalDelta("no"))
    store.checkpoint(reply)
    wait_for(lambda: (seen := store.load(conversation.id)) is not None and bool(seen.turns[0].reply.refusal))
    feed(reply, " and what was lost.")
    say(conversation.id)
    sys.stdin.read()


def many(path: Path) -> None:
    """Write twenty whole conversations as soon as a line comes in."""
    say("ready")
    sys.stdin.readline()
    troubles: list[StoreTrouble] = []
    store = Store(path, troubles.append)
    written = []
    for _ in range(20):
        conversation = Conversation()
        turn = make_turn(conversation)
        store.add_turn(conversation, turn)
        feed(turn.reply, "whole")
        store.checkpoint(turn.reply)
        end(turn.reply)
        store.finish(turn.reply)
        written.append(conversation.id)
    say(json.dumps({"unwritten": store.close(30), "troubles": [str(trouble) for trouble in troubles], "ids": written}))


def write_on(path: Path) -> None:
    """Write and read conversations for as many seconds as the line says that comes in."""
    say("ready")
    seconds = float(sys.stdin.readline())
    troubles: list[StoreTrouble] = []
    store = Store(path, troubles.append)
    until, written, read = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until:
        conversation = Conversation()
        turn = make_turn(conversation)
        store.add_turn(conversation, turn)
        for number in range(5):
            feed(turn.reply, f"piece {number} ")
            store.checkpoint(turn.reply)
        end(turn.reply)
        store.finish(turn.reply)
        assert store.settle(60)
        written += 1
        read += store.load(conversation.id) == conversation
    facts = {"unwritten": store.close(60), "troubles": [str(trouble) for trouble in troubles]}
    say(json.dumps({**facts, "written": written, "read": read}))


def hold(path: Path) -> None:
    """Have the file open until the process is killed."""
    store = Store(path, say)
    store.latest_conversation()
    say("open")
    sys.stdin.read()


class _Disk:
    """A disk that is full until it is given room, and what a store says about it."""

    def __init__(self, room: int = ROOM) -> None:
        self.codes: list[str] = []
        self.full = threading.Event()
        self._most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, self._most))

    def report(self, trouble: StoreTrouble) -> None:
        self.codes.append(trouble.code)
        if trouble.code == "unwritable":
            self.full.set()

    def make_room(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._most, self._most))


def _overfill(path: Path, disk: _Disk) -> tuple[Store, Conversation]:
    """A store with two jobs, neither of which can be written, since they are one batch or the first fails."""
    store = Store(path, disk.report)
    conversation = Conversation()
    turn = make_turn(conversation, LONG)
    store.add_turn(conversation, turn)
    disk.full.wait()
    feed(turn.reply, "The answer.")
    end(turn.reply)
    store.finish(turn.reply)
    return store, conversation


def lose(path: Path) -> None:
    """Run out of room and leave."""
    disk = _Disk()
    store, _ = _overfill(path, disk)
    say(json.dumps({"unwritten": store.close(30), "codes": disk.codes}))


def recover(path: Path) -> None:
    """Run out of room, get some, and leave at once: what waits is tried again."""
    disk = _Disk()
    store, conversation = _overfill(path, disk)
    disk.make_room()
    say(json.dumps({"unwritten": store.close(30), "codes": disk.codes, "id": conversation.id}))


def open_full(path: Path) -> None:
    """Open a store with a cut reply while there is no room to label it; then go on with room."""
    disk = _Disk()
    store = Store(path, disk.report)
    cut = store.cut_conversation()
    assert cut is not None
    seen = store.load(cut)
    assert seen is not None
    disk.make_room()
    conversation = Conversation()
    store.add_turn(conversation, make_turn(conversation))
    facts = {"cut": cut, "text": seen.turns[0].reply.text[:20], "unwritten": store.close(30), "codes": disk.codes}
    say(json.dumps(facts))


def stream_long(path: Path) -> None:
    """Leave a long open reply behind."""
    store = Store(path, say)
    conversation = Conversation()
    turn = make_turn(conversation)
    store.add_turn(conversation, turn)
    feed(turn.reply, LONG)
    store.checkpoint(turn.reply)
    say(store.close(30))


if __name__ == "__main__":
    processes: dict[str, Callable[[Path], None]] = {
        "stream": stream,
        "many": many,
        "write-on": write_on,
        "hold": hold,
        "lose": lose,
        "recover": recover,
        "open-full": open_full,
        "stream-long": stream_long,
    }
    processes[sys.argv[1]](Path(sys.argv[2]))
