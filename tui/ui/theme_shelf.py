"""ThemeShelf: the themes that can be had, by name, read from their files when they are wanted.

A start reads the one file that it needs; all the others are read when somebody looks at them.
"""

from collections.abc import Sequence
from pathlib import Path

from textual.theme import Theme

from tui.settings.theme_file import ThemeFile, ThemeFileError, read_theme, read_themes
from tui.ui.theme import make_themes

Stamp = tuple[int, int, int]
"""A file as it was: when it was written, its size, and which one it is."""


class ThemeShelf:
    """Folders of theme files, later ones before earlier ones. Everything here blocks."""

    def __init__(self, folders: Sequence[Path], *, colours: str = "truecolor") -> None:
        """`colours` are those of the terminal: where it has few, every theme is told in what it has."""
        self._folders = folders
        self._colours = colours
        self._files: dict[str, Path] = {}

    def read(self, name: str) -> tuple[Theme | None, list[str]]:
        """The theme of this name, if there is one, and what is wrong with the files that were read for it."""
        theme, complaints = self._read_first([folder / f"{name}.toml" for folder in reversed(self._folders)], name)
        if theme is not None:
            return theme, complaints
        themes, complaints = self.read_all()
        return next((theme for theme in themes if theme.name == name), None), complaints

    def read_again(self, name: str) -> tuple[Theme | None, list[str]]:
        """The theme as its file has it now; None if that cannot be used, or is another's."""
        return self._read_first([self._files[name]], name)

    def read_all(self) -> tuple[list[Theme], list[str]]:
        """Every theme, and a sentence for each file that cannot be used."""
        files, complaints = read_themes(self._folders)
        themes, others = self._make(files)
        return themes, [*complaints, *others]

    def stamp(self, name: str) -> Stamp | None:
        """How the file of a theme that was read is now; None if there is none any more."""
        try:
            status = self._files[name].stat()
        except (KeyError, OSError):
            return None  # whoever asks goes on with what was read
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read_first(self, paths: list[Path], name: str) -> tuple[Theme | None, list[str]]:
        complaints: list[str] = []
        for path in paths:
            if not path.is_file():
                continue
            try:
                file = read_theme(path)
            except ThemeFileError as error:
                complaints.append(str(error))
                continue
            themes, others = self._make([file] if file.name == name else [])
            complaints += others
            if themes:
                return themes[0], complaints
        return None, complaints

    def _make(self, files: list[ThemeFile]) -> tuple[list[Theme], list[str]]:
        themes, complaints = make_themes(files)
        self._files.update((file.name, file.path) for file in files)
        if self._colours == "16":
            from tui.ui.sixteen import reduce  # seldom needed

            themes = [reduce(theme) for theme in themes]
        elif self._colours == "256":
            from tui.ui.gray_ground import with_gray_grounds  # seldom needed

            themes = [with_gray_grounds(theme) for theme in themes]
        return themes, complaints
