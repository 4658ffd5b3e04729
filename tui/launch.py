"""Launch: what a run starts from; known before anything is opened, so it is light to import."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.chat.routes import Wish
from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.text.language import Language, choose_language, load_language


@dataclass(frozen=True, slots=True)
class Launch:
    """The folders, the config, the environment and the flags."""

    paths: Paths
    config: Config
    environ: Mapping[str, str]
    wish: Wish = field(default_factory=Wish)
    retries: int | None = None
    """None: as many as the client does by default."""

    def load_language(self) -> Language:
        """The sentences in the language that the config or the environment asks for."""
        return load_language(choose_language(self.config.language, self.environ))
