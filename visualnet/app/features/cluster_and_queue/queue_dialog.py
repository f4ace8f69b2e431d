"""The dialog *Queue*: which runs wait on this machine, and the process that trains them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.errors import FileError
from visualnet.core.text.format import format_quantity
from visualnet.training.queue.queue_file import Queue, add_run, move_first, read_queue, remove_run
from visualnet.training.queue.start import start_worker
from visualnet.training.queue.worker import is_worked_through
from visualnet.training.run_records.create_run_folder import begin_run

LOOK_MS = 500
EMPTY = "Nothing waits. “Put into the queue” (Train > Elsewhere or later) keeps a training of the network for later."


def add(studio: Studio) -> None:
    """Keep a training of the network as it is now, at the end of the queue."""
    file = studio.document.path
    try:
        folder = begin_run(
            replace(studio.project, runs=(), readonly=""), place=file.absolute().parent if file is not None else None
        )
        waits = sum(not run.failed for run in add_run(folder).runs)
    except (FileError, OSError) as error:
        studio.message.emit("error", f"It cannot be put into the queue: {error}")
        return
    worked = "" if is_worked_through() else ": Train > Elsewhere or later > Queue has it trained"
    studio.message.emit("ok", f"Number {waits} in the queue{worked}")


class QueueDialog(QDialog):
    """The runs in their order; the list follows the file, whoever changes it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setWindowTitle("Queue of runs on this machine")
        self.resize(620, 420)
        self.state = label("", "muted", wrap=True)
        self.list = describe(QListWidget(), "Runs that wait", "The first is trained next; each is a run's folder")
        self.list.currentRowChanged.connect(lambda _: self._enable())
        self.empty = label(EMPTY, "muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.fault = label("", "error", wrap=True)
        self.first = button("Train it next", done=lambda: self._change(move_first))
        describe(
            self.first,
            "Train it next",
            "Let the chosen run be the next, also one that failed; the one that is trained goes on",
        )
        self.remove = button("Take out", "quiet", done=lambda: self._change(remove_run))
        describe(self.remove, "Take out", "Take the chosen run out of the queue; its folder stays")
        self.work = button("Train them", "primary", icon="play", done=self._work)
        describe(
            self.work,
            "Train them",
            "Start a process that trains what waits, one run after the other. It goes on when the window closes",
        )
        foot = row(self.first, self.remove, STRETCH, button("Close", "quiet", done=self.reject), self.work, spacing=8)
        column(self.state, (self.list, 1), (self.empty, 1), self.fault, foot, margins=16, spacing=12, parent=self)
        self._shown: tuple[Queue, bool] | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def refresh(self) -> None:
        """Show the list as it is now."""
        try:
            queue, works = read_queue(), is_worked_through()
        except FileError as error:
            self._tell(str(error))
            return
        if (queue, works) == self._shown:
            return
        chosen = self._chosen()
        self._shown = queue, works
        self.list.clear()
        for at, run in enumerate(queue.runs):
            told = (
                "failed: " + run.failed if run.failed else "is trained now" if works and run == queue.next else "waits"
            )
            item = QListWidgetItem(f"{run.path.name}\n{told}")
            item.setToolTip(run.folder)
            self.list.addItem(item)
            if run.folder == chosen:
                self.list.setCurrentRow(at)
        self.list.setVisible(bool(queue.runs))
        self.empty.setVisible(not queue.runs)
        waits = sum(not run.failed for run in queue.runs)
        doing = "A process trains them, one after the other." if works else "“Train them” begins with the first."
        self.state.setText(f"{format_quantity(waits, 'run')} in the queue. {doing}")
        self.state.setVisible(bool(queue.runs))  # else the words of the empty list say it
        self._enable()

    def _enable(self) -> None:
        queue, works = self._shown or (Queue(), False)
        chosen = self._chosen()
        at_work = queue.next.folder if works and queue.next is not None else ""
        self.first.setEnabled(bool(chosen) and chosen != at_work)
        self.remove.setEnabled(bool(chosen) and chosen != at_work)
        self.work.setEnabled(not works and queue.next is not None)

    def _chosen(self) -> str:
        at = self.list.currentRow()
        return self._shown[0].runs[at].folder if self._shown is not None and 0 <= at < len(self._shown[0].runs) else ""

    def _change(self, change: Callable[[str], Queue]) -> None:
        try:
            change(self._chosen())
            self._tell("")
        except FileError as error:
            self._tell(str(error))
        self.refresh()

    def _work(self) -> None:
        try:
            start_worker()
        except OSError as error:
            self._tell(f"No process could be started: {error.strerror or error}")
            return
        self.work.setEnabled(False)
        self.state.setText("A process is starting …")

    def _tell(self, words: str) -> None:
        self.fault.setText(words)


def show(studio: Studio) -> None:
    """The queue, until it is closed."""
    answer_of(QueueDialog(studio, studio.shell.dialog_parent()))
