"""What of a key a text still shows."""


def exposed(text: str, secret: str, length: int) -> list[str]:
    """The runs of this length of the key's secret part that stand in the text, in any letter case."""
    shown, hidden = text.lower(), secret.lower()
    runs = (hidden[start : start + length] for start in range(len(hidden) - length + 1))
    return [run for run in runs if run in shown]
