"""AttachmentBar: the files that what is being typed would send along, as chips in one line above the prompt."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tui.text.sanitise import sanitise_line


class AttachmentBar(Static):
    """Out of sight while there are none."""

    DEFAULT_CSS = """
    AttachmentBar {
        display: none;
        height: auto;
        max-height: 3;
        margin: 0 2;
        color: $text-muted;
        &.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, chips: Sequence[str], trouble: str | None, hint: str) -> None:
        """Show these chips, and what is wrong with the next one if anything is, else a hint if there is one."""
        self.set_class(bool(chips or trouble or hint), "-shown")
        parts = [(f" {sanitise_line(chip)} ", "$text-accent on $panel") for chip in chips]
        if trouble is not None:
            parts.append((f"✗ {sanitise_line(trouble)}", "$text-error"))
        elif hint:
            parts.append((sanitise_line(hint), ""))
        self.update(Content("  ").join(Content.styled(text, style) for text, style in parts))
