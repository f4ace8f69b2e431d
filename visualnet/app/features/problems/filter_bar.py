"""The line over the problems: what to look for, which severities, where, in which groups; and the titles of the groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QSizePolicy, QToolButton, QWidget

from visualnet.analysis.facts import SEVERITIES
from visualnet.analysis.problem_list import GROUPINGS, SEVERITY_WORDS, ProblemFilter
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import describe
from visualnet.app.widgets.layouts import STRETCH, add, row
from visualnet.app.widgets.search_field import SearchField
from visualnet.core.project import MAIN
from visualnet.core.text.format import format_quantity

NARROW, SEARCH_WIDE = 484, 260
UNLIMITED = 16_777_215
SCOPES = ("Whole project", "This sheet")


class ProblemBar(QWidget):
    """Choices that are remembered; only the searched text is not."""

    changed = Signal()
    copy_asked = Signal()

    def __init__(self, kept: MutableMapping[str, Any]) -> None:
        super().__init__()
        self.kept = kept
        self.narrow = False
        self.search = SearchField("Filter problems")
        self.search.setMaximumWidth(SEARCH_WIDE)
        self.search.setMinimumWidth(120)
        self.search.setToolTip("Show only problems with these words: of the text, the node, or the kind")
        hidden = kept.get("hidden")
        self.severities: dict[str, QToolButton] = {}
        for severity in SEVERITIES:
            made = self.severities[severity] = _tool(severity, severity)
            made.setCheckable(True)
            made.setChecked(not (isinstance(hidden, list) and severity in hidden))
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            made.toggled.connect(self._choose)
        self.scope = describe(QComboBox(), "Where", "Problems of the whole project, or of the open sheet only")
        self.scope.addItems(SCOPES)
        self.scope.setCurrentIndex(1 if kept.get("sheet") is True else 0)
        self.grouping = describe(QComboBox(), "Groups", "How the problems are put together")
        for name, words in GROUPINGS.items():
            self.grouping.addItem(words, name)
        self.grouping.setCurrentIndex(max(0, self.grouping.findData(kept.get("grouping", "severity"))))
        for combo in (self.scope, self.grouping):
            combo.currentIndexChanged.connect(self._choose)
        copy = _tool("copy", "muted")
        copy.setToolTip("Copy the problems that are shown, as text")
        copy.setAccessibleName("Copy problems as text")
        copy.clicked.connect(self.copy_asked)
        self.search.changed.connect(lambda _: self.changed.emit())
        self.lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.lines.setContentsMargins(8, 4, 8, 2)
        self.lines.setSpacing(4)
        choices = row(*self.severities.values(), STRETCH, self.scope, self.grouping, copy, spacing=4)
        add(self.lines, self.search, (choices, 1))

    def set_narrow(self, narrow: bool) -> None:
        """Two short lines that stand beside the list, or one long line above it."""
        self.narrow = narrow
        ways, policy, width = QBoxLayout.Direction, QSizePolicy.Policy, fonts.px(NARROW)
        self.lines.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self.search.setMaximumWidth(width if narrow else SEARCH_WIDE)
        self.setMaximumWidth(width if narrow else UNLIMITED)
        self.setSizePolicy(policy.Maximum if narrow else policy.Preferred, policy.Maximum)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.narrow:
            self.set_narrow(True)  # larger words want more room

    def _choose(self) -> None:
        self.kept["hidden"] = sorted(self._hidden())
        self.kept["sheet"] = self.scope.currentIndex() == 1
        self.kept["grouping"] = self.grouping.currentData()
        self.changed.emit()

    def _hidden(self) -> frozenset[str]:
        return frozenset(severity for severity, made in self.severities.items() if not made.isChecked())

    def wish(self, sheet: str) -> ProblemFilter:
        """What is chosen, for the open sheet."""
        scope = sheet if self.scope.currentIndex() == 1 else None
        return ProblemFilter(self.search.text(), self._hidden(), scope, self.grouping.currentData() or "")

    def show_counts(self, found: Mapping[str, int], blocks: bool, sheet: str) -> None:
        """How many of each severity the text and the place let through; the place matters only where there are blocks."""
        for severity, made in self.severities.items():
            count = found.get(severity, 0)
            words, shown = format_quantity(count, *SEVERITY_WORDS[severity]), made.isChecked()
            made.setText(f"{count:,}")
            made.setAccessibleName(f"{words}, {'shown' if shown else 'hidden'}")
            made.setToolTip(f"{words}: {'shown; click to hide them' if shown else 'hidden; click to show them'}")
        self.scope.setVisible(blocks or self.scope.currentIndex() == 1)
        self.scope.setItemText(1, "This sheet" if sheet == MAIN else "This block")


def _tool(icon: str, role: str) -> QToolButton:
    made = QToolButton()
    icons.resize(made, 14)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    icons.bind(made, icon, role)
    return made


class GroupHead(QToolButton):
    """The title of a group; a click or the arrow keys collapse it."""

    def __init__(self, collapse: Callable[[str, bool], None]) -> None:
        super().__init__()
        self.title, self.is_collapsed, self.collapse = "", False, collapse
        self.setObjectName("head")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.resize(self, 12)
        self.clicked.connect(lambda: collapse(self.title, not self.is_collapsed))

    def show_group(self, title: str, count: int, collapsed: bool) -> None:
        """Show another title."""
        self.title, self.is_collapsed = title, collapsed
        self.setText(f"{title}  {count:,}".replace("&", "&&"))
        self.setAccessibleName(f"{title}, {count:,}, {'closed' if collapsed else 'open'}")
        self.setToolTip("Show these problems" if collapsed else "Collapse these problems")
        icons.bind(self, "chevron-right" if collapsed else "chevron-down", "muted")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if self.is_collapsed != (key == Qt.Key.Key_Left):
                self.collapse(self.title, key == Qt.Key.Key_Left)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
