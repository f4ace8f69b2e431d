"""What can be done with the chosen runs: opened, run again, verified, branched, tagged, put away, deleted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QMessageBox, QWidget

from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.features.run_list.table_model import title_of
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.widgets.dialogs.modal import answer_of, message_box
from visualnet.core.errors import FileError
from visualnet.core.project import Project, RunRef
from visualnet.core.text.format import format_bytes, format_percent, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training.curve_export.several import file_names
from visualnet.training.run_again.branch import (
    WITH_OPTIMIZER,
    begin_with,
    branch,
    list_checkpoints,
    project_of_checkpoint,
)
from visualnet.training.run_again.weights_export import export_weights
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_records.origins import describe_checkpoint
from visualnet.training.run_records.record import RUNNING, Origin
from visualnet.training.runs.run_changes import project_of_run
from visualnet.training.runs.run_model import read_project
from visualnet.training.verifying.replay import ReplayVerdict, verify_run

TRAINS = "A training goes on: stop it, or wait until it has ended."


class RunActions(QObject):
    """Deeds on ``chosen()``; a menu offers those that can be done now."""

    told = Signal(str)
    """How a verification stands; empty when it is over."""

    def __init__(self, store: RunStore, chosen: Callable[[], list[RunRow]], parent: QWidget) -> None:
        super().__init__(parent)
        self.store, self.studio, self.chosen, self._widget = store, store.studio, chosen, parent
        self._task: BackgroundTask | None = None

    @property
    def verifying(self) -> bool:
        """Whether a run is trained again to be compared."""
        return self._task is not None and self._task.running

    def goes_on(self, run: RunRow) -> bool:
        """Whether a run is being trained in this window."""
        runner = self.studio.runner
        if runner.elsewhere is not None:
            return any(one.id == run.id and one.state == "running" for one in runner.elsewhere.project.runs)
        return runner.busy and runner.run is not None and runner.run.id == run.id

    def can_follow(self, run: RunRow) -> bool:
        """Whether a run is being trained elsewhere: in another process, window or shell."""
        return run.state == RUNNING and not self.goes_on(run)

    # --- of one run --------------------------------------------------------------------------------------------------------

    def open_project(self) -> None:
        """Open the project as the run began with it, in a tab of its own."""
        self._open(lambda row: project_of_run(self.store.folder(row.id)))

    def follow(self) -> None:
        """Follow the chosen run, which goes on elsewhere: in the tab of its project, or one of its own."""
        from visualnet.app.features.training_place.follow import follow_folder

        rows = self.chosen()
        if len(rows) == 1:
            follow_folder(self.studio, self.store.folder(rows[0].id))

    def run_again(self) -> None:
        """Open the project as the run began with it, and train it."""
        if self.studio.runner.busy or self.studio.runner.elsewhere is not None:
            self.studio.message.emit("error", TRAINS)
            return
        row = self._open(lambda row: project_of_run(self.store.folder(row.id)))
        if row is not None:
            self.studio.runner.start(Origin(kind="again", run=row.id))

    def branch(self, checkpoint: str, optimizer: bool) -> None:
        """Open the run's project so that its next training begins with a checkpoint."""

        def project(row: RunRow) -> Project:
            made = branch(self.store.folder(row.id), checkpoint, optimizer=optimizer)
            if (found := read_project(made)) is None:
                raise ValueError(f"the project of the branch in {made} cannot be read")
            ref = RunRef(id=made.name, folder=made.name, state="stopped", epochs=row.epochs)
            return (
                replace(found, runs=(replace(ref, extra={"name": f"Branch of {title_of(row)}"}),))
                if optimizer
                else found
            )

        if optimizer:
            said = "Resume goes on from there. Where all epochs were done, raise their number in the recipe first."
            done = self._open(project)
        else:
            said = "Train begins with these weights and a fresh optimizer; change what you like before."
            done = self._open(lambda row: self._with_weights(row, checkpoint))
        if done is not None:
            self.studio.message.emit("hint", said)

    def _with_weights(self, row: RunRow, checkpoint: str) -> Project:
        folder = self.store.folder(row.id)
        return begin_with(project_of_checkpoint(folder, checkpoint), folder, checkpoint)

    def _open(self, make: Callable[[RunRow], Project]) -> RunRow | None:
        rows, shell = self.chosen(), self.studio.shell
        if len(rows) != 1:
            return None
        try:
            project = make(rows[0])
        except (ValueError, OSError, FileError) as error:
            self.studio.message.emit("error", str(error))
            return None
        shell.open_copy(project)
        return rows[0]

    def verify(self) -> None:
        """Train the run again and compare, or end that."""
        if self._task is not None and self._task.running:
            self._task.cancel()
            return
        rows = self.chosen()
        if len(rows) != 1:
            return
        if self.studio.runner.busy or self.studio.runner.elsewhere is not None:
            self.studio.message.emit("error", TRAINS)
            return
        folder, title = self.store.folder(rows[0].id), title_of(rows[0])

        def done(verdict: ReplayVerdict) -> None:
            kind = {"equal": "success", "departs": "warning"}.get(verdict.kind, "warning")
            self.studio.message.emit("hint" if kind == "success" else kind, f"{title}: {verdict.describe()}")

        self._task = BackgroundTask(
            lambda job: verify_run(folder, job),
            done,
            lambda share: self.told.emit(f"Training “{title}” again: {format_percent(share, 0)}"),
            lambda words: self.studio.message.emit("warning", words),
            name="verify",
            words="The run cannot be verified",
            parent=self,
        )
        self._task.finished.connect(lambda: self.told.emit(""))
        self.told.emit(f"Training “{title}” again …")

    # --- of several ----------------------------------------------------------------------------------------------------------

    def tag(self) -> None:
        """Give the chosen runs a tag."""
        name, accepted = QInputDialog.getText(self._widget, "Tag the runs", "Tag")
        if accepted and name.strip():
            self._say(f"Tagged “{name.strip()}”.", lambda said: {"tags": (*said.tags, name.strip())})

    def group(self) -> None:
        """Put the chosen runs into a group."""
        name, accepted = QInputDialog.getText(self._widget, "Group the runs", "Group (empty: none)")
        if accepted:
            self._say("Grouped.", lambda said: {"group": name})

    def archive(self) -> None:
        """Put the chosen runs away, or bring them back where all are away."""
        state = not all(row.archived for row in self.chosen())
        self._say("Archived." if state else "Brought back.", lambda said: {"archived": state})

    def hide(self) -> None:
        """Hide the chosen runs, or show them again where all are hidden."""
        state = not all(row.hidden for row in self.chosen())
        self._say("Hidden." if state else "Shown again.", lambda said: {"hidden": state})

    def _say(self, words: str, change: Callable[..., dict[str, object]]) -> None:
        rows = self.chosen()
        if rows:
            self.store.annotate(f"{format_quantity(len(rows), 'run')}: {words}", [row.id for row in rows], change)

    def export(self) -> None:
        """Write the curves of the chosen runs into files for other tools."""
        from visualnet.app.features.run_list.export_dialog import RunExportDialog

        rows = self.chosen()
        if rows:
            dialog = RunExportDialog(self.studio, [(row, self.store.folder(row.id)) for row in rows], self._widget)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def export_weights(self) -> None:
        """Write what the chosen run has learned, with its project in the metadata, into a file that is asked for; beside the window."""
        rows, settings = self.chosen(), self.studio.settings
        if len(rows) != 1 or settings is None:
            return
        folder, title = self.store.folder(rows[0].id), title_of(rows[0])
        name = next(iter(file_names({rows[0].id: title}).values()))
        offered = str(settings.folder / f"{name}.safetensors")
        picked, _ = QFileDialog.getSaveFileName(self._widget, "Export the weights", offered, "Weights (*.safetensors)")
        if not picked:
            return
        file = Path(picked) if Path(picked).suffix else Path(f"{picked}.safetensors")
        settings.remember_folder(file.parent)

        def done(told: tuple[str, int]) -> None:
            words = f"Wrote the {told[0]} weights of “{title}” into {file}: opened here, the file shows the network"
            self.studio.message.emit("ok", visible(words))

        BackgroundTask(
            lambda job: export_weights(folder, file),
            done,
            None,
            lambda fault: self.studio.message.emit("error", visible(fault)),
            name="export weights",
            words="The weights could not be exported",
            parent=self,
        )

    def delete(self) -> None:
        """Move the chosen runs to the trash, once that is confirmed."""
        rows = [row for row in self.chosen() if not (self.goes_on(row) or row.state == RUNNING)]
        if not rows:
            if self.chosen():
                self.studio.message.emit("hint", "A run that is being trained is not deleted: stop it first.")
            return
        title = f"“{title_of(rows[0])}”" if len(rows) == 1 else format_quantity(len(rows), "run")
        size = format_bytes(sum(row.size for row in rows))
        box = message_box(
            self._widget,
            "Delete runs",
            f"Move {title} to the trash?",
            f"Curves, weights and notes: {size}. They can be had back from there.",
            QMessageBox.StandardButton.Cancel,
            "delete",
            "warning",
        )
        move = box.addButton("Move to the trash", QMessageBox.ButtonRole.DestructiveRole)
        answer_of(box)
        if box.clickedButton() is move:
            for row in rows:
                self.studio.runner.detach(row.id)
            self.store.delete([row.id for row in rows])

    def fill(self, menu: QMenu) -> None:
        """Offer what can be done with the chosen runs."""
        rows = self.chosen()
        one, some = len(rows) == 1, bool(rows)
        if one and self.can_follow(rows[0]):
            menu.addAction("Follow the training", self.follow)
        for words, deed, possible in (
            ("Open its project", self.open_project, one),
            ("Run again exactly", self.run_again, one),
            ("Verify: train again and compare", self.verify, one and not self.verifying),
        ):
            menu.addAction(words, deed).setEnabled(possible)
        branches = menu.addMenu("Branch from")
        found = list_checkpoints(self.store.folder(rows[0].id)) if one else ()
        for name in found:
            words = describe_checkpoint(name)
            branches.addAction(f"The weights of its {words}", partial(self.branch, name, False))
            if name in WITH_OPTIMIZER:
                branches.addAction(f"Weights and optimizer of its {words}", partial(self.branch, name, True))
        branches.setEnabled(bool(found))
        menu.addSeparator()
        menu.addAction("Tag…", self.tag).setEnabled(some)
        menu.addAction("Group…", self.group).setEnabled(some)
        menu.addAction("Bring back" if some and all(r.archived for r in rows) else "Archive", self.archive).setEnabled(
            some
        )
        menu.addAction("Show again" if some and all(r.hidden for r in rows) else "Hide", self.hide).setEnabled(some)
        menu.addSeparator()
        menu.addAction("Export curves…", self.export).setEnabled(some)
        menu.addAction("Export weights…", self.export_weights).setEnabled(bool(found))
        menu.addSeparator()
        menu.addAction("Move to the trash…", self.delete).setEnabled(some)
