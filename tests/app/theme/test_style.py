"""The style sheet holds rules for what there is, and for nothing else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import PySide6.QtWidgets
import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

import visualnet.app
from visualnet.app.theme.apply import Mode, ThemeKeeper, style_sheet
from visualnet.app.theme.tokens import THEMES

# What Qt's own parts are made of: the dialogs for files and printing, scroll areas, tips, plots' labels.
BY_QT = {"QAbstractScrollArea", "QAbstractSpinBox", "QGroupBox", "QListView", "QRadioButton", "QScrollBar", "QSizeGrip"}
BY_QT |= {"QTabWidget", "QTableCornerButton", "QTextEdit", "QToolTip", "QTreeView"}
BY_QT |= {"QComboBoxPrivateContainer"}


@cache
def source() -> str:
    folder = Path(visualnet.app.__file__).parent
    return "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.py") if file.name != "apply.py")


def unused(sheet: str, code: str) -> set[str]:
    """What selectors of a style sheet name and the code does not: classes, object names, values of properties."""
    selectors = "\n".join(re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", sheet)))
    named = set(re.findall(r"(?<![\w#:-])([A-Z]\w+)", selectors)) - BY_QT
    gone = named - set(re.findall(r"\w+", code))
    gone |= {f"#{name}" for name in re.findall(r"#(\w+)", selectors) if f'setObjectName("{name}")' not in code}
    for key, value in re.findall(r'\[(\w+)="(\w+)"\]', selectors):
        is_set = f'"{key}"' in code or f"{key}=" in code
        if not is_set or (value != "true" and f'"{value}"' not in code):
            gone.add(f"[{key}={value}]")
    return gone


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_rule_is_for_something_in_the_window(theme) -> None:
    assert unused(style_sheet(theme), source()) == set()


def test_what_qt_makes_by_itself_is_of_qt() -> None:
    assert {name for name in BY_QT if not hasattr(PySide6.QtWidgets, name)} <= {
        "QTableCornerButton",
        "QComboBoxPrivateContainer",
    }


def test_a_rule_for_nothing_is_found() -> None:
    sheet = 'QPushButton[kind="loud"], Badge::item { color: red; } QFrame#formula[fancy="true"]:hover { border: none; }'
    assert unused(sheet, source()) == {"[kind=loud]", "Badge", "#formula", "[fancy=true]"}


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, of any popup
@pytest.mark.parametrize("name", ["dark", "light"])
def test_lists_and_message_boxes_wear_the_theme(qapp: QApplication, qtbot: QtBot, name: Mode) -> None:
    keeper = ThemeKeeper(qapp, name)
    theme = keeper.theme
    box = QMessageBox(QMessageBox.Icon.Question, "VisualNet", "Save?", QMessageBox.StandardButton.Save)
    qtbot.addWidget(box)
    box.show()
    sign = box.findChild(QLabel, "qt_msgboxex_icon_label").grab().toImage()
    colours = {sign.pixelColor(x, y).name() for x in range(sign.width()) for y in range(sign.height())}
    assert theme.accent.lower() in colours, "the sign is drawn by the program, not by the system"
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItems(["one", "two"])
    combo.show()
    combo.showPopup()
    popup = combo.view().window()
    picture = popup.grab().toImage()
    edge = {picture.pixelColor(x, popup.height() // 2).name() for x in range(4)}
    assert theme.accent.lower() not in edge, "no bright frame"
    combo.hidePopup()
