"""The output never waits for whoever reads it, loses nothing and says when it cannot go on."""

import os
from collections.abc import Iterator

import pytest

from tui.plain.output import Output


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)


def test_a_reader_that_does_not_read_is_not_waited_for(pipe: tuple[int, int]) -> None:
    output = Output(pipe[1], "utf-8")
    text = "heron " * 100_000
    output.write(text)
    assert not output.drain(0)
    received = b""
    while len(received) < len(text):
        received += os.read(pipe[0], 65536)
    assert output.drain(20)
    assert received.decode() == text
    os.close(pipe[0])


def test_sentences_stand_on_lines_of_their_own(pipe: tuple[int, int]) -> None:
    output = Output(pipe[1], "ascii")
    output.write("half")
    output.tell("one\x1b")
    output.tell_line("two\nlines")
    output.write("half again")
    output.note_echo()
    output.tell("\u6c34")
    assert output.drain(20)
    assert os.read(pipe[0], 65536) == b"half\nweir: one?\nweir: two?lines\nhalf againweir: ?\n"
    os.close(pipe[0])


def test_without_a_reader_it_says_why_and_drops_the_rest(pipe: tuple[int, int]) -> None:
    output = Output(pipe[1], "utf-8")
    os.close(pipe[0])
    output.write("nobody")
    assert output.drain(20)
    assert isinstance(output.refused, BrokenPipeError)
    output.write("x" * 100_000)
    assert output.drain(0)


def test_what_is_abandoned_is_not_written(pipe: tuple[int, int]) -> None:
    output = Output(pipe[1], "utf-8")
    output.write("x" * 1_000_000)
    output.abandon()
    assert output.drain(0)
    assert output.refused is not None
    output.write("more")
    assert output.drain(0)
    os.close(pipe[0])
