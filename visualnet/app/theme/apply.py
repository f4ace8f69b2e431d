"""Dress the application: one palette, and one style sheet filled in from the tokens, over Qt's Fusion style."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from pathlib import Path
from string import Template
from typing import Any, Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from visualnet.app.theme import icons
from visualnet.app.theme.fonts import SIZES, body_px, choose_size, chosen_size, load_fonts, sans
from visualnet.app.theme.hidden_widgets import HiddenWidgets
from visualnet.app.theme.tokens import CONTRAST, CONTRAST_LIGHT, DARK, LIGHT, MONO, THEMES, Theme, mix
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.format import format_percent
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
    "question": ("help", "accent"),
    "information": ("info", "hint"),
    "warning": ("warning", "warning"),
    "critical": ("error", "error"),
}


def control_icon_path(theme: Theme, name: str) -> Path:
    """The file of an icon in a theme; `python -m tests.generators.control_icons` writes them."""
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


Mode = Literal["system", "dark", "light", "contrast", "contrast-light"]
MODES: tuple[Mode, ...] = get_args(Mode)

_R = QPalette.ColorRole


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application this look."""
    load_fonts()
    size = body_px(app)
    sheet = style_sheet(theme, size)
    if app.styleSheet() == sheet and app.font() == sans(size) and app.palette() == palette(theme):
        icons.set_theme(theme)
        return  # to put on the same again costs 0.2 s
    # Asked for by a note of our own: under a style sheet the style does not tell its name, and to set it anew costs 0.1 s.
    if not app.property("visualnet_fusion"):
        app.setStyle("Fusion")
        app.setProperty("visualnet_fusion", True)
    # Taken off before it is put on: Qt dresses each widget anew once for every parent it has when one sheet follows another,
    # but only once when the first one comes. Measured on 1,050 widgets: 0.11 s instead of 0.40 s.
    hidden = app.findChild(HiddenWidgets) or HiddenWidgets(app)
    hidden.leave_out()
    app.setStyleSheet("")
    without_icon = icons.set_theme(theme, only_seen=True)
    if app.font() != sans(size):
        app.setFont(sans(size))
        QToolTip.setFont(sans(size - 1))
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet)
    hidden.style_later(without_icon)


_ROLES = {
    "surface": (_R.Window, _R.AlternateBase),
    "raised": (_R.Button, _R.ToolTipBase),
    "field": (_R.Base,),
    "hover": (_R.Light, _R.Midlight),
    "line": (_R.Mid, _R.Dark),
    "shadow": (_R.Shadow,),
    "text": (_R.Text, _R.WindowText, _R.ButtonText, _R.HighlightedText, _R.ToolTipText),
    "muted": (_R.PlaceholderText,),
    "error": (_R.BrightText,),
    "selection": (_R.Highlight,),
    "accent": (_R.Accent, _R.Link, _R.LinkVisited),
}
"""What Qt itself paints in which colour of the theme."""


def palette(theme: Theme) -> QPalette:
    """The colours that Qt itself paints with."""
    colours = QPalette()
    for colour, roles in _ROLES.items():
        for role in roles:
            colours.setColor(role, theme.colour(colour))
    for role in (_R.WindowText, _R.Text, _R.ButtonText, _R.HighlightedText):
        colours.setColor(QPalette.ColorGroup.Disabled, role, theme.disabled)
    return colours


def wants_contrast(app: QApplication) -> bool:
    """Whether the person asked the system for high contrast."""
    hints = app.styleHints()  # held here: without it PySide forgets what comes from it
    wishes = _accessibility(hints)
    return wishes is not None and wishes.contrastPreference() == Qt.ContrastPreference.HighContrast


def _accessibility(hints: QStyleHints) -> Any:
    """The system's hints about accessibility; None before Qt 6.10."""
    found = getattr(hints, "accessibility", None)
    return found() if found is not None else None


class ThemeKeeper(QObject):
    """Keeps the application in the chosen theme and follows the system where that is the choice.

    The caller remembers `mode`; `changed` carries the new `Theme` after the application wears it.
    """

    changed = Signal(object)
    resized = Signal(int)
    """Text has another size, in per cent; ``changed`` follows, so that what is drawn by hand is drawn anew."""

    def __init__(self, app: QApplication, mode: str = "system", text_size: int = 100) -> None:
        super().__init__()
        self._app = app
        self.mode: Mode = mode if mode in MODES else "system"
        """The choice: "system" or the name of a theme."""
        self.theme = self._wanted()
        """The theme that is applied now."""
        choose_size(app, text_size)
        apply_theme(app, self.theme)
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow)
        if (wishes := _accessibility(self._hints)) is not None:
            wishes.contrastPreferenceChanged.connect(self._follow)

    def set_mode(self, mode: Mode) -> None:
        """Choose; takes effect at once."""
        assert mode in MODES, mode
        self.mode = mode
        self._follow()

    def set_text_size(self, per_cent: int) -> None:
        """Make all text larger or smaller; takes effect at once."""
        before = chosen_size()
        choose_size(self._app, per_cent)
        if chosen_size() != before:
            apply_theme(self._app, self.theme)
            self.resized.emit(chosen_size())
            self.changed.emit(self.theme)

    def step_text_size(self, step: int) -> None:
        """The next larger (1) or smaller (-1) size; at the last one it stays."""
        self.set_text_size(SIZES[min(max(SIZES.index(chosen_size()) + step, 0), len(SIZES) - 1)])

    def fill_sizes(self, menu: QMenu) -> None:
        """Offer the text sizes in a menu."""
        for size in SIZES:
            action = menu.addAction(format_percent(size / 100, 0), partial(self.set_text_size, size))
            action.setCheckable(True)
            action.setChecked(size == chosen_size())

    def _wanted(self) -> Theme:
        if self.mode != "system":
            return THEMES[self.mode]
        light = self._app.styleHints().colorScheme() == Qt.ColorScheme.Light
        if wants_contrast(self._app):
            return CONTRAST_LIGHT if light else CONTRAST
        return LIGHT if light else DARK

    def _follow(self, _scheme: object = None) -> None:
        wanted = self._wanted()
        if wanted is not self.theme:
            self.theme = wanted
            apply_theme(self._app, wanted)
            self.changed.emit(wanted)
