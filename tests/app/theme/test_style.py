"""The style sheet holds rules for what there is, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import PySide6.QtWidgets
import pytest

import visualnet.app
from visualnet.app.theme.apply import style_sheet
from visualnet.app.theme.tokens import THEMES

# What Qt's own parts are made of: the dialogs for files and printing, scroll areas, tips, plots' labels.
BY_QT = {"QAbstractScrollArea", "QAbstractSpinBox", "QGroupBox", "QListView", "QRadioButton", "QScrollBar", "QSizeGrip"}
BY_QT |= {"QTabWidget", "QTableCornerButton", "QTextEdit", "QToolTip", "QTreeView"}


def source() -> str:
    folder = Path(visualnet.app.__file__).parent
    return "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.py") if file.name != "apply.py")


def unused(sheet: str, code: str) -> set[str]:
    """What selectors of a style sheet name and the code does not: classes, object names, values of properties."""
    selectors = "\n".join(re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", sheet)))
    named = set(re.findall(r"(?<![\w#:-])([A-Z]\w+)", selectors)) - BY_QT
    gone = {name for name in named if not re.search(rf"\b{name}\b", code)}
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
    assert {name for name in BY_QT if not hasattr(PySide6.QtWidgets, name)} <= {"QTableCornerButton"}


def test_a_rule_for_nothing_is_found() -> None:
    sheet = 'QPushButton[kind="loud"], Badge::item { color: red; } QFrame#formula[fancy="true"]:hover { border: none; }'
    assert unused(sheet, source()) == {"[kind=loud]", "Badge", "#formula", "[fancy=true]"}
