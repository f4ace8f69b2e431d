"""The strip of tabs over everything: one for each open project."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QIcon, QMouseEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QTabBar, QWidget

from visualnet.app.shell.open_projects import Tab, Tabs
from visualnet.app.theme import icons
from visualnet.app.widgets.layouts import column
from visualnet.core.text.hidden_characters import visible

MARKS = {
    "starting": ("play", "accent", "training begins"),
    "running": ("play", "accent", "training"),
    "paused": ("pause", "warning", "training is paused"),
    "failed": ("error", "error", "the last training failed"),
}
WIDEST = 220


class DocumentTabs(QTabBar):
    """Shows ``Tabs``. A dot stands for work that is not saved, an icon for a training."""

    def __init__(
        self,
        tabs: Tabs,
        state: Callable[[Tab], str],
        close: Callable[[Tab], object],
        fill_menu: Callable[[QMenu, Tab], None],
    ) -> None:
        """``state``: that of the training in a tab; ``fill_menu`` fills the menu of a tab."""
        super().__init__(
            tabsClosable=True,
            movable=True,
            documentMode=True,
            expanding=False,
            drawBase=False,
            elideMode=Qt.TextElideMode.ElideRight,
            usesScrollButtons=True,
            selectionBehaviorOnRemove=QTabBar.SelectionBehavior.SelectPreviousTab,
        )
        self.tabs, self._state, self._close, self.fill_menu = tabs, state, close, fill_menu
        icons.resize(self, 12)
        self.setObjectName("documents")
        self.setAccessibleName("Open projects")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._shown: list[tuple[str, str, str]] = []
        self._moving = False
        self.currentChanged.connect(self._show_project)
        self.tabCloseRequested.connect(lambda at: self._close(self.tabs.all[at]))
        self.tabMoved.connect(self._move_project)
        tabs.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show names and marks as they are now. With one project there is nothing to choose, and no strip; a page alone can be closed."""
        if self._moving:
            return
        told = [self._words(tab, name) for tab, name in self.tabs.names().items()]
        self.blockSignals(True)
        while self.count() > len(told):
            self.removeTab(self.count() - 1)
        while self.count() < len(told):
            self.addTab("")
            self._shown.append(("", "", ""))
        del self._shown[len(told) :]
        for at, (new, old) in enumerate(zip(told, self._shown, strict=True)):
            if new != old:
                name, mark, tip = self._shown[at] = new
                self.setTabText(at, name.replace("&", "&&"))
                self.setTabIcon(at, icons.icon(*MARKS[mark][:2]) if mark in MARKS else QIcon())
                self.setTabToolTip(at, tip)
                self.setAccessibleTabName(at, tip)
        self.setCurrentIndex(self.tabs.all.index(self.tabs.front))
        self.blockSignals(False)
        self.setVisible(len(told) > 1 or self.tabs.shows_page_alone)

    def redraw(self) -> None:
        """Draw the marks anew, in the colours of another theme."""
        for at, (_, mark, _) in enumerate(self._shown):
            if mark in MARKS:
                self.setTabIcon(at, icons.icon(*MARKS[mark][:2]))

    def _words(self, tab: Tab, name: str) -> tuple[str, str, str]:
        mark, document = self._state(tab), tab.document
        parts = [visible(tab.path) if tab.path is not None else name]
        if not tab.page and tab.path is None:
            parts.append("has no file yet")
        if document.modified:
            parts.append("not saved")
        if document.project.readonly:
            parts.append("cannot be saved in this version")
        if tab.reported_disk_change:
            parts.append("changed by another program")
        if mark in MARKS:
            parts.append(MARKS[mark][2])
        return f"{name} •" if document.modified else name, mark, " · ".join(parts)

    def _show_project(self, at: int) -> None:
        if 0 <= at < len(self.tabs) and not self._moving:
            self.tabs.show(self.tabs.all[at])

    def _move_project(self, start: int, end: int) -> None:
        self._moving = True
        self._shown.insert(end, self._shown.pop(start))
        self.tabs.move(start, end)
        self._moving = False

    def tabSizeHint(self, index: int) -> QSize:
        hint = super().tabSizeHint(index)
        return QSize(min(hint.width(), WIDEST), hint.height())

    def minimumSizeHint(self) -> QSize:
        # Many tabs scroll; they never hold the window wide.
        return QSize(120, super().minimumSizeHint().height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and at >= 0:
            self._close(self.tabs.all[at])
            return
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self.tabAt(event.pos())
        if at >= 0:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.fill_menu(menu, self.tabs.all[at])
            menu.popup(event.globalPos())


class WindowHeader(QWidget):
    """The top bar, and under it the strip of tabs when there is more than one."""

    def __init__(self, topbar: QWidget, strip: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column(topbar, strip, spacing=0, parent=self)
        strip.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # QMainWindow asks its menu widget's height only when told.
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.updateGeometry()
        return super().eventFilter(watched, event)
