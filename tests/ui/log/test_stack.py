import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.chat.attachment import Attachment
from tui.chat.conversation import Reply
from tui.markdown.layout import Layout
from tui.stream.outcome import Outcome
from tui.text.language import load_language
from tui.ui.log.entry import FOLDED_ROWS, PromptEntry
from tui.ui.log.reply_entry import PORTION, ReplyEntry
from tui.ui.log.stack import KEPT_ENTRIES, Place, Stack

WIDTH = 20


def make_stack(lines: list[int], width: int = WIDTH) -> Stack:
    """A stack of prompts with so many lines; each takes three rows more."""
    language = load_language("en")
    prompts = ["\n".join(f"row {row}" for row in range(count)) for count in lines]
    return Stack(Layout(width), [PromptEntry(prompt, language) for prompt in prompts])


def all_places(lines: list[int]) -> list[Place]:
    """Every row there is."""
    return [Place(entry, row) for entry, count in enumerate(lines) for row in range(count + 3)]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(0, 200), st.integers(-40, 40))
def test_a_move_counts_exact_rows(lines: list[int], start: int, rows: int) -> None:
    places = all_places(lines)
    at = start % len(places)
    assert make_stack(lines).move(places[at], rows) == places[max(0, min(at + rows, len(places) - 1))]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(0, 400))
def test_a_place_stays_what_it_is_while_heights_become_exact(lines: list[int], start: int) -> None:
    stack, places = make_stack(lines), all_places(lines)
    place = places[start % len(places)]
    stack.make_exact(place.entry)
    stack.refine(range(place.entry, place.entry + 1), lambda: stack.is_exact)
    assert stack.is_exact
    assert stack.rows == len(places)
    assert stack.place(stack.row(place)) == place


def test_the_nearest_heights_become_exact_first() -> None:
    stack = make_stack([30] * 9)
    order: list[int] = []
    while not stack.is_exact:
        known = [number for number, entry in enumerate(stack.entries) if entry.layout is not None]
        order += [entry for entry in known if entry not in order]
        steps = iter([False, True])
        stack.refine(range(6, 7), lambda steps=steps: next(steps))
    assert order[:5] == [6, 5, 7, 4, 8]


def test_far_entries_give_up_their_rows_and_keep_their_height() -> None:
    stack = make_stack([5] * 300)
    stack.refine(range(299, 300), lambda: stack.is_exact)
    kept = [number for number, entry in enumerate(stack.entries) if entry.layout is not None]
    assert len(kept) <= KEPT_ENTRIES + 5
    assert 299 in kept
    assert stack.rows == 300 * 8


def test_another_width_keeps_what_is_read_in_its_place() -> None:
    stack = make_stack([40] * 5)
    top = stack.change_layout(Layout(WIDTH * 2), Place(3, 17))
    assert stack.entries[top.entry].line(top.row).text == "row 15"


def test_rows_come_in_order_from_anywhere() -> None:
    lines = [random.Random(7).randint(1, 6) for _ in range(30)]
    stack, places = make_stack(lines), all_places(lines)
    stack.refine(range(1), lambda: stack.is_exact)
    first = stack.row(places[40])
    assert [stack.move(places[40], step) for step in range(20)] == places[40:60]
    assert stack.place(first) == places[40]


def test_a_very_long_reply_is_laid_out_in_portions_and_comes_out_the_same() -> None:
    text = "".join(f"Paragraph {number} with **bold** words in it.\n\n" for number in range(1_500))
    language = load_language("en")
    reply = Reply("acme", "long", pieces=[text], outcome=Outcome.COMPLETE)
    stack = Stack(Layout(WIDTH), [PromptEntry("first", language), ReplyEntry(reply, language)])
    assert stack.height(0) == 4
    steps = [stack.height(1)]
    while not stack.is_exact:
        portion = iter([False, True])
        stack.refine(range(1), lambda portion=portion: next(portion))
        steps.append(stack.height(1))
    assert len(steps) > len(text) // PORTION
    assert max(after - before for before, after in pairwise(steps)) < steps[-1] / 5
    whole = ReplyEntry(reply, language)
    whole.lay_out(Layout(WIDTH))
    while whole.is_behind:
        whole.update()
    assert [stack.entries[1].line(row) for row in range(steps[-1])] == [whole.line(row) for row in range(whole.height)]


def test_another_width_finds_a_place_deep_in_a_very_long_reply() -> None:
    text = "".join(f"paragraph {number}\n\n" for number in range(4_000))
    reply = Reply("acme", "long", pieces=[text], outcome=Outcome.COMPLETE)
    stack = Stack(Layout(WIDTH), [ReplyEntry(reply, load_language("en"))])
    stack.read_whole(0)
    row = next(row for row in range(stack.height(0)) if stack.entries[0].line(row).text == "paragraph 2345")
    top = stack.change_layout(Layout(WIDTH * 2), Place(0, row))
    assert stack.entries[0].line(top.row).text == "paragraph 2345"
    assert not stack.is_exact


def test_a_long_reply_out_of_sight_is_read_to_its_end_among_many_messages() -> None:
    text = "".join(f"paragraph {number} of many\n\n" for number in range(2_300))
    language = load_language("en")
    reply = Reply("acme", "long", pieces=[text], outcome=Outcome.COMPLETE)
    prompts = [PromptEntry(f"prompt {number}", language) for number in range(60)]
    stack = Stack(Layout(WIDTH), [ReplyEntry(reply, language), *prompts])
    seen, steps = range(59, 61), 0
    while not stack.is_exact and steps < 60 + 2 * len(text) // PORTION:
        portion = iter([False, True])
        stack.refine(seen, lambda portion=portion: next(portion))
        stack.forget(seen)
        steps += 1
    assert stack.is_exact


def test_of_a_long_prompt_the_files_and_the_beginning_are_in_sight() -> None:
    files = (Attachment("a.txt", "text/plain", b"one\n"),)
    stack = Stack(Layout(60), [PromptEntry("many words\n" * 5_000, load_language("en"), attachments=files)])
    entry = stack.entries[0]
    assert entry.folded
    entry.lay_out(Layout(60))
    rows = [entry.line(row).text for row in range(entry.height)]
    assert "a.txt" in rows[2]
    assert rows[3] == "many words"
    assert len(rows) == FOLDED_ROWS + 1
