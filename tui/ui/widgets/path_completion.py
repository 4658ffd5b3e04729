"""Path completion: `@path` in the prompt, offered from the disk."""

from tui.chat.mention import find_last_mention, write_mention
from tui.chat.path_listing import list_paths
from tui.text.size import show_size
from tui.ui.widgets.completion import Candidate, Offer, Word


class PathSource:
    """A source of a completion list."""

    def find_word(self, before: str) -> Word | None:
        """A mention that is being typed."""
        mention = find_last_mention(before)
        return Word(mention.start, mention.path) if mention is not None else None

    def offer(self, word: Word) -> Offer:
        """The files and folders that it may go on to."""
        listing = list_paths(word.text)
        if [listed.path for listed in listing.paths] == [word.text]:
            return Offer()  # it stands there already
        candidates = []
        for listed in listing.paths:
            goes_on = listed.path.endswith("/")
            text = write_mention(listed.path, closed=not goes_on)
            note = show_size(listed.size) if listed.size is not None else ""
            candidates.append(Candidate(text, listed.path, note, goes_on=goes_on, value=listed))
        return Offer(candidates, listing.left_out)
