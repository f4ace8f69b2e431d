"""The dialog that writes the curves of chosen runs into files for other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFileDialog, QProgressBar, QWidget

from visualnet.app.features.run_list.table_model import title_of
from visualnet.app.services.background_task import BackgroundTask, close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.visible import visible
from visualnet.training.curve_export.several import WAYS, export_runs, file_names
from visualnet.training.run_index.facts import RunRow

ABOUT = {
    "csv": "A table for each run: part, name, step, epoch, value. Every spreadsheet and pandas read it.",
    "parquet": "The same table as Parquet, for pandas, Polars, DuckDB. It needs the package pyarrow.",
    "tensorboard": "A folder of event files for each run; tensorboard --logdir FOLDER shows all of them. It needs the package tensorboard.",
}


class ExportDialog(QDialog):
    """Asks in which form and where, writes beside the window, and says what was written. Cancel ends it; what is written stays."""

    def __init__(self, studio: Studio, folders: Sequence[tuple[RunRow, Path]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setWindowTitle("Export curves")
        names = file_names({run.id: title_of(run) for run, _ in folders})
        self._runs = {folder: names[run.id] for run, folder in folders}
        self._task: BackgroundTask | None = None
        self.way = describe(QComboBox(), "Form", "In which form the curves are written")
        for key, (title, *_) in WAYS.items():
            self.way.addItem(title, key)
        kept = studio.settings.typed("curve_form", "csv") if studio.settings is not None else "csv"
        self.way.setCurrentIndex(max(self.way.findData(kept), 0))
        self.way.currentIndexChanged.connect(lambda _: self._tell())
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
        self.export.setToolTip("Choose the folder for the files")
        self.export.setDefault(True)
        self.buttons.accepted.connect(self.ask)
        self.buttons.rejected.connect(self.reject)
        title = label(f"The curves of {format_quantity(len(self._runs), 'run')}, a file for each", wrap=True)
        form = row(label("Form", "section"), self.way, STRETCH, spacing=8)
        foot = row((self.bar, 1), self.buttons, spacing=12)
        column(title, form, self.about, self.fault, STRETCH, foot, margins=16, spacing=12, parent=self)
        self.setMinimumSize(fonts.px(460), fonts.px(210))
        self.finished.connect(lambda _: close_tasks(self))
        self._tell()

    def _tell(self) -> None:
        self.about.setText(ABOUT[self.way.currentData()])
        self.fault.hide()

    def ask(self) -> None:
        """Choose the folder, and write."""
        assert self.studio.settings is not None
        start = self.studio.settings.typed("folder", "") or str(Path.home())
        name = QFileDialog.getExistingDirectory(self, "Export the curves into this folder", start)
        if name:
            self.studio.settings["folder"] = name
            self.write(Path(name))

    def write(self, target: Path) -> None:
        """Write into this folder, beside the window."""
        assert self.studio.settings is not None
        way = self.studio.settings["curve_form"] = self.way.currentData()
        self.fault.hide()
        self.bar.setValue(0)
        self.bar.show()
        self._set_idle(False)

        def done(written: list[Path]) -> None:
            self._task = None
            count = format_quantity(len(written), "run")
            self.studio.message.emit("ok", f"Wrote the curves of {count} into {visible(str(target))}")
            self.accept()

        self._task = BackgroundTask(
            lambda job: export_runs(self._runs, target, way, job),
            done,
            lambda share: self.bar.setValue(round(1000 * share)),
            self._refuse,
            name="export curves",
            words="The curves could not be exported",
            parent=self,
        )

    def _set_idle(self, state: bool) -> None:
        self.export.setEnabled(state)
        self.way.setEnabled(state)

    def _refuse(self, words: str) -> None:
        self.fault.setText(visible(words))
        self.fault.show()
        self.bar.hide()
        self._set_idle(True)
