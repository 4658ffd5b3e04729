"""PendingFiles: the files that go with the next prompt in lines."""

from tui.chat.attachment import Attachment, AttachmentError, check_together, read_attachment
from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.chip import write_chip, write_hint, write_trouble
from tui.chat.conversation import Conversation
from tui.chat.refusal import find_refusal
from tui.plain.output import Output
from tui.text.language import Language

DROP = "drop"
"""What forgets them; a file of that name is `./drop`."""


class PendingFiles:
    """Read when they are named, so that what cannot be sent is told at once."""

    def __init__(self, output: Output, language: Language) -> None:
        self._output = output
        self._language = language
        self.files: tuple[Attachment, ...] = ()

    def obey(self, words: str) -> None:
        """Take the file of this path, take none (`drop`), or say which there are; blocks."""
        if words and words != DROP:
            self._add(words)
            return
        self.files = () if words == DROP else self.files
        self._tell(*(write_chip(each, self._language) for each in self.files))

    def take(self) -> tuple[Attachment, ...]:
        """They go with a prompt, and no further one."""
        files, self.files = self.files, ()
        return files

    def are_refused(self, catalogue: ModelCatalogue, model: Model, conversation: Conversation) -> bool:
        """Whether this model is known to take no images, and some would be sent; that is told."""
        refusal = find_refusal(catalogue, [model], conversation, self.files, self._language)
        if refusal is not None:
            self._output.tell_line(refusal)
        return refusal is not None

    def _add(self, path: str) -> None:
        try:
            found = read_attachment(path.strip('"'))
            check_together((*self.files, found))
        except AttachmentError as error:
            self._output.tell_line(write_trouble(error, self._language))
            return
        self.files = (*self.files, found)
        self._tell(write_chip(found, self._language))

    def _tell(self, *chips: str) -> None:
        for chip in chips:
            self._output.tell_line(chip)
        if not self.files:
            self._output.tell(self._language.say("attachment.none"))
        elif chips:
            self._output.tell(write_hint(self._language))
