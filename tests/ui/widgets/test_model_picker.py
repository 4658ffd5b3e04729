"""The picker: what it lists, how it is filtered, marked and chosen from."""

import asyncio
import re
import tomllib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, Sentence, pick_model, say, send_prompt, sentence, spoken, wait_for_status, welcome
from tests.ui.opened import until
from tests.ui.server import RawServer, ServedPractice
from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.measurement import Measured, Sample
from tui.settings.model_facts import ModelFacts
from tui.settings.provider import Provider
from tui.stream.listing import ModelListing
from tui.stream.outcome import Outcome
from tui.text.language import load_language
from tui.ui.widgets.model_picker import MOST_MARKED, SHOWN, Chosen, ModelPicker


def rows(terminal: PtyTerminal) -> list[str]:
    """What the picker lists, from top to bottom."""
    inner = [row.split("│")[1].strip("● ▁▂▃▄▅▆▇█") for row in terminal.text().splitlines() if row.count("│") == 2]
    return [row for row in inner[2:] if "/" in row]


def open_picker(terminal: PtyTerminal) -> None:
    """Open it and wait until the providers have answered."""
    welcome(terminal)
    terminal.press("ctrl+l")
    terminal.wait_for(say("picker.title"))
    terminal.wait_gone(say("picker.asking"))


@pytest.mark.slow
def test_every_typed_word_must_be_in_the_name(desk: Desk) -> None:
    names = ("deepseek-chat", "deepseek-coder", "qwen3-coder", "llama")
    with RawServer(names) as server:
        desk.write_config(f'discovery = "off"\n[providers.acme]\nbase_url = "{server.base_url}"\n')
        terminal = desk.open()
        open_picker(terminal)
        terminal.wait_for(spoken("picker.count", count=4))
        terminal.send("coder")
        terminal.wait_for(spoken("picker.count", count=2))
        assert rows(terminal) == ["acme/qwen3-coder", "acme/deepseek-coder"]
        terminal.send(" deep")
        terminal.wait_for(spoken("picker.count", count=1))
        assert rows(terminal) == ["acme/deepseek-coder"]


@pytest.mark.slow
def test_enter_chooses_and_the_next_start_uses_the_choice(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config(f'model = "acme/raw"\ndiscovery = "off"\n[providers.acme]\nbase_url = "{raw_server.base_url}"\n')
    raw_server.models = ("raw", "other")
    terminal = desk.open()
    open_picker(terminal)
    terminal.wait_for("acme/other")
    terminal.press("down", "enter")
    wait_for_status(terminal, "acme  other")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    state = tomllib.loads((desk.state / "state.toml").read_text(encoding="utf-8"))
    assert state["model"] == {"value": "acme/other", "config_value": "acme/raw"}
    wait_for_status(desk.open(), "acme  other")


@pytest.mark.slow
def test_a_key_pressed_twice_does_no_more_than_once(desk: Desk, raw_server: RawServer) -> None:
    raw_server.models = ("raw", "other")
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    for keys in (("enter", "enter"), ("escape", "escape"), ("enter", "escape")):
        open_picker(terminal)
        terminal.send("other")
        terminal.wait_for(spoken("picker.count", count=1))
        terminal.press(*keys)
        terminal.wait_gone(say("picker.title"))
    terminal.send("alive")
    terminal.wait_for("│ alive")


@pytest.mark.slow
def test_escape_leaves_the_model_as_it_was(desk: Desk, raw_server: RawServer) -> None:
    raw_server.models = ("raw", "other")
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    open_picker(terminal)
    terminal.wait_for("other")
    terminal.press("down", "escape")
    terminal.wait_gone(say("picker.title"))
    wait_for_status(terminal, "raw  ready")
    assert not (desk.state / "state.toml").exists()


@pytest.mark.slow
def test_a_list_that_fails_says_why_and_hides_no_other(desk: Desk) -> None:
    names = [f"model-{number:02}" for number in range(60)]
    with RawServer(names) as good, RawServer(()) as broken:
        desk.write_config(
            'discovery = "off"\n'
            f'[providers.broken]\nbase_url = "{broken.base_url}"\n[providers.good]\nbase_url = "{good.base_url}"\n'
        )
        terminal = desk.open()
        open_picker(terminal)
        terminal.wait_for(Sentence("broken: server-error: " + sentence("server-error", status=500)))
        assert rows(terminal)[:2] == ["good/model-00", "good/model-01"]
        terminal.wait_for(spoken("picker.count", count=60))


@pytest.mark.slow
def test_a_model_that_no_list_holds_can_be_asked_for(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    open_picker(terminal)
    terminal.send("hidden-model")
    host = raw_server.base_url.split("/")[2]
    terminal.wait_for(say("picker.literal", model="hidden-model", provider=host))
    terminal.press("enter")
    wait_for_status(terminal, "hidden-model  ready")
    send_prompt(terminal)
    assert raw_server.next_exchange().body["model"] == "hidden-model"


@pytest.mark.slow
def test_control_characters_in_names_are_symbols(desk: Desk, raw_server: RawServer) -> None:
    hostile = "m\x1b]52;c;ZXZpbA==\x07[bold]\u202e[/x]\x9b"
    raw_server.models = (hostile, "plain")
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "plain")
    open_picker(terminal)
    terminal.wait_for("m␛]52;c;ZXZpbA==␇[bold]⯑[/x]␦")
    terminal.send("zxz")
    terminal.wait_for(spoken("picker.count", count=1))
    terminal.press("enter")
    wait_for_status(terminal, r"m␛\]52;c;ZXZpbA==␇\[bold\]⯑\[/x\]␦  ready")
    send_prompt(terminal)
    assert raw_server.next_exchange().body["model"] == hostile
    terminal.wait_for("◆ 127.0.0.1:" + raw_server.base_url.split(":")[2].split("/")[0] + "/m␛]52;")
    for sequence in (b"\x1b]52;c;ZXZpbA", "\u202e".encode(), "\x9b".encode()):
        assert not terminal.raw_has(sequence)


@pytest.mark.slow
def test_a_paste_into_the_filter_cannot_act_on_the_terminal(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    open_picker(terminal)
    terminal.send("\x1b[200~ra\x9b31m\u202ew\x1b[201~")
    terminal.wait_for("│ ra␦31m⯑w ")
    assert not terminal.raw_has("\x9b".encode())
    assert not terminal.raw_has("\u202e".encode())


@pytest.mark.slow
def test_f2_goes_through_the_models_used_lately(desk: Desk, practice: ServedPractice) -> None:
    terminal = desk.open("--base-url", practice.base_url, "-m", "json")
    welcome(terminal)
    send_prompt(terminal)
    wait_for_status(terminal, "json  ended")
    pick_model(terminal, "empty")
    send_prompt(terminal)
    wait_for_status(terminal, "empty  ended: empty-reply")
    terminal.press("f2")
    wait_for_status(terminal, "json  ready$")  # what the other has done is not told of this one
    terminal.press("f2")
    wait_for_status(terminal, "empty  ended: empty-reply")


@pytest.mark.slow
def test_without_a_model_a_prompt_opens_the_picker_and_stays(desk: Desk) -> None:
    with RawServer(("one", "two")) as first, RawServer(("three",)) as second:
        desk.write_config(
            'discovery = "off"\n'
            f'[providers.first]\nbase_url = "{first.base_url}"\n[providers.second]\nbase_url = "{second.base_url}"\n'
        )
        terminal = desk.open()
        welcome(terminal)
        wait_for_status(terminal, re.escape(say("status.no_model")))
        send_prompt(terminal, "kept")
        terminal.wait_for(say("picker.title"))
        terminal.wait_for("first/two")
        terminal.press("down", "enter")
        terminal.wait_gone(say("picker.title"))
        terminal.wait_for("│ kept")
        terminal.press("enter")
        exchange = first.next_exchange()
        assert (exchange.body["model"], exchange.body["messages"][-1]["content"]) == ("two", "kept")


NAMES = ("cut", "stall", "404", "mute", "reset", "html", "length")
ACME = Provider("acme", "http://127.0.0.1:9/v1")
Result = Chosen | None


@dataclass
class Table:
    """An app with nothing but the picker, and what came of it."""

    catalogue: ModelCatalogue = field(default_factory=lambda: ModelCatalogue({"acme": ACME}))
    marked: tuple[Model, ...] = ()
    current: Model | None = None
    results: list[Result] = field(default_factory=list)
    favoured: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(self, size: tuple[int, int] = (100, 30)) -> AsyncGenerator[tuple[Pilot[None], ModelPicker], None]:
        async def refresh(told: Callable[[], object]) -> None:
            """Nothing more is known."""

        picker = ModelPicker(
            self.catalogue, refresh, None, self.current, load_language("en"), marked=self.marked, favour=self._favour
        )
        results = self.results

        class Host(App[None]):
            """The app."""

            def on_mount(self) -> None:
                self.push_screen(picker, results.append)

        async with Host().run_test(size=size) as pilot:
            yield pilot, picker

    def _favour(self, model: Model) -> None:
        self.favoured.append(model.id)
        self.catalogue.favourites = [model.name]

    def ids(self) -> list[tuple[tuple[str, ...], bool] | None]:
        return [result and (tuple(model.id for model in result.models), result.compare) for result in self.results]


@pytest.fixture
def table() -> Table:
    table = Table()
    table.catalogue.add_listing("acme", ModelListing(NAMES))
    return table


def shown(picker: ModelPicker) -> list[str]:
    """What the list shows, line by line."""
    return [picker.rows.render_line(y).text.rstrip() for y in range(picker.rows.size.height)]


async def test_enter_in_the_same_moment_as_the_filter_takes_what_was_typed(table: Table) -> None:
    """The list is drawn a message later than the filter changes; Enter must not take what stood there before."""
    async with table.open() as (pilot, picker):
        picker.filter_input.value = "404"
        picker.choose_highlighted()
        await pilot.pause()
    assert table.ids() == [(("404",), False)]


async def test_a_mark_in_the_same_moment_as_the_filter_is_for_what_was_typed(table: Table) -> None:
    """Keys come all at once over a slow link; a key that goes first everywhere must not overtake the letters."""
    async with table.open() as (pilot, picker):
        for key in ("4", "0", "4", "tab", "ctrl+u", "s", "t", "a", "tab"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: picker.filter_input.value == "sta")
        await pilot.press("ctrl+t")
    assert table.ids() == [(("404", "stall"), True)]


async def test_a_move_in_the_same_moment_as_the_filter_is_in_its_list(table: Table) -> None:
    async with table.open() as (pilot, picker):
        picker.filter_input.value = "t"
        picker.action_move(1)
        await pilot.pause()
        await pilot.press("enter")
    assert table.ids() == [(("mute",), False)]


async def test_marked_models_are_chosen_together_in_the_order_of_their_marks(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.press("down", "tab", "up", "up", "tab")
        assert [line[0] for line in shown(picker)][:3] == ["✓", "✓", " "]
        await pilot.press("ctrl+t")
    assert table.ids() == [(("stall", "cut"), True)]


async def test_enter_takes_several_marks_and_with_one_the_highlighted_model(table: Table) -> None:
    async with table.open() as (pilot, _):
        await pilot.press("tab", "enter")
    table.marked = (Model(ACME, "mute"), Model(ACME, "404"))
    async with table.open() as (pilot, picker):
        assert [line[0] for line in shown(picker)][:3] == ["✓", "✓", " "]
        assert "Enter asks all that are marked" in str(picker.query_one("#picker").border_subtitle)
        await pilot.press("enter")
    assert table.ids() == [(("stall",), False), (("mute", "404"), True)]


async def test_with_one_mark_the_highlighted_model_is_the_other(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.press("ctrl+t")
        assert table.results == []
        await pilot.press("tab", "tab", "up", "tab", "up")
        assert [line[0] for line in shown(picker)][:3] == ["✓", " ", " "]
        await pilot.press("ctrl+t")
    assert table.ids() == [(("cut", "stall"), True)]


@pytest.mark.slow
async def test_a_seventh_cannot_be_marked(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.press(*["tab"] * 7)
        assert "".join(line[0] for line in shown(picker)) == "✓" * MOST_MARKED + " "
        state = picker.query_one("#picker-state", Static)
        assert say("picker.marked", count=MOST_MARKED) in str(state.content)


@pytest.mark.slow
async def test_the_marks_outlive_the_filter(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.press("r", "e", "s", "tab", *["backspace"] * 3, "4", "0", "4", "tab")
        assert picker.filter_input.value == "404"
        await pilot.press("ctrl+t")
    assert table.ids() == [(("reset", "404"), True)]


async def test_a_favourite_is_told_and_starred(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.press("4", "0", "4", "ctrl+d")
        assert (picker.filter_input.value, shown(picker)) == ("404", [" ★acme/404"])
    assert table.favoured == ["404"]


async def test_it_opens_at_the_current_model_and_stays_where_one_moves(table: Table) -> None:
    many = tuple(f"model-{number}" for number in range(90))
    table.catalogue.add_listing("acme", ModelListing(many))
    table.current = Model(ACME, "model-60")
    async with table.open() as (pilot, picker):
        await until(pilot, lambda: any("● acme/model-60" in line for line in shown(picker)))
        await pilot.press("down", "ctrl+d")
        await until(pilot, lambda: table.favoured == ["model-61"])
        await pilot.press("enter")
    assert table.ids() == [(("model-61",), False)]


async def test_the_keys_are_named_as_they_are_bound(table: Table) -> None:
    async with table.open() as (pilot, picker):
        pilot.app.set_keymap({"picker.mark": "f12"})
        picker.on_mount()
        assert "F12 marks · ctrl+t asks" in str(picker.query_one("#picker").border_subtitle)


async def test_a_click_takes_the_row_that_it_hits(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.click(picker.rows, offset=(5, 3))
        await pilot.pause()
    assert table.ids() == [(("mute",), False)]


@pytest.mark.slow
async def test_columns_show_what_is_known_and_estimates_as_such(table: Table) -> None:
    facts = {"cut": ModelFacts(131072, 0.14, 0.28)}
    table.catalogue.add_listing("acme", ModelListing(NAMES, facts=facts))
    table.catalogue.measured = {"acme/stall": Measured((Sample(1234, 56.7, estimated=True),))}
    async with table.open() as (_, picker):
        first, second, third = (line.split() for line in shown(picker)[:3])
    assert (first, second, third) == (
        ["acme/cut", "131k", "$0.14/$0.28"], ["acme/stall", "1.23s", "~57t/s"], ["acme/404"]
    )  # fmt: skip


@pytest.mark.slow
async def test_five_thousand_models_cost_no_more_rows_than_are_in_sight(table: Table) -> None:
    table.catalogue.add_listing("acme", ModelListing(tuple(f"model-{number}" for number in range(5000))))
    async with table.open() as (pilot, picker):
        assert (picker.rows.count, picker.rows.size.height) == (SHOWN, 20)
        await pilot.press("up", *["pagedown"] * 12)
        assert picker.rows.highlighted == SHOWN - 1
        assert shown(picker)[-1].endswith(f"model-{SHOWN - 1}")


async def test_however_many_providers_fail_each_has_its_verdict_beside_its_name_in_sight(table: Table) -> None:
    for number in range(9):
        failed = ModelListing(failure=Outcome.CONNECT_REFUSED, values={"host": "nest.test", "port": number})
        table.catalogue.add_listing(f"down{number}", failed)
    async with table.open((80, 24)) as (pilot, picker):
        await pilot.pause()
        state = picker.query_one("#picker-state", Static)
        lines = str(state.content).splitlines()
        verdicts = [verdict for line in lines[1:] for verdict in line.split(" · ")]
        assert verdicts == [f"down{number}: connect-refused" for number in range(9)]
        assert max(map(len, lines)) <= state.size.width
        assert state.size.height == len(lines)
        assert picker.query_one("#picker").region.bottom <= 23
        assert shown(picker)[0].split() == ["acme/cut"]


async def test_a_picker_that_is_closed_hears_no_news(table: Table) -> None:
    async with table.open() as (pilot, picker):
        await pilot.press("escape")
        await pilot.pause()
        picker._take_news()
    assert table.results == [None]


async def test_news_at_any_moment_of_its_closing_find_no_half_of_it(table: Table) -> None:
    async with table.open() as (pilot, picker):
        picker.dismiss(None)
        for _ in range(60):
            await asyncio.sleep(0)
            picker._take_news()
            await picker._ask()
        await pilot.pause()
    assert table.results == [None]
