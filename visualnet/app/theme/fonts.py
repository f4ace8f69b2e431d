"""The two faces of the window, shipped with it: Inter for words and figures, JetBrains Mono for code."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from visualnet.app.theme.tokens import FONT_PX, MONO, SANS
from visualnet.resources import resource

_LARGEST_PX = 28
SIZES = (80, 90, 100, 110, 125, 150, 175, 200)
"""The text sizes that can be chosen, in per cent of the system's."""


@cache
def load_fonts() -> frozenset[str]:
    """Make the shipped faces known to Qt; answers the families found."""
    numbers = [QFontDatabase.addApplicationFont(str(path)) for path in sorted(resource("fonts").glob("*.[ot]tf"))]
    return frozenset(chain.from_iterable(map(QFontDatabase.applicationFontFamilies, numbers)))


_share = 100
_factor = 1.0


def choose_size(app: QApplication, per_cent: int) -> None:
    """Make all text of the window larger or smaller than the system has it."""
    global _share, _factor
    _share = min(SIZES, key=lambda size: abs(size - per_cent))
    _factor = body_px(app) / FONT_PX


def chosen_size() -> int:
    """The chosen text size in per cent."""
    return _share


def factor() -> float:
    """How many times larger than in the drawings text is now: the system's wish times the person's choice."""
    return _factor


def px(drawn: float) -> int:
    """A measure that goes with the text: what is ``drawn`` px where body text has 13."""
    return round(drawn * _factor)


def body_px(app: QApplication) -> int:
    """The size of body text: 13 px, or more where the person's system asks for larger type, times the chosen text size."""
    return max(8, round(_system_px(app) * _share / 100))


def _system_px(app: QApplication) -> int:
    known = app.property("visualnet_body_px")
    if known is None:
        size = QFontInfo(app.font()).pixelSize() if app.platformName() != "offscreen" else FONT_PX
        known = max(FONT_PX, min(_LARGEST_PX, size))
        app.setProperty("visualnet_body_px", known)
    return int(known)


def sans(px: int = FONT_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face of words, with figures of equal width."""
    return QFont(_kept(SANS, px, weight))


def figures(px: int = FONT_PX - 1, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face of sizes, counts and formulas: figures of equal width, and a zero without a stroke, which reads as an eight when small.

    The face of code has no such zero, so these are the figures of the face of words. Labels and fields with the role or the property
    ``figures`` in the style sheet have it too: all words have figures of equal width.
    """
    return sans(px, weight)


def mono(px: int = FONT_PX - 1, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face of code, and of names that stand in code."""
    return QFont(_kept(MONO, px, weight))


@lru_cache(maxsize=256)
def _kept(face: str, px: int, weight: QFont.Weight) -> QFont:
    """A font is asked for at every figure that is painted or measured, and takes 20 µs to put together; a copy of it takes 1."""
    if face == MONO:
        families = [MONO, "Cascadia Mono", "Menlo", "DejaVu Sans Mono", "monospace"]
        font = _font(families, QFont.StyleHint.Monospace, px, weight)
        font.setFixedPitch(True)
        return font
    families = [SANS, "Segoe UI", "Noto Sans", "DejaVu Sans", "sans-serif"]
    font = _font(families, QFont.StyleHint.SansSerif, px, weight)
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


def _font(families: list[str], hint: QFont.StyleHint, px: int, weight: QFont.Weight) -> QFont:
    font = QFont()
    font.setFamilies(families)
    font.setPixelSize(px)
    font.setWeight(weight)
    font.setStyleHint(hint)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
