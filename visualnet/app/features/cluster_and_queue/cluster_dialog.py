"""The dialog that writes a folder for a cluster."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QFormLayout, QLineEdit, QSpinBox, QWidget

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label, spin_box
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.names import to_name
from visualnet.pytorch import NoTorch, need_torch

MOST_NODES, MOST_PROCESSES = 1024, 64


class ClusterDialog(QDialog):
    """Where to write, for how many machines and processes. It stays open while it writes, and says why it cannot."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._task: BackgroundTask | None = None
        self.setWindowTitle("Export for a cluster")
        self.resize(560, 300)
        settings = studio.settings
        home = settings.folder if settings is not None else Path.home()
        name = f"{to_name(studio.project.name, 'network')}-cluster"
        self.folder = describe(
            QLineEdit(str(home / name)), "Folder", "A new or empty folder, which is then copied to the cluster"
        )
        self.nodes = describe(spin_box(QSpinBox()), "Machines", "On so many machines of the cluster the job runs")
        self.nodes.setRange(1, MOST_NODES)
        self.processes = describe(
            spin_box(QSpinBox()), "Processes on each", "As many as a machine has GPUs: each process takes one"
        )
        self.processes.setRange(1, MOST_PROCESSES)
        self.processes.setValue(2)
        self.words = label("", "muted", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        for box in (self.nodes, self.processes):
            box.valueChanged.connect(lambda _: self._show())
        self.write_button = button("Write the folder", "primary", done=self._write)
        describe(
            self.write_button, "Write the folder", "Write it now; nothing is written into a folder that holds something"
        )
        choose = button("Choose…", icon="open", done=self._ask)
        describe(choose, "Choose the folder", "Choose a new or empty folder")
        form = QFormLayout()
        form.addRow("Folder", row((self.folder, 1), choose, spacing=8))
        form.addRow("Machines", self.nodes)
        form.addRow("Processes on each", self.processes)
        foot = row(STRETCH, button("Close", "quiet", done=self.reject), self.write_button, spacing=8)
        column(form, self.words, self.fault, STRETCH, foot, margins=16, spacing=12, parent=self)
        self._show()

    def _show(self) -> None:
        number, batch = self.nodes.value() * self.processes.value(), self.studio.project.recipe.batch_size
        each = batch // number
        shares = f"{each:,}" if batch % number == 0 else f"{each:,} or {each + 1:,}"
        self.words.setText(
            f"{number:,} processes share each batch of {batch:,} samples ({shares} each); the losses are those of one process, up to "
            "rounding. The folder holds the project, a job for Slurm (train.slurm), the requirements, train.py and a README."
        )

    def _ask(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A new or empty folder", str(Path(self.folder.text()).parent))
        if chosen:
            self.folder.setText(chosen)

    def _write(self) -> None:
        project, folder = self.studio.project, Path(self.folder.text()).expanduser()
        nodes, processes = self.nodes.value(), self.processes.value()
        try:
            need_torch()
        except NoTorch as error:
            self._refuse(str(error))
            return

        def run(_job: Job) -> Path:
            from visualnet.training.cluster.folder import write_cluster_folder

            write_cluster_folder(project, folder, nodes, processes)
            return folder

        self.fault.hide()
        self.write_button.setEnabled(False)
        self.write_button.setText("Writing …")
        words = f"{folder.name} could not be written"
        self._task = BackgroundTask(
            run, self._done, failed=self._refuse, name="export for a cluster", words=words, parent=self
        )

    def _done(self, folder: Path) -> None:
        self._restore()
        if self.studio.settings is not None:
            self.studio.settings.remember_folder(folder.parent)
        self.studio.message.emit("ok", f"Wrote {folder}: its README says how to go on")
        self.accept()

    def _refuse(self, words: str) -> None:
        self._restore()
        self.fault.setText(words)
        self.fault.show()

    def _restore(self) -> None:
        self.write_button.setEnabled(True)
        self.write_button.setText("Write the folder")

    def done(self, result: int) -> None:
        """Close; what is written meanwhile is finished first."""
        if self._task is not None:
            self._task.wait()
            self._task = None
        super().done(result)


def show(studio: Studio) -> None:
    """Ask, and write."""
    answer_of(ClusterDialog(studio, studio.shell.dialog_parent()))
