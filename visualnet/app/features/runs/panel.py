"""The project's runs: compare their curves, look at one again, go on with it, rename or delete it."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QColor, QDesktopServices, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QInputDialog,
    QMenu,
    QMessageBox,
    QTableView,
    QWidget,
)

from visualnet.app.features.runs.folds_row import FoldsRow
from visualnet.app.plots.charts.legend import line_sample
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.runner_protocol import RunnerProtocol
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState, button
from visualnet.app.widgets.dialogs.modal import answer_of, message_box
from visualnet.app.widgets.layouts import STRETCH, column, row, stack
from visualnet.core.project import RunRef
from visualnet.training.process.liveness import is_trained
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_table import COLUMNS, cell_text, describe

Index = QModelIndex | QPersistentModelIndex
NAMES = tuple(COLUMNS)
CURVES = NAMES.index("curves")
RIGHT = {"epochs", "best loss", "lr", "duration"}
TICK_HINT = "Tick to lay its curves under those of the present run"
KEEP_HINT = "The present run: its curves are shown. Tick to keep them beneath those of the next run"
SHOW = "Show its curves, and look into the network with its weights"
FOLLOW = "Another process trains it: show its curves as they come, look inside, pause and stop it"
LOOK_MS = 2_000
"""How often it is looked which runs other processes train, while the panel is seen."""
HINT = "Double-click: show its curves and look into the network with its weights"


def is_current(runner: RunnerProtocol, run: RunRef) -> bool:
    """Whether it is the run that trains, or whose curves are shown."""
    return runner.run is not None and runner.run.id == run.id


class RunHistoryModel(QAbstractTableModel):
    """The history as rows, the newest first."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio, self.runner = studio, studio.runner
        self.runs: list[RunRef] = []
        self.titles: dict[str, str] = {}
        self.elsewhere: frozenset[str] = frozenset()
        """The runs that other processes train."""
        self.refresh()

    def refresh(self) -> None:
        """Take the history as it is now; rows that only changed keep their place."""
        runs = list(reversed(self.studio.project.runs))
        self.titles = history.titles(self.studio.project.runs)
        if [run.id for run in runs] != [run.id for run in self.runs]:
            self.beginResetModel()
            self.runs = runs
            self.endResetModel()
        elif runs:
            self.runs = runs
            self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, len(COLUMNS) - 1))
        self.look_elsewhere()

    def look_elsewhere(self) -> bool:
        """Look which runs other processes train; whether that changed."""
        folders = {run.id: history.folder_of(run) for run in self.runs}
        found = frozenset(run for run, folder in folders.items() if folder is not None and is_trained(folder))
        if (trains := self.runner.run) is not None and self.runner.busy:
            found -= {trains.id}
        if self.runner.elsewhere is not None:
            found -= {run.id for run in self.runner.elsewhere.project.runs}
        changed, self.elsewhere = found != self.elsewhere, found
        if changed and self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, len(COLUMNS) - 1))
        return changed

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return NAMES[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == CURVES and history.folder_of(self.runs[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags | (Qt.ItemFlag.ItemIsEditable if index.column() == 0 else Qt.ItemFlag.NoItemFlags)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, name = self.runs[index.row()], NAMES[index.column()]
        current = is_current(self.runner, run)
        if role == Qt.ItemDataRole.DisplayRole and name == "run":
            return self.titles[run.id]
        if name == "curves" and history.folder_of(run) and (found := self._curves_data(run, current, role)) is not None:
            return found
        if role == Qt.ItemDataRole.DisplayRole:
            live = current and self.runner.busy
            return cell_text(run, name, self.studio.analysis, live, run.id in self.elsewhere)
        if role == Qt.ItemDataRole.ForegroundRole and name == "state" and run.id in self.elsewhere:
            return QColor(self.studio.theme.ok)
        if role == Qt.ItemDataRole.EditRole and name == "run":
            return history.title(run)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if name in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{describe(run, self.studio.project)}\n{HINT}"
        if role == Qt.ItemDataRole.FontRole and current:
            font = QApplication.font()
            font.setBold(True)
            return font
        return None

    def _curves_data(self, run: RunRef, current: bool, role: int) -> Any:
        """Of the column *curves*: whether the run's curves are to stay, their colour, and which run is the present one."""
        ticked = run.id in self.runner.ghosts
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and (current or ticked):
            lines = self.studio.theme.plot_lines
            return line_sample(QColor(lines[self.runner.run_colors[run.id] % len(lines)]))
        if role == Qt.ItemDataRole.DisplayRole:
            return "present" if current else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return KEEP_HINT if current else TICK_HINT
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == CURVES:
            self.runner.show_ghost(run.id, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == 0:
            wish = " ".join(str(value).split())[:80]
            name = "" if wish == history.format_begin(run) else wish
            folder = history.folder_of(run)
            if folder is not None:
                return name == history.name_of(run) or self.runner.run_edits.rename(folder, name)
            return self.studio.do("Rename the run", history.rename(run.id, name))
        return False


class RunsPanel(QWidget):
    """The table, and what can be done with the chosen run."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.model = RunHistoryModel(studio)
        self.table = self._make_table()
        self.empty = EmptyState("runs", "No runs yet: press Train. Each run is kept here with its curves and weights.")
        self.stack = stack(self.empty, self.table)
        self.buttons = {
            "show": button("Show", icon="eye", done=self.show_run),
            "resume": button("Resume", icon="resume", done=self.resume),
            "rename": button("Rename", icon="rename", done=self.rename),
            "folder": button("Open folder", icon="open", done=self.open_folder),
            "delete": button("Delete…", "danger", "delete", self.delete),
        }
        self.buttons["resume"].setToolTip("Go on with this run where it was stopped")
        *left, delete = self.buttons.values()
        foot = row(*left, STRETCH, delete, margins=(12, 4, 12, 6), spacing=6)
        self.folds = FoldsRow(studio)
        column(self.folds, (self.stack, 1), foot, spacing=0, parent=self)
        studio.project_changed.connect(self._project_changed)
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        due = DeferredRefresh(self, self.refresh, hidden=True)
        for changed in (self.runner.state_changed, self.runner.attached_changed, self.runner.ghosts_changed):
            changed.connect(due.ask)
        self.refresh()

    def _make_table(self) -> QTableView:
        table = QTableView(showGrid=False, wordWrap=False)
        table.setModel(self.model)
        table.setAccessibleName("Runs")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.customContextMenuRequested.connect(self._menu)
        table.doubleClicked.connect(lambda index: self.show_run() if index.column() != CURVES else None)
        table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        return table

    def refresh(self) -> None:
        """Show the history as it is now."""
        self.model.refresh()
        self.stack.setCurrentWidget(self.table if self.model.runs else self.empty)
        if self.chosen is None and self.model.runs:
            self.table.selectRow(0)
        self._enable()

    def _project_changed(self, before: Any, after: Any) -> None:
        if before.runs is not after.runs:
            self.refresh()

    @property
    def chosen(self) -> RunRef | None:
        """The run of the chosen row."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.runs[rows[0].row()] if rows else None

    def choose(self, run_id: str) -> None:
        """Choose a row."""
        for at, run in enumerate(self.model.runs):
            if run.id == run_id:
                self.table.selectRow(at)

    def _enable(self) -> None:
        run = self.chosen
        idle, here = not self.runner.busy, run is not None and history.folder_of(run) is not None
        states = {
            "show": here and idle,
            "resume": idle and run is not None and history.can_resume(self.studio.project, run),
            "rename": run is not None,
            "folder": here,
            "delete": run is not None and (idle or not is_current(self.runner, run)),
        }
        self.folds.show_run(run)
        followed = run is not None and run.id in self.model.elsewhere
        self.buttons["show"].setText("Follow" if followed else "Show")
        self.buttons["show"].setToolTip(FOLLOW if followed else SHOW)
        states["resume"] = states["resume"] and not followed
        states["delete"] = states["delete"] and not followed
        for name, state in states.items():
            self.buttons[name].setEnabled(state)
            self.buttons[name].setVisible(bool(self.model.runs))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looking.start()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._looking.stop()

    def _look(self) -> None:
        """A run that another process trains is marked; one that has ended there no more."""
        if self.model.look_elsewhere():
            self._enable()

    def show_run(self) -> None:
        """Show the curves of the chosen run, and look with its weights."""
        if self.chosen is not None:
            self.runner.attach(self.chosen.id)

    def resume(self) -> None:
        """Go on with the chosen run."""
        if self.chosen is not None:
            self.runner.attach(self.chosen.id)
            self.runner.resume()

    def rename(self) -> None:
        """Give the chosen run a name."""
        run = self.chosen
        if run is None:
            return
        name, accepted = QInputDialog.getText(self, "Rename the run", "Name", text=history.title(run))
        if accepted:
            self.model.setData(self.model.index(self.model.runs.index(run), 0), name)

    def open_folder(self) -> None:
        """Show the chosen run's files."""
        folder = history.folder_of(self.chosen) if self.chosen is not None else None
        if folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.studio.message.emit("hint", f"The run is in {folder}")

    def delete(self) -> None:
        """Take the chosen run off the list; its files go only if that is said too."""
        run = self.chosen
        if run is None or not self.buttons["delete"].isEnabled():
            return
        answer = self._ask(run) if history.folder_of(run) is not None else "record"
        if not answer:
            return
        self.runner.detach(run.id)
        folder, document = history.folder_of(run), self.studio.document

        def list_run(listed: bool) -> None:
            if self.studio.document is document:
                words, edit = ("Put back", history.put_run(run)) if listed else ("Delete", history.remove(run.id))
                self.studio.do(f"{words} the run of {history.title(run)}", edit)

        if answer == "files" and folder is not None:
            edits = self.runner.run_edits
            if not edits.delete([folder], back=partial(list_run, True), again=partial(list_run, False)):
                return
        list_run(False)

    def _ask(self, run: RunRef) -> str:
        words = f"Delete the run “{history.title(run)}”?"
        more = "Its curves and weights may stay where they are or go to the trash. Undo brings back both."
        box = message_box(self, "Delete the run", words, more, QMessageBox.StandardButton.NoButton, "delete", "warning")
        only = box.addButton("Take off the list", QMessageBox.ButtonRole.AcceptRole)
        files = box.addButton("Move its files to the trash too", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        answer_of(box)
        clicked = box.clickedButton()
        return "record" if clicked is only else "files" if clicked is files else ""

    def _menu(self, at: QPoint) -> None:
        if self.chosen is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, one in self.buttons.items():
            menu.addAction(one.icon(), one.text(), one.click).setEnabled(one.isEnabled())
            if name == "folder":
                menu.addSeparator()
        menu.popup(self.table.viewport().mapToGlobal(at))

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z is the window's; in this panel it takes a name back, as long as there is a step.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.runner.run_edits.step_of(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (step := self.runner.run_edits.step_of(event)) is not None:
            step()
            return
        keys = {Qt.Key.Key_Delete: self.delete, Qt.Key.Key_F2: self.rename, Qt.Key.Key_Return: self.show_run}
        if (act := keys.get(Qt.Key(event.key()))) is not None:
            act()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(900, 220)
