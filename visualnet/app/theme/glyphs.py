"""The little marks inside controls, which a style sheet can only take from files.

Run `python -m visualnet.app.theme.glyphs` after a change of colours; a test compares files and tokens.
"""

from __future__ import annotations

from visualnet.app.theme.tokens import THEMES, Theme
from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import read_text
from visualnet.resources import resource

# Name of the mark -> (icon it is drawn from, colour role).
GLYPHS = {
    "check": ("check", "accent_text"),
    "partial": ("minus", "accent_text"),
    "down": ("chevron-down", "muted"),
    "up": ("chevron-up", "muted"),
    "right": ("chevron-right", "muted"),
    "menu-check": ("check", "text"),
    "close": ("close", "muted"),
    "close-hover": ("close", "text"),
}


def glyph_path(theme: Theme, name: str) -> str:
    """The file of a mark in a theme, written as a style sheet wants it."""
    return resource("icons", "controls", f"{name}-{theme.name}.svg").as_posix()


def glyph_text(theme: Theme, name: str) -> str:
    """What that file must hold."""
    source, role = GLYPHS[name]
    drawn = read_text(resource("icons", f"{source}.svg"))
    heavier = 'stroke-width="2.25"' if role == "accent_text" else 'stroke-width="1.75"'
    return drawn.replace("currentColor", theme.colour(role)).replace('stroke-width="1.5"', heavier)


def write_all() -> None:
    """Write every mark in every theme."""
    resource("icons", "controls").mkdir(exist_ok=True)
    for theme in THEMES.values():
        for name in GLYPHS:
            project_file.write(
                resource("icons", "controls", f"{name}-{theme.name}.svg"), glyph_text(theme, name).encode()
            )


if __name__ == "__main__":
    write_all()
