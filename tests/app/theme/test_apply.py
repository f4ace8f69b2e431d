"""The application wears what was chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.features.inspector.formula_label import FormulaLabel
from visualnet.app.forms.value_field import ValueField
from visualnet.app.theme import apply, icons
from visualnet.app.theme.apply import ThemeKeeper, style_sheet
from visualnet.app.theme.fonts import body_px, load_fonts, mono, sans
from visualnet.app.theme.tokens import DARK, LIGHT, THEMES, Theme
from visualnet.app.widgets.basic import KeyValue
from visualnet.app.widgets.layouts import column
from visualnet.resources import resource


@pytest.fixture
def keeper(qapp: QApplication) -> Iterator[ThemeKeeper]:
    made = ThemeKeeper(qapp, "dark")
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")


def test_changing_the_mode_dresses_the_application_and_tells(keeper: ThemeKeeper, qapp: QApplication) -> None:
    told: list[Theme] = []
    keeper.changed.connect(told.append)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.surface)
    keeper.set_mode("light")
    assert told == [LIGHT] and keeper.theme is LIGHT and icons.current_theme() is LIGHT
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.surface)
    keeper.set_mode("light")
    assert told == [LIGHT]


def test_system_follows_the_system(keeper: ThemeKeeper, qapp: QApplication) -> None:
    keeper.set_mode("system")
    light = qapp.styleHints().colorScheme() == Qt.ColorScheme.Light
    assert keeper.theme is (LIGHT if light else DARK)


def test_system_follows_the_wish_for_contrast(
    keeper: ThemeKeeper, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    style = qapp.styleHints()
    hints = apply._accessibility(style)
    if hints is not None:
        assert not apply.wants_contrast(qapp), "the offscreen platform has no such wish"
    monkeypatch.setattr(apply, "wants_contrast", lambda _app: True)
    keeper.set_mode("system")
    assert keeper.theme.strong
    told: list[Theme] = []
    keeper.changed.connect(told.append)
    monkeypatch.setattr(apply, "wants_contrast", lambda _app: False)
    if hints is not None:
        hints.contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
        assert [t.strong for t in told] == [False]


@pytest.mark.parametrize("mode", ["dark", "contrast", "contrast-light"])
def test_what_has_the_focus_wears_a_ring(keeper: ThemeKeeper, qtbot: QtBot, mode: apply.Mode) -> None:
    keeper.set_mode(mode)
    theme = keeper.theme
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    for made in (QPushButton("Train"), QLineEdit(), QComboBox()):
        column.addWidget(made)
    holder.show()
    holder.activateWindow()
    for made in holder.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        size = made.sizeHint()
        made.setFocus()
        qtbot.waitUntil(made.hasFocus)
        image = holder.grab(made.geometry()).toImage()
        down = [image.pixelColor(image.width() // 2, y) for y in range(4)]
        ring = 2 if theme.strong else 1
        assert down[:ring] == [QColor(theme.accent)] * ring, type(made)
        assert QColor(theme.accent) not in down[ring:]
        assert made.sizeHint() == size, "the ring moves nothing"


def test_a_primary_button_wears_the_accent(keeper: ThemeKeeper, qtbot) -> None:
    pressed = QPushButton("Train")
    pressed.setProperty("kind", "primary")
    qtbot.addWidget(pressed)
    pressed.resize(120, 32)
    image = pressed.grab().toImage()
    assert image.pixelColor(image.width() // 2, 4) == QColor(DARK.accent)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_style_sheet_is_whole_and_names_files_that_exist(theme: Theme) -> None:
    text = style_sheet(theme, 13)
    assert "$" not in text
    assert text.count("{") == text.count("}")
    for path in {part.split(")")[0] for part in text.split("url(")[1:]}:
        assert resource("icons", "controls", path.rsplit("/", 1)[1]).is_file()


def test_type_grows_with_the_system(keeper: ThemeKeeper, qapp: QApplication, qtbot) -> None:
    assert body_px(qapp) == 13
    assert "font-size: 22px" in style_sheet(DARK, 13) and "font-size: 29px" in style_sheet(DARK, 20)
    shown = QLabel("x")
    qtbot.addWidget(shown)
    assert QFontInfo(shown.font()).pixelSize() == 13


def test_figures_are_of_one_width_in_both_faces(qapp: QApplication) -> None:
    assert {"Inter", "JetBrains Mono"} <= load_fonts()
    for font, family in ((mono(13), "JetBrains Mono"), (sans(13), "Inter")):
        assert QFontInfo(font).family().startswith(family)
        metrics = QFontMetricsF(font)
        assert len({round(metrics.horizontalAdvance(figure * 10), 3) for figure in "0123456789"}) == 1, family


def test_numbers_in_panels_have_a_zero_without_a_stroke_and_figures_of_one_width(
    keeper: ThemeKeeper, qtbot: QtBot
) -> None:
    """The zero of the face of code has one, and reads as an eight when small."""
    rows = KeyValue()
    rows.set_value("Weights", "241 KiB")
    holder = QWidget()
    qtbot.addWidget(holder)
    number, formula = ValueField(lambda _: ""), FormulaLabel()
    column(rows, number, formula, QSpinBox(), parent=holder)
    holder.show()
    shown = [label for label in rows.findChildren(QLabel) if label.text() == "241 KiB"]
    for widget in (*shown, number, formula, holder.findChild(QSpinBox)):
        assert QFontInfo(widget.font()).family().startswith("Inter"), widget
        metrics = QFontMetricsF(widget.font())
        assert len({round(metrics.horizontalAdvance(figure * 10), 3) for figure in "0123456789"}) == 1, widget
        assert QFontInfo(widget.font()).pixelSize() < 13, widget


def test_fonts_are_small_and_come_with_their_licences() -> None:
    files = list(resource("fonts").iterdir())
    assert sum(path.stat().st_size for path in files) < 2_000_000
    for face in ("Inter", "JetBrainsMono"):
        assert "SIL OPEN FONT LICENSE" in resource("fonts", f"{face}-OFL.txt").read_text(encoding="utf-8")
