"""A text as it is compared: its case does not count, and every character stays where it was."""


def fold(text: str) -> str:
    """The text without its case, as long as before."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(small if len(small := character.casefold()) == 1 else character for character in text)
