"""The project's runs: compare their curves, look at one again, go on with it, rename or delete it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QFile, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.services.run_status import figure
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState, button
from visualnet.app.widgets.modal import answer_of
from visualnet.core.project import RunRef
from visualnet.core.text.format import format_duration, format_number
from visualnet.training.runs import run_history as history

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("run", "state", "epochs", "best loss", "metric", "optimizer", "lr", "device", "duration", "curves")
CURVES = COLUMNS.index("curves")
RIGHT = {"epochs", "best loss", "lr", "duration"}


class RunTable(QAbstractTableModel):
    """The history as rows, the newest first."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio, self.runner = studio, studio.runner
        self.runs: list[RunRef] = []
        self.refresh()

    def refresh(self) -> None:
        """Take the history as it is now; rows that only changed keep their place."""
        runs = list(reversed(self.studio.project.runs))
        if [run.id for run in runs] != [run.id for run in self.runs]:
            self.beginResetModel()
            self.runs = runs
            self.endResetModel()
        elif runs:
            self.runs = runs
            self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == CURVES and self._folder(index.row()):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags | (Qt.ItemFlag.ItemIsEditable if index.column() == 0 else Qt.ItemFlag.NoItemFlags)

    def _folder(self, row: int) -> bool:
        return history.folder_of(self.runs[row]) is not None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, name = self.runs[index.row()], COLUMNS[index.column()]
        current = self.runner.run is not None and self.runner.run.id == run.id
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(run, name)
        if role == Qt.ItemDataRole.EditRole and name == "run":
            return history.title(run)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if name in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.CheckStateRole and name == "curves" and self._folder(index.row()):
            return Qt.CheckState.Checked if current or run.id in self.runner.ghosts else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(run)
        if role == Qt.ItemDataRole.FontRole and current:
            font = QApplication.font()
            font.setBold(True)
            return font
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == CURVES:
            if self.runner.run is not None and self.runner.run.id == run.id:
                return False
            self.runner.show_ghost(run.id, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == 0:
            wish = " ".join(str(value).split())[:80]
            name = "" if wish == history.when(run) else wish
            return self.studio.do("Rename the run", history.rename(run.id, name))
        return False

    def text(self, run: RunRef, column: str) -> str:
        """What stands in a column."""
        figures = run.summary
        if column == "run":
            return history.title(run)
        if column == "state":
            return self.state(run)
        if column == "epochs":
            return str(run.epochs)
        if column == "best loss":
            value = figures.get("validation_loss", figures.get("loss"))
            return "" if value is None else format_number(value)
        if column == "metric":
            return self._metric(run)
        if column == "lr":
            return f"{figures['lr']:g}" if "lr" in figures else ""
        if column == "duration":
            return format_duration(figures["seconds"]) if "seconds" in figures else ""
        if column == "curves":
            return "" if history.folder_of(run) else "not here"
        return history.text(run, column)

    def _metric(self, run: RunRef) -> str:
        """The metrics of the best epoch, on the validation set where there is one."""
        of = "validation_" if any(name.startswith("validation_") for name in run.summary) else ""
        known = [f.node.name for f in self.studio.analysis.main.sinks("metric")]
        values = {name: run.summary[of + name] for name in known if of + name in run.summary}
        return ", ".join(f"{name} {figure(self.studio, name, value)}" for name, value in values.items())

    def state(self, run: RunRef) -> str:
        """How it ended; what says that it runs, and does not, was interrupted."""
        if run.state != "running":
            return run.state or "unknown"
        live = self.runner.busy and self.runner.run is not None and self.runner.run.id == run.id
        return "training" if live else "interrupted"

    def _tip(self, run: RunRef) -> str:
        best = run.summary.get("best_epoch")
        lines = [
            f"{history.title(run)} ({history.when(run)})",
            f"folder: {run.folder}" if history.folder_of(run) else "its folder is not on this machine",
        ]
        if best is not None:
            lines.append(f"best in epoch {best:.0f}")
        return "\n".join([*lines, "Double-click: show its curves and look into the network with its weights"])


class RunsPanel(QWidget):
    """The table, and what can be done with the chosen run."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.model = RunTable(studio)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Runs")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(28)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.doubleClicked.connect(lambda index: self.show_run() if index.column() != CURVES else None)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.empty = EmptyState("runs", "No runs yet: press Train. Each run is kept here with its curves and weights.")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        self.buttons = {
            "show": button("Show", icon="eye", done=self.show_run),
            "resume": button("Resume", icon="resume", done=self.resume),
            "rename": button("Rename", icon="rename", done=self.rename),
            "folder": button("Open folder", icon="open", done=self.open_folder),
            "delete": button("Delete…", "danger", "delete", self.delete),
        }
        self.buttons["show"].setToolTip("Show its curves, and look into the network with its weights")
        self.buttons["resume"].setToolTip("Go on with this run where it was stopped")
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 6)
        foot.setSpacing(6)
        for made in self.buttons.values():
            foot.addWidget(made)
        foot.insertStretch(4, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)
        studio.project_changed.connect(self._project_changed)
        self.runner.state_changed.connect(self.refresh)
        self.runner.attached_changed.connect(self.refresh)
        self.runner.ghosts_changed.connect(self.refresh)
        self.refresh()

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
        for row, run in enumerate(self.model.runs):
            if run.id == run_id:
                self.table.selectRow(row)

    def _enable(self) -> None:
        run = self.chosen
        idle, here = not self.runner.busy, run is not None and history.folder_of(run) is not None
        live = run is not None and self.runner.busy and self.runner.run is not None and self.runner.run.id == run.id
        states = {
            "show": here and idle,
            "resume": here and idle and run is not None and history.has_checkpoint(run) and self._unfinished(run),
            "rename": run is not None,
            "folder": here,
            "delete": run is not None and not live,
        }
        for name, state in states.items():
            self.buttons[name].setEnabled(state)
        for made in self.buttons.values():
            made.setVisible(bool(self.model.runs))

    def _unfinished(self, run: RunRef) -> bool:
        return run.state != "done" or run.epochs < self.studio.project.recipe.epochs

    # --- what can be done ----------------------------------------------------------------------------------------------------------

    def show_run(self) -> None:
        """Show the curves of the chosen run, and look with its weights."""
        if self.chosen is not None:
            self.runner.attach(self.chosen.id)

    def resume(self) -> None:
        """Go on with the chosen run."""
        if self.chosen is not None and self.buttons["resume"].isEnabled():
            self.runner.attach(self.chosen.id)
            self.runner.resume()

    def rename(self) -> None:
        """Give the chosen run a name."""
        run = self.chosen
        if run is None:
            return
        name, said = QInputDialog.getText(self, "Rename the run", "Name", text=history.title(run))
        if said:
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
        folder = history.folder_of(run)
        if answer == "files" and folder is not None and not _to_trash(folder):
            self.studio.message.emit("error", f"There is no trash for {folder}: delete the folder by hand.")
            return
        self.studio.do(f"Delete the run of {history.title(run)}", history.remove(run.id))

    def _ask(self, run: RunRef) -> str:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Delete the run")
        box.setText(f"Delete the run “{history.title(run)}”?")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(
            "Taking it off the list can be undone; its curves and weights may stay or go to the trash."
        )
        only = box.addButton("Take off the list", QMessageBox.ButtonRole.AcceptRole)
        files = box.addButton("Move its files to the trash too", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        answer_of(box)
        return {only: "record", files: "files"}.get(box.clickedButton(), "")  # type: ignore[call-overload]

    def _menu(self, at: QPoint) -> None:
        if self.chosen is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, made in self.buttons.items():
            action = menu.addAction(made.icon(), made.text(), made.click)
            action.setEnabled(made.isEnabled())
            if name == "folder":
                menu.addSeparator()
        menu.popup(self.table.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {Qt.Key.Key_Delete: self.delete, Qt.Key.Key_F2: self.rename, Qt.Key.Key_Return: self.show_run}
        done = keys.get(Qt.Key(event.key()))
        if done is not None:
            done()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(900, 220)


def _to_trash(folder: Path) -> bool:
    """Whether the folder is in the trash now."""
    answer = QFile.moveToTrash(str(folder))
    return bool(answer[0] if isinstance(answer, tuple) else answer)
