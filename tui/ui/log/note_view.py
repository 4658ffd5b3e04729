"""NoteView: under an interrupted reply, why it was interrupted; one sentence, one next step, the masked record."""

from textual.content import Content
from textual.widgets import Static

from tui.chat.note import Note


class NoteView(Static):
    """The note as lines of the log. Its code is a word, so that it reads without colour too."""

    DEFAULT_CSS = """
    NoteView {
        margin: 0 2 0 2;
        padding: 0 1;
        border-left: thick $warning;
        height: auto;
        &.-failed { border-left: thick $error; }
    }
    """

    def __init__(self, note: Note, *, failed: bool) -> None:
        super().__init__(_content(note), markup=False, classes="-failed" if failed else None)


def _content(note: Note) -> Content:
    parts: list[tuple[str, str] | str] = [(note.code, "bold $text-warning"), f"  {note.sentence}"]
    if note.advice:
        parts += ["\n", ("→ ", "$text-accent"), note.advice[0]]
    for line in note.record:
        parts += ["\n", (line, "dim")]
    return Content.assemble(*parts)
