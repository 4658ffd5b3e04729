"""MessageReader: the lines that make one message. A backslash at the end of a line promises another one.

Lines that are there already when one has been read belong to it: that is what a paste is. In a paste a backslash is
just a character.
"""

from tui.plain.line_reader import EndOfInput, LineReader


class MessageReader:
    """Reads messages; what was gathered of one that never came to its end is not lost."""

    def __init__(self, reader: LineReader, you: str, more: str) -> None:
        self._reader = reader
        self._you = you
        self._more = more
        self._lines: list[str] = []
        self._ended = False

    def read(self) -> str:
        """The next message; raises EndOfInput and SignalCame."""
        if self._ended:
            raise EndOfInput
        self._lines = [self._reader.read(self._you)]
        while not self._ended:
            if self._reader.is_waiting():
                self._read_pasted()
            elif _promises_more(self._lines[-1]):
                self._lines.append(self._reader.read(self._more))
                self._lines[-2] = self._lines[-2][:-1]
            else:
                break
        return self.take_gathered()

    def _read_pasted(self) -> None:
        try:
            self._lines.append(self._reader.read(""))
        except EndOfInput:
            self._ended = True  # told at the next call: what came before it is a message

    def take_gathered(self) -> str:
        """The lines so far, of a message that was cut short too; they are nobody's after this."""
        text = "\n".join(self._lines)
        self._lines = []
        return text


def _promises_more(line: str) -> bool:
    """An odd number of backslashes: two stand for themselves."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
