"""The dialog that says where a run was made, and trains it again: the same to the last bit, or where it departs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from visualnet.app.features.capsules.dialog_height import fit_height
from visualnet.app.features.task_dialog import TaskDialog
from visualnet.app.services.background_task import Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.layouts import column
from visualnet.core.text.format import format_duration, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training import training_lock
from visualnet.training.capsules.opening import describe_manifest, read_kept
from visualnet.training.run_records.annotations import read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RunRecord
from visualnet.training.verifying.replay import ReplayVerdict, verify_run

ABOUT = (
    "Verify trains the run again from its drawing, recipe, data and seeds, and compares every loss with the record, and the kept "
    "weights. On the same versions and the same kind of processor all should be equal to the last bit. Your run and your drawing stay as "
    "they are."
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
    several = f" by {record.processes.words}, the first of them" if record.processes.count > 1 else ""
    lines = [
        f"Trained{several} on {visible(record.device) or 'an unknown device'}: {format_quantity(record.steps, 'step')}, "
        f"{format_quantity(record.epochs, 'epoch')}, {format_duration(record.duration)}.",
        f"Versions: {versions}." if versions else "Its versions are not known.",
        f"Data: {visible(record.data_name)}, fingerprint {visible(record.data[:16])}…"
        if record.data
        else "Data: not known.",
    ]
    if record.revision is not None:
        lines.append(f"Git revision {visible(record.revision.commit[:12])}.")
    return lines


class VerifyDialog(TaskDialog):
    """What is known of a run, and a button that trains it again."""

    def __init__(self, studio: Studio, run: Path, parent: QWidget | None = None) -> None:
        super().__init__(button("Verify", "primary", "ok"), "How much is trained again", parent)
        self.studio, self.run_folder = studio, run
        self.verdict: ReplayVerdict | None = None
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
        self.again.setToolTip("Train it again beside the window, and compare")
        parts = (self.inside, self.notes, label(ABOUT, "muted", wrap=True), self.head, self.outcome, self.foot)
        column(*parts, margins=16, spacing=12, parent=self)
        fit_height(self, 600)

    def begin(self) -> None:
        """Train the run again."""
        self.head.hide()
        self.outcome.hide()
        folder = self.run_folder

        def work(job: Job) -> ReplayVerdict:
            with training_lock.training():
                return verify_run(folder, job)

        self.run_task(
            work,
            self.show_verdict,
            lambda words: self._tell("It cannot be compared", words),
            "verify",
            "The run could not be trained again",
        )

    def show_verdict(self, verdict: ReplayVerdict) -> None:
        """Say what came of it."""
        self.verdict = verdict
        self._tell(TITLES[verdict.kind], verdict.describe())

    def _tell(self, head: str, words: str) -> None:
        for line, text in ((self.head, head), (self.outcome, words)):
            line.setText(text)
            line.show()
        fit_height(self, self.width())
