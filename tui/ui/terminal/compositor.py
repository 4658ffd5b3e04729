"""Compositor: Textual's own, which renders what is to be painted anew and nothing else.

Textual renders each widget that touches the smallest rectangle around all of it, whole, and cuts every row where any
widget ends; a token would cost all rows of the log. Here each area is asked of the widgets in it, and what they give
is painted from the back to the front.
"""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console
from textual import screen as textual_screen
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Placed = tuple[int, int, Strip]
"""Column, row, and what is to stand from there on."""


class StripUpdate(ChopsUpdate):
    """Strips with their places, for a driver that paints cells; later ones stand over earlier ones. It has no chops."""

    def __init__(self, strips: list[Placed]) -> None:
        super().__init__([], [], [])
        self.strips = strips

    def render_segments(self, console: Console) -> str:
        """As Textual's own driver would need it."""
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.strips)


class AreaCompositor(Compositor):
    """What is in a screen, and what of it has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._arranged: Mapping[Widget, tuple[Region, Region]] = {}
        self._in_sight: list[tuple[Widget, Region, Region]] = []

    def render_partial_update(self) -> StripUpdate | None:
        """What has been marked since the last time; None if nothing was."""
        marked = self._dirty_regions.copy()
        self._dirty_regions.clear()
        if not marked:
            return None
        whole = self.size.region
        areas = (area.intersection(whole) for area in join_spans(self._regions_to_spans(marked)))
        return StripUpdate([placed for area in areas if area for placed in self._render_uncut(area)])

    def _render_uncut(self, area: Region) -> Iterable[Placed]:
        """What is in an area; with wide characters in it whole rows, since half of one would be painted as a blank."""
        columns = self.size.width
        if area.width == columns:
            return self._render(area)
        seen = area.grow((0, 1, 0, 1)).intersection(self.size.region)
        placed = [*self._render(seen)]
        if any(strip.cell_length != len(strip.text) for _, _, strip in placed):
            return self._render(Region(0, area.y, columns, area.height))
        return _crop(placed, area)

    def _render(self, area: Region) -> Iterator[Placed]:
        layers = []
        for widget, region, visible in self._find_in_sight():
            if visible.overlaps(area):
                part = visible.intersection(area)
                layers.append((widget, region, part))
                if part == area:
                    break  # nothing behind it shows
        for widget, (left, top, _, _), part in reversed(layers):
            strips = widget.render_lines(part.translate((-left, -top)))
            yield from ((part.x, y, strip) for y, strip in enumerate(strips, part.y))

    def _find_in_sight(self) -> list[tuple[Widget, Region, Region]]:
        """Each widget from the front to the back, with its region and the part of that which can be seen."""
        arranged = self.visible_widgets
        if arranged is not self._arranged:
            self._arranged = arranged
            parts = ((widget, region, region.intersection(clip)) for widget, (region, clip) in arranged.items())
            self._in_sight = [(widget, region, part) for widget, region, part in parts if part]
        return self._in_sight


def _crop(placed: Iterable[Placed], area: Region) -> Iterator[Placed]:
    """What of strips without wide characters is in an area."""
    for x, y, strip in placed:
        first, end = max(x, area.x), min(x + strip.cell_length, area.right)
        if first < end:
            yield first, y, strip.crop(first - x, end - x)


def join_spans(spans: Iterable[tuple[int, int, int]]) -> Iterator[Region]:
    """The rectangles that rows with the same first and last column make; a span is row, first column and end."""
    open_areas: dict[tuple[int, int], tuple[int, int]] = {}
    for y, first, end in spans:
        top, bottom = open_areas.get((first, end), (y, y))
        if y > bottom:
            yield Region(first, top, end - first, bottom - top)
            top = y
        open_areas[first, end] = top, y + 1
    for (first, end), (top, bottom) in open_areas.items():
        yield Region(first, top, end - first, bottom - top)


def use_areas() -> None:
    """Let the screens that are made from now on have such a compositor; again changes nothing."""
    vars(textual_screen)["Compositor"] = AreaCompositor
