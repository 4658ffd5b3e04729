"""What has changed is asked of the widgets in it, once, and looks as Textual's own compositor makes it look."""

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from tests.ui.terminal.cells import CONSOLE
from tui.ui.terminal.compositor import AreaCompositor, StripUpdate, join_spans
from tui.ui.terminal.frame import Brush
from tui.ui.terminal.grid import blank_screen

COLUMNS, LINES = 40, 12
SPANS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5)), unique_by=lambda span: span[0])


@given(SPANS)
def test_spans_make_rectangles(spans: list[tuple[int, int, int]]) -> None:
    wanted = sorted((y, first, first + size) for y, first, size in spans)
    found = [(y, area.x, area.right) for area in join_spans(wanted) for y in area.line_range]
    assert sorted(found) == wanted


def test_rows_of_one_width_are_one_rectangle() -> None:
    assert list(join_spans([(2, 0, 9), (3, 0, 9), (3, 20, 22), (4, 0, 9), (6, 0, 9)])) == [
        Region(0, 2, 9, 3),
        Region(0, 6, 9, 1),
        Region(20, 3, 2, 1),
    ]


class Row(Static):
    """Counts what is asked of it."""

    asked = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked += crop.height
        return super().render_lines(crop)


class Layered(Screen[None]):
    """Rows, and one of them in front of the others."""

    CSS = """
    Layered { layers: below above; }
    Row { layer: below; background: blue; }
    #front { layer: above; width: 10; height: 3; offset: 5 1; background: red; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = AreaCompositor()

    def compose(self) -> ComposeResult:
        yield from (Row(f"row {number} " * 4, id=f"row-{number}") for number in range(6))
        yield Row("front", id="front")


async def test_only_what_changed_is_rendered_and_it_looks_the_same() -> None:
    app: App[None] = App()
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        screen = Layered()
        await app.push_screen(screen)
        await pilot.pause()
        compositor = screen._compositor
        rows = list(screen.query(Row))
        before = [row.asked for row in rows]
        compositor._dirty_regions = {Region(0, 2, COLUMNS, 1), Region(3, 2, 20, 2)}
        update = compositor.render_partial_update()
        assert isinstance(update, StripUpdate)
        assert [row.asked - old for row, old in zip(rows, before, strict=True)] == [0, 0, 1, 1, 0, 0, 2]
        assert compositor.render_partial_update() is None
        painted = Brush(CONSOLE).draw(blank_screen(COLUMNS, LINES), update.strips)
        whole = [(0, y, strip) for y, strip in enumerate(compositor.render_strips())]
        expected = Brush(CONSOLE).draw(blank_screen(COLUMNS, LINES), whole)
        assert painted.rows[2] == expected.rows[2]
        assert painted.rows[3].text[3:23] == expected.rows[3].text[3:23]
        assert painted.rows[3].pens[3:23] == expected.rows[3].pens[3:23]
        assert painted.rows[4] == blank_screen(COLUMNS, LINES).rows[4]


async def test_no_area_cuts_a_wide_character() -> None:
    app: App[None] = App()
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        screen = Layered()
        await app.push_screen(screen)
        for number, row in enumerate(screen.query(Row)):
            row.update("x" * (number % 2) + "宽的字符" * 4)
        await pilot.pause()
        compositor = screen._compositor
        rows = [(0, y, strip) for y, strip in enumerate(compositor.render_strips())]
        expected = Brush(CONSOLE).draw(blank_screen(COLUMNS, LINES), rows)
        for first in range(COLUMNS - 1):
            for width in range(1, 8):
                compositor._dirty_regions = {Region(first, 0, width, 4)}
                update = compositor.render_partial_update()
                assert isinstance(update, StripUpdate)
                assert Brush(CONSOLE).draw(expected, update.strips).rows == expected.rows, (first, width)
