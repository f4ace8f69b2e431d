"""The one style sheet of the window: `style.qss` filled in from the tokens."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from string import Template

from visualnet.app.theme.tokens import MONO, Theme, mix
from visualnet.core.storage.regular_files import read_text
from visualnet.resources import resource

# Icons inside controls, which a style sheet can only take from files: the icon each is drawn from, and its colour role.
CONTROL_ICONS = {
    "check": ("check", "accent_text"),
    "partial": ("minus", "accent_text"),
    "down": ("chevron-down", "muted"),
    "up": ("chevron-up", "muted"),
    "right": ("chevron-right", "muted"),
    "menu-check": ("check", "text"),
    "close": ("close", "muted"),
    "close-hover": ("close", "text"),
}


def control_icon_path(theme: Theme, name: str) -> Path:
    """The file of an icon in a theme; `python -m tests.control_icons` writes them."""
    return resource("icons", "controls", f"{name}-{theme.name}.svg")


def style_sheet(theme: Theme, px: int = 13) -> str:
    """The style sheet of a theme for body text of `px` pixels."""
    values = {
        "small": px - 1,
        "heading": px + 2,
        "title": px + 9,
        "box": px + 3,
        "dot": (px + 3) // 2,
        "mono": MONO,
        "danger_ground": mix(theme.surface, theme.error, 0.1),
        "accent_ground": mix(theme.surface, theme.accent, 0.16),
        "thumb": mix(theme.surface, theme.muted, 0.35),
        "thumb_hover": mix(theme.surface, theme.muted, 0.6),
    }
    colours = {field.name: getattr(theme, field.name) for field in fields(theme)}
    icons = {f"icon_{name.replace('-', '_')}": control_icon_path(theme, name).as_posix() for name in CONTROL_ICONS}
    files = ["style.qss", "high_contrast.qss"] if theme.strong else ["style.qss"]
    text = "".join(read_text(Path(__file__).with_name(name)) for name in files)
    return Template(text).substitute(colours, **values, **icons)
