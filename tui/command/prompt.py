"""The prompt of a headless command: words of the command line, and what is piped in."""

from tui.arguments import UsageError
from tui.settings.standard_streams import read_piped_text


def read_prompt(words: list[str], *, use_stdin: bool, command: str, before: str = "") -> str:
    """`before`, PROMPT, stdin when it is a pipe or file, blank lines between. Raises UsageError where all are empty."""
    parts = [before, *([" ".join(words)] if words else [])]
    if use_stdin and (piped := read_piped_text()) is not None:
        parts.append(piped)
    prompt = "\n\n".join(part for part in parts if part.strip())
    if not prompt:
        raise UsageError(f"there is no prompt; write it behind `weir {command}` or pipe it in")
    return prompt
