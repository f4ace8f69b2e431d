"""The dialog that packs a run: what goes with it, whether the data do, and how far it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QWidget

from visualnet.app.features.capsules.dialog_height import fit_height
from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.app.widgets.layouts import column, row
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import visible
from visualnet.training.capsules.manifest import Manifest
from visualnet.training.capsules.names import SUFFIX
from visualnet.training.capsules.own_data import CONSENT, can_pack, describe_data
from visualnet.training.runs.run_model import read_project, run_name

ABOUT = (
    "One file holds the drawing, the recipe, all curves, the weights of the best and the last epoch, versions and device, your name "
    "and notes for the run, and the fingerprint of the data. Whoever opens it sees all of it, can predict, and can train it again. "
    "Folders of this computer do not go with it."
)
KINDS = f"Packed runs (*{SUFFIX})"


class PackDialog(QDialog):
    """Asks, packs beside the window, and says where the file is."""

    def __init__(self, studio: Studio, run: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.run_folder = studio, run
        self._task: BackgroundTask | None = None
        self.setWindowTitle("Pack the run")
        project = read_project(run)
        self.project = project
        choice = project.data if project is not None else None
        self.about_data = label(describe_data(choice) if choice is not None else "", wrap=True)
        self.data = describe(
            QCheckBox("Pack the data too: I may pass them on"),
            "Tick it only if whoever made the data allows that; without them the run cannot be trained again elsewhere",
        )
        self.data.setVisible(choice is not None and can_pack(choice))
        self.consent = label(CONSENT, "small", wrap=True)
        self.consent.setVisible(self.data.isVisibleTo(self))
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.bar = ShareBar("How much is packed")
        self.bar.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.pack = self.buttons.addButton("Pack…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.pack.setProperty("kind", "primary")
        self.pack.setToolTip("Choose where the file goes")
        self.pack.setDefault(True)
        self.buttons.accepted.connect(self.ask)
        self.buttons.rejected.connect(self.reject)
        foot = row((self.bar, 1), self.buttons, spacing=12)
        parts = (label(ABOUT, "muted", wrap=True), self.about_data, self.data, self.consent, self.fault, foot)
        column(*parts, margins=16, spacing=12, parent=self)
        fit_height(self, 560)
        self.finished.connect(lambda _: close_tasks(self))

    def ask(self) -> None:
        """Choose the file, and write it."""
        assert self.studio.settings is not None
        stem = run_name(self.project) if self.project is not None else "run"
        target = ask_target(self, "Pack the run", str(self.studio.settings.folder / f"{stem}{SUFFIX}"), KINDS, SUFFIX)
        if target is not None:
            self.studio.settings.remember_folder(target.parent)
            self.write(target)

    def write(self, target: Path) -> None:
        """Pack it into this file, beside the window."""
        from visualnet.training.capsules.packing import pack_run

        self.fault.hide()
        self.bar.show()
        self.pack.setEnabled(False)
        data = self.data.isChecked()

        def work(job: Job) -> Manifest:
            return pack_run(self.run_folder, target, data=data, check=job)

        def done(manifest: Manifest) -> None:
            size = format_bytes(target.stat().st_size)
            self.studio.message.emit("ok", f"Packed the run into {visible(target)} ({size})")
            self.accept()

        self._task = BackgroundTask(
            work,
            done,
            self.bar.show_share,
            self._refuse,
            name="pack",
            words="The run could not be packed",
            parent=self,
        )

    def _refuse(self, words: str) -> None:
        self.fault.setText(words)
        self.fault.show()
        fit_height(self, self.width())
        self.bar.hide()
        self.pack.setEnabled(True)
