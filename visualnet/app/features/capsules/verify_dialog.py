"""The dialog that says where a run was made, and trains it again: the same to the last bit, or where it departs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QWidget

from visualnet.app.features.capsules.dialog_height import fit_height
from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.format import format_duration, format_quantity
from visualnet.core.text.visible import visible
from visualnet.training import exclusive
from visualnet.training.capsules.opening import describe_manifest, read_kept
from visualnet.training.run_records.annotations import read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RunRecord
from visualnet.training.verifying.replay import Verdict, verify_run

ABOUT = (
    "Verify trains the run again from its drawing, recipe, data and seeds, and compares every loss with the record. On the same "
    "versions and the same kind of processor all should be equal to the last bit. Your run and your drawing stay as they are."
)
TITLES = {
    "equal": "The same to the last bit",
    "departs": "It comes out differently",
    "cannot": "It cannot be compared",
}
MOST_NOTES = 600


def describe_record(record: RunRecord) -> list[str]:
    """What a run remembers of how it was trained, a line each."""
    versions = ", ".join(f"{visible(name)} {visible(value)}" for name, value in record.versions.items())
    lines = [
        f"Trained on {visible(record.device) or 'an unknown device'}: {format_quantity(record.steps, 'step')}, "
        f"{format_quantity(record.epochs, 'epoch')}, {format_duration(record.duration)}.",
        f"Versions: {versions}." if versions else "Its versions are not known.",
        f"Data: {visible(record.data_name)}, fingerprint {visible(record.data[:16])}…"
        if record.data
        else "Data: not known.",
    ]
    if record.revision is not None:
        lines.append(f"Git revision {visible(record.revision.commit[:12])}.")
    return lines


class VerifyDialog(QDialog):
    """What is known of a run, and a button that trains it again."""

    def __init__(self, studio: Studio, run: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.run_folder = studio, run
        self._task: BackgroundTask | None = None
        self.verdict: Verdict | None = None
        self.setWindowTitle("Verify the run")
        manifest, notes = read_kept(run), read_annotations(run).notes
        facts = describe_record(read_record(run))
        lines = [*(describe_manifest(manifest) if manifest is not None else ()), *facts]
        self.inside = label("\n".join(lines), wrap=True)
        self.inside.setAccessibleName("What is known of the run")
        self.notes = label(f"Notes: {visible(notes[:MOST_NOTES], lines=True)}", wrap=True)
        self.notes.setVisible(bool(notes))
        self.head = label("", "heading", wrap=True)
        self.outcome = label("", wrap=True)
        self.head.hide()
        self.outcome.hide()
        self.bar = describe(QProgressBar(textVisible=False), "How much is trained again")
        self.bar.setRange(0, 1000)
        self.bar.hide()
        self.again = button("Verify", "primary", "ok", self.toggle)
        self.again.setToolTip("Train it again beside the window, and compare")
        self.again.setAutoDefault(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        foot = row(self.again, (self.bar, 1), STRETCH, self.buttons, spacing=12)
        parts = (self.inside, self.notes, label(ABOUT, "muted", wrap=True), self.head, self.outcome, foot)
        column(*parts, margins=16, spacing=12, parent=self)
        fit_height(self, 600)
        self.finished.connect(lambda _: close_tasks(self))

    @property
    def running(self) -> bool:
        """Whether it trains."""
        return self._task is not None and self._task.running

    def toggle(self) -> None:
        """Train the run again, or end that."""
        if self.running:
            assert self._task is not None
            self._task.cancel()
            return
        self.head.hide()
        self.outcome.hide()
        folder = self.run_folder

        def work(job: Job) -> Verdict:
            with exclusive.training():
                return verify_run(folder, job)

        self._task = BackgroundTask(
            work,
            self.show_verdict,
            lambda share: self.bar.setValue(round(1000 * share)),
            lambda words: self._tell("It cannot be compared", words),
            name="verify",
            words="The run could not be trained again",
            parent=self,
        )
        self._task.finished.connect(self._show_state)
        self._show_state()

    def show_verdict(self, verdict: Verdict) -> None:
        """Say what came of it."""
        self.verdict = verdict
        self._tell(TITLES[verdict.kind], verdict.describe())

    def _tell(self, head: str, words: str) -> None:
        for line, text in ((self.head, head), (self.outcome, words)):
            line.setText(text)
            line.show()
        fit_height(self, self.width())

    def _show_state(self) -> None:
        self.bar.setVisible(self.running)
        self.bar.setValue(0)
        self.again.setText("Stop" if self.running else "Verify")
