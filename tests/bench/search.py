"""How long the first hits of a search take among 50,000 replies: `python -m tests.bench.search [REPLIES]`.

Each is the median of several searches with a connection of its own each, as the app does it; the file is in the
system's cache. Also how long the index takes to be built, how much of the file it is, and how long a checkpoint waits
while it is built.
"""

import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.documents import text
from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.history import History
from tui.chat.search import read_terms
from tui.chat.store import Store
from tui.stream.outcome import Outcome

REPLIES = 50_000
REPLY_CHARACTERS = 700
TURNS = 5
"""Of a conversation."""
BUDGET_MS = 100.0
RUNS = 7
RARE = "鲸鱼座 quux_find(item)[0]"
SEARCHES = ("the", "function", "quux_find(", "[0]", "return value", "鲸鱼", "座 quux", "中文", "的", "th", "qu",
            "测试模型", "no such words", '"the return of value"', "zqxj", "龘龘")  # fmt: skip


def write_store(path: Path, replies: int) -> Store:
    """Conversations of some turns each; two old replies hold the rare words."""
    store = Store(path, print)
    source, chinese = text("mixed", 2_000_000), text("chinese", 200_000)
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(20_000)]
    conversation = Conversation(title="bench")
    for number in range(replies):
        if number % TURNS == 0:
            conversation = Conversation(title=f"Conversation {number}")
        at, place = chance.randrange(len(source) - 500), chance.randrange(len(chinese) - 100)
        body = [source[at : at + 400], chinese[place : place + 80], " ".join(chance.choices(words, k=32))]
        if number in (replies // 50, replies // 40):
            body.append(RARE)
        reply = Reply("bench", "model", pieces=["\n".join(body)])
        reply.outcome = Outcome.COMPLETE
        turn = Turn(f"Question {number}: {source[at : at + 60]}", [reply])
        conversation.add(turn)
        store.add_turn(conversation, turn)
        store.finish(reply)
        if number % 500 == 0:
            store.settle(60)
    store.settle(600)
    return store


def wait_indexed(store: Store) -> float:
    """Return when all is indexed; the longest wait of a write meanwhile, in ms."""
    longest = 0.0
    while True:
        begun = time.perf_counter()
        store.write([("UPDATE conversation SET pinned = 0 WHERE id = ?", ("none",))])
        store.settle(600)
        longest = max(longest, time.perf_counter() - begun)
        with store.reading() as connection:
            if connection.execute("SELECT 1 FROM passage WHERE indexed = 0 LIMIT 1").fetchone() is None:
                return longest * 1000
        time.sleep(0.2)


def search(store: Store, typed: str) -> tuple[int, float]:
    """The number of hits, and the ms until they are there, in a thread."""
    hits: list[object] = []
    thread = threading.Thread(target=lambda: hits.extend(History(store).search(read_terms(typed))))
    begun = time.perf_counter()
    thread.start()
    thread.join()
    return len(hits), (time.perf_counter() - begun) * 1000


def main() -> None:
    replies = int(sys.argv[1]) if len(sys.argv) > 1 else REPLIES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weir.db"
        begun = time.perf_counter()
        store = write_store(path, replies)
        written = time.perf_counter() - begun
        longest = wait_indexed(store)
        built = time.perf_counter() - begun
        print(f"{replies} replies: written in {written:.0f} s, indexed {built - written:.0f} s later,")
        print(f"a write waited at most {longest:.0f} ms meanwhile; {path.stat().st_size / 1e6:.0f} MB\n")
        print("search              hits   median    worst  (ms; budget 100)")
        for typed in SEARCHES:
            runs = [search(store, typed) for _ in range(RUNS)]
            times = [run[1] for run in runs]
            verdict = "" if statistics.median(times) < BUDGET_MS else "  OVER"
            print(f"{typed:18} {runs[0][0]:5d} {statistics.median(times):8.1f} {max(times):8.1f}{verdict}")
        store.close(60)


if __name__ == "__main__":
    main()
