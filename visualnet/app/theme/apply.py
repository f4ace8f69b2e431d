"""Dress the application: one palette, one style sheet, over Qt's Fusion style."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QToolTip

from visualnet.app.theme import icons
from visualnet.app.theme.fonts import body_px, load_fonts, sans
from visualnet.app.theme.style import style_sheet
from visualnet.app.theme.tokens import CONTRAST, CONTRAST_LIGHT, DARK, LIGHT, THEMES, Theme

Mode = Literal["system", "dark", "light", "contrast", "contrast-light"]
MODES: tuple[Mode, ...] = ("system", "dark", "light", "contrast", "contrast-light")


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application this look."""
    load_fonts()
    size = body_px(app)
    if app.style().objectName().lower() != "fusion":
        app.setStyle("Fusion")
    icons.wear(theme)
    app.setFont(sans(size))
    QToolTip.setFont(sans(size - 1))
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme, size))


def palette(theme: Theme) -> QPalette:
    """The colours that Qt itself paints with."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, colour in {
        roles.Window: theme.surface,
        roles.WindowText: theme.text,
        roles.Base: theme.field,
        roles.AlternateBase: theme.surface,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.error,
        roles.Highlight: theme.selection,
        roles.HighlightedText: theme.text,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.Light: theme.hover,
        roles.Midlight: theme.hover,
        roles.Mid: theme.line,
        roles.Dark: theme.line,
        roles.Shadow: theme.shadow,
        roles.Accent: theme.accent,
    }.items():
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.disabled))
    return made


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

    def __init__(self, app: QApplication, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._mode: Mode = mode if mode in MODES else "system"
        self._theme = self._wanted()
        apply_theme(app, self._theme)
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow)
        if (wishes := _accessibility(self._hints)) is not None:
            wishes.contrastPreferenceChanged.connect(self._follow)

    @property
    def theme(self) -> Theme:
        """The theme worn now."""
        return self._theme

    @property
    def mode(self) -> Mode:
        """The choice: "system" or the name of a theme."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose; takes effect at once."""
        assert mode in MODES, mode
        self._mode = mode
        self._follow()

    def _wanted(self) -> Theme:
        if self._mode != "system":
            return THEMES[self._mode]
        light = self._app.styleHints().colorScheme() == Qt.ColorScheme.Light
        if wants_contrast(self._app):
            return CONTRAST_LIGHT if light else CONTRAST
        return LIGHT if light else DARK

    def _follow(self, _scheme: object = None) -> None:
        wanted = self._wanted()
        if wanted is self._theme:
            return
        self._theme = wanted
        apply_theme(self._app, wanted)
        self.changed.emit(wanted)
