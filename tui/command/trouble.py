"""Trouble: what the store of a headless command tells of itself, on stderr."""

from tui.chat.database import Report, StoreTrouble
from tui.headless.stdout import say
from tui.settings.secrets import Masker
from tui.text.language import Language


def tell_troubles(language: Language, mask: Masker) -> Report:
    """What says each trouble in a sentence; it may be called from any thread."""

    def report(trouble: StoreTrouble) -> None:
        say(mask(language.say(f"store.{trouble.code}", where=trouble.where, reason=trouble.reason)))

    return report
