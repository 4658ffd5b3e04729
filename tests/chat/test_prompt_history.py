from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.chat.sample import end, make_turn
from tui.chat.conversation import Conversation
from tui.chat.prompt_history import PAGE, PromptHistory
from tui.chat.store import Store


def write_prompts(path: Path, chats: dict[str, list[str]]) -> Store:
    """Chats of one id each; what comes later was asked later."""
    store, moment = Store(path, lambda trouble: None), datetime(2026, 1, 1, tzinfo=UTC)
    for identity, prompts in chats.items():
        conversation = Conversation(identity)
        for prompt in prompts:
            turn = make_turn(conversation, prompt)
            turn.created = moment = moment + timedelta(seconds=1)
            store.add_turn(conversation, turn)
            end(turn.reply)
            store.finish(turn.reply)
    return store


async def walk_through(history: PromptHistory) -> list[str]:
    walk, met = history.walk(), []
    while (prompt := await walk.next()) is not None:
        met.append(prompt)
    return met


async def test_all_chats_the_latest_first_and_none_twice_in_a_row(tmp_path: Path) -> None:
    store = write_prompts(tmp_path / "weir.db", {"a": ["one", "two", "two"], "b": ["two", "one"], "c": ["gone"]})
    store.write([("UPDATE conversation SET deleted = '9999' WHERE id = 'c'", ())])
    assert await walk_through(PromptHistory(store)) == ["one", "two", "one"]
    store.close()


async def test_the_way_goes_on_beyond_a_page(tmp_path: Path) -> None:
    asked = [f"prompt {number}" for number in range(2 * PAGE + 3)]
    store = write_prompts(tmp_path / "weir.db", {"a": asked})
    assert await walk_through(PromptHistory(store)) == asked[::-1]
    store.close()


def test_a_search_finds_each_prompt_once_whatever_its_case(tmp_path: Path) -> None:
    prompts = ["Explain TCP", "tcp and 拥塞控制", "Explain TCP", "udp"]
    store = write_prompts(tmp_path / "weir.db", {"a": prompts})
    history = PromptHistory(store)
    assert [one.prompt for one in history.search(["tcp"])] == ["Explain TCP", "tcp and 拥塞控制"]
    assert [one.prompt for one in history.search(["控制", "TCP"])] == ["tcp and 拥塞控制"]
    assert len(history.search([])) == 3
    assert history.search(["tcp"], lambda: False) == []
    store.close()
