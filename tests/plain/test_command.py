"""What a typed line means."""

import pytest

from tui.plain.command import (
    Attach,
    Command,
    Continue,
    DropDraft,
    Help,
    NewChat,
    PickModel,
    Quit,
    Retry,
    Send,
    SendDraft,
    TrimContext,
    Unknown,
    read_command,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        (" \t\n ", None),
        ("hello", Send("hello")),
        ("  /help", Send("  /help")),
        ("/help", Help()),
        ("/help ", Help()),
        ("/help me", Unknown("/help")),
        ("/model", PickModel()),
        ("/model  qwen 3 ", PickModel("qwen 3")),
        ("/models", Unknown("/models")),
        ("/retry", Retry()),
        ("/retry nostream", Retry("nostream")),
        ("/retry  qwen 3 ", Retry("qwen 3")),
        ("/attach  my notes.md ", Attach("my notes.md")),
        ("/attach", Attach()),
        ("/continue", Continue()),
        ("/continue it", Unknown("/continue")),
        ("/trim", TrimContext()),
        ("/trim undo", TrimContext(undo=True)),
        ("/trim it", Unknown("/trim")),
        ("/new", NewChat()),
        ("/draft", SendDraft()),
        ("/draft drop", DropDraft()),
        ("/draft it", Unknown("/draft")),
        ("/quit", Quit()),
        ("/", Unknown("/")),
        ("//", Send("/")),
        ("//help", Send("/help")),
        ("///", Send("//")),
        ("/help\nme", Send("/help\nme")),
        ("// a comment\ncode", Send("// a comment\ncode")),
    ],
)
def test_a_line_and_its_meaning(typed: str, meant: Command | None) -> None:
    assert read_command(typed) == meant
