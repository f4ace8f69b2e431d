"""The dialog that writes the curves of chosen runs into files for other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFileDialog, QProgressBar, QWidget

from visualnet.app.features.run_list.feature import CURVE_FORMAT, CURVES_TOGETHER
from visualnet.app.features.run_list.table_model import title_of
from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training.curve_export.several import CURVE_FORMATS, export_runs, export_together, file_names, own_titles
from visualnet.training.run_index.facts import RunRow

ABOUT = {
    "csv": "A table with part, name, step, epoch, value. Every spreadsheet and pandas read it.",
    "parquet": "The same table as Parquet, for pandas, Polars, DuckDB. It needs the package pyarrow.",
    "tensorboard": "A folder of event files for each run; tensorboard --logdir FOLDER shows all of them. It needs the package tensorboard.",
    "mlflow": "Runs are added to MLflow's local store, one SQLite file: settings, curves and tags. mlflow ui --backend-store-uri "
    "sqlite:///FILE shows them.",
}


class RunExportDialog(QDialog):
    """Asks in which form and where, writes beside the window, and says what was written. Cancel ends it; what is written stays."""

    def __init__(self, studio: Studio, folders: Sequence[tuple[RunRow, Path]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setWindowTitle("Export curves")
        titles = {run.id: title_of(run) for run, _ in folders}
        files, names = file_names(titles), own_titles(titles)
        self._files = {folder: files[run.id] for run, folder in folders}
        self._names = {folder: names[run.id] for run, folder in folders}
        self._task: BackgroundTask | None = None
        self.curve_format = describe(QComboBox(), "Form", "In which form the curves are written")
        for key, curve_format in CURVE_FORMATS.items():
            self.curve_format.addItem(curve_format.title, key)
        assert studio.settings is not None
        self.curve_format.setCurrentIndex(max(self.curve_format.findData(studio.settings[CURVE_FORMAT]), 0))
        self.curve_format.currentIndexChanged.connect(lambda _: self._tell())
        self.together = describe(
            QCheckBox("One file for all runs"),
            "One file for all runs",
            "One table with a column “run” before the others, rather than a file for each run",
        )
        self.together.setChecked(studio.settings[CURVES_TOGETHER])
        self.together.toggled.connect(lambda _: self._tell())
        self.together.setVisible(len(folders) > 1)
        self.about = label("", "muted", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.bar = describe(QProgressBar(textVisible=False), "How many runs are written")
        self.bar.setRange(0, 1000)
        self.bar.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setToolTip("Leave, or end what is being written")
        self.export = self.buttons.addButton("Export…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.setProperty("kind", "primary")
        self.export.setDefault(True)
        self.buttons.accepted.connect(self.ask)
        self.buttons.rejected.connect(self.reject)
        title = label(f"The curves of {format_quantity(len(self._files), 'run')}", wrap=True)
        form = row(label("Form", "section"), self.curve_format, self.together, STRETCH, spacing=8)
        foot = row((self.bar, 1), self.buttons, spacing=12)
        column(title, form, self.about, self.fault, STRETCH, foot, margins=16, spacing=12, parent=self)
        self.setMinimumSize(fonts.px(460), fonts.px(210))
        self.finished.connect(lambda _: close_tasks(self))
        self._tell()

    @property
    def joins(self) -> bool:
        """Whether all runs go into one file."""
        form = CURVE_FORMATS[self.curve_format.currentData()]
        return form.adds or (self._can_choose and len(self._files) > 1 and self.together.isChecked())

    @property
    def _can_choose(self) -> bool:
        """Whether the chosen form can be written as one file and as several."""
        form = CURVE_FORMATS[self.curve_format.currentData()]
        return form.write_together is not None and not form.adds

    def _tell(self) -> None:
        key = self.curve_format.currentData()
        form = CURVE_FORMATS[key]
        self.together.setEnabled(self._can_choose)
        more = ""
        if lacks := form.lacks():
            more = f" It is not there yet: {lacks}."
        elif self._can_choose and self.joins:
            more = " The column “run” says whose a row is."
        elif self._can_choose and len(self._files) > 1:
            more = " A file for each run."
        self.about.setText(ABOUT[key] + more)
        self.export.setEnabled(not lacks)
        choice = (
            "Choose the file of the store"
            if form.adds
            else "Choose the file"
            if self.joins
            else "Choose the folder for the files"
        )
        self.export.setToolTip("First install what this form needs" if lacks else choice)
        self.fault.hide()

    def ask(self) -> None:
        """Choose the file or the folder, and write."""
        assert self.studio.settings is not None
        start, curve_format = (
            str(self.studio.settings.folder),
            CURVE_FORMATS[self.curve_format.currentData()],
        )
        if self.joins:
            offered = str(Path(start) / f"{'mlflow' if curve_format.adds else 'curves'}{curve_format.end}")
            words = "Add the runs to this store" if curve_format.adds else "Export the curves into this file"
            options = QFileDialog.Option.DontConfirmOverwrite if curve_format.adds else QFileDialog.Option(0)
            name, _ = QFileDialog.getSaveFileName(
                self, words, offered, f"{curve_format.title} (*{curve_format.end})", "", options
            )
        else:
            name = QFileDialog.getExistingDirectory(self, "Export the curves into this folder", start)
        if name:
            target = Path(name)
            if self.joins and not target.suffix:
                target = target.with_name(f"{target.name}{curve_format.end}")
                if target.exists() and not curve_format.adds:  # nobody was asked about this name
                    self._refuse(f"{target.name} is there already: choose another name")
                    return
            self.studio.settings.remember_folder(target.parent if self.joins else target)
            self.write(target)

    def write(self, target: Path) -> None:
        """Write into this folder or, where all runs go into one, this file; beside the window."""
        assert self.studio.settings is not None
        curve_format = self.studio.settings[CURVE_FORMAT] = self.curve_format.currentData()
        joins, files, names = self.joins, self._files, self._names
        self.studio.settings[CURVES_TOGETHER] = self.together.isChecked()
        self.fault.hide()
        self.bar.setValue(0)
        self.bar.show()
        self._set_idle(False)

        def run(job: Job) -> None:
            if joins:
                export_together(names, target, curve_format, job)
            else:
                export_runs(files, target, curve_format, job)

        def done(_: None) -> None:
            self._task = None
            count = format_quantity(len(files), "run")
            self.studio.message.emit("ok", f"Wrote the curves of {count} into {visible(str(target))}")
            self.accept()

        self._task = BackgroundTask(
            run,
            done,
            lambda share: self.bar.setValue(round(1000 * share)),
            self._refuse,
            name="export curves",
            words="The curves could not be exported",
            parent=self,
        )

    def _set_idle(self, state: bool) -> None:
        self.export.setEnabled(state)
        self.curve_format.setEnabled(state)
        self.together.setEnabled(state and self._can_choose)

    def _refuse(self, words: str) -> None:
        self.fault.setText(visible(words))
        self.fault.show()
        self.bar.hide()
        self._set_idle(True)
