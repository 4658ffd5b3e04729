"""How many keys a task takes from the prompt, counted by playing it in the app against the practice provider.

`python -m tests.keystrokes` prints the table. Letters that are typed (a prompt, words to search for, the name of a
model) are not counted, and each task is judged by what has come about: one that does not succeed is not counted either.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from textual.pilot import Pilot

from tests.ui.opened import make_app, make_opener, until
from tests.ui.server import ServedPractice
from tui.chat.conversation import Reply
from tui.chat.routes import Wish
from tui.stream.outcome import Outcome
from tui.ui.app import WeirApp
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.chats import ChatsScreen
from tui.ui.screens.record import RecordScreen
from tui.ui.widgets.model_picker import ModelPicker

MOST = 4


@dataclass
class Player:
    """Presses keys, and counts them."""

    app: WeirApp
    chat: ChatScreen
    pilot: Pilot[None]
    keys: list[str] = field(default_factory=list)

    async def press(self, key: str) -> None:
        """One keystroke."""
        self.keys.append(key)
        await self.pilot.press(key)

    async def type(self, text: str) -> None:
        """Letters, which are not counted."""
        for letter in text:
            await self.pilot.press("space" if letter == " " else letter)

    async def wait(self, arrived: Callable[[], bool]) -> None:
        """Until something has come about."""
        await until(self.pilot, arrived)

    @property
    def replies(self) -> list[Reply]:
        """Of the conversation in view."""
        return [reply for turn in self.chat._conversation.turns for reply in turn.replies]

    async def ask(self, model: str, words: str = "hello") -> None:
        """What stands before a task: a prompt to a model, whose reply has begun."""
        count = len(self.replies)
        await self._pick(model)
        await self.type(words)
        await self.pilot.press("enter")
        await self.wait(lambda: len(self.replies) > count and bool(self.replies[-1].text))
        self.keys.clear()

    async def end(self, outcome: Outcome) -> None:
        """Wait for how the last reply ends."""
        await self.wait(lambda: self.replies[-1].outcome is outcome)

    async def _pick(self, model: str) -> None:
        await self.pilot.press("ctrl+l")
        await self.wait(lambda: isinstance(self.app.screen, ModelPicker))
        await self.type(model)
        await self.pilot.press("enter")
        await self.wait(lambda: self.app.screen is self.chat and self.chat._model is not None)


async def change_the_model(player: Player) -> None:
    """Another model is asked from then on."""
    await player.press("ctrl+l")
    await player.wait(lambda: isinstance(player.app.screen, ModelPicker))
    await player.type("table")
    await player.press("enter")
    await player.wait(lambda: player.chat._model is not None and player.chat._model.id == "table")


async def stop(player: Player) -> None:
    """The reply ends, its text stays."""
    await player.ask("endless")
    await player.press("escape")
    await player.end(Outcome.CANCELLED)


async def see_why(player: Player) -> None:
    """The note stands under the reply without a key; this is the whole record."""
    await player.ask("cut")
    await player.end(Outcome.TRUNCATED_BODY)
    await player.press("ctrl+g")
    await player.wait(lambda: isinstance(player.app.screen, RecordScreen))


async def retry(player: Player) -> None:
    """The same is asked again."""
    await player.ask("cut")
    await player.end(Outcome.TRUNCATED_BODY)
    await player.press("f8")
    await player.wait(lambda: len(player.replies) == 2 and player.replies[-1].outcome is not None)


async def compare_two(player: Player) -> None:
    """One prompt goes to the current model and another."""
    await player.press("ctrl+t")
    await player.wait(lambda: isinstance(player.app.screen, ModelPicker))
    await player.press("tab")
    await player.type("table")
    await player.press("ctrl+t")
    await player.wait(lambda: player.app.screen is player.chat)
    await player.type("hello")
    await player.press("enter")
    await player.wait(lambda: [reply.model for reply in player.replies] == ["markdown", "table"])


async def find_an_old_answer(player: Player) -> None:
    """A conversation of before is in view, at the words that were looked for."""
    await player.ask("cut", "first")
    await player.end(Outcome.TRUNCATED_BODY)
    old = player.chat._conversation.id
    await player.pilot.press("ctrl+n")
    await player.wait(lambda: player.chat._conversation.id != old)
    player.keys.clear()
    await player.press("ctrl+s")
    await player.wait(lambda: isinstance(player.app.screen, ChatsScreen))
    await player.type("about to be cut")
    await player.press("enter")
    await player.wait(lambda: player.chat._conversation.id == old)


async def copy_a_code_block(player: Player) -> None:
    """The code of the last reply, without what stands around it."""
    await player.ask("code")
    await player.end(Outcome.COMPLETE)
    await player.press("tab")
    await player.press("u")
    await player.press("y")
    assert player.app.workspace is not None
    clipboard = player.app.workspace.paths.state / "clipboard.txt"
    await player.wait(clipboard.exists)
    copied = clipboard.read_text(encoding="utf-8").strip()
    assert copied in player.replies[-1].text
    assert "```" not in copied


TASKS: dict[str, Callable[[Player], Awaitable[None]]] = {
    "change the model": change_the_model,
    "stop": stop,
    "see why": see_why,
    "retry": retry,
    "compare two": compare_two,
    "find an old answer": find_an_old_answer,
    "copy a code block": copy_a_code_block,
}


async def play(task: Callable[[Player], Awaitable[None]], home: Path) -> list[str]:
    """The keys of a task, in an app of its own."""
    with ServedPractice(token_delay=0.001) as practice:
        return await _play(task, make_app(home, make_opener(home, Wish(base_url=practice.base_url))))


async def _play(task: Callable[[Player], Awaitable[None]], app: WeirApp) -> list[str]:
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        player = Player(app, chat, pilot)
        await task(player)
        assert app.workspace is not None
        await app.workspace.close()
    return player.keys


async def main() -> None:
    """Print the table."""
    print("| task | keys | which, typing aside |\n| --- | ---: | --- |")
    for name, task in TASKS.items():
        with tempfile.TemporaryDirectory() as home:
            keys = await play(task, Path(home))
        print(f"| {name} | {len(keys)} | {' · '.join(keys)} |")


if __name__ == "__main__":
    asyncio.run(main())
