"""Files of one's own: what they are taken for, options, and what is found in them, before anything is chosen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QWidget,
)

from visualnet.app.features.inspector.data_section import choose_data
from visualnet.app.forms.form import Form
from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.services.data_examiner import data_examiner_of
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue, describe, label
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.app.widgets.layouts import STRETCH, column, row, scroll_area
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.core.storage.data_places import remember
from visualnet.core.text.format import capitalize_first, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.registry import SOURCES, guess_sources
from visualnet.data.sources.source import FileSource, Guess, SourceScan

PAUSE_MS = 300
"""So long after an option was changed the data are looked through again."""
MOST_CLASSES = 6


def ask_for_file(studio: Studio) -> None:
    """Let the person choose a file of data."""
    endings = sorted({suffix.removeprefix(".") for kind in SOURCES.values() for suffix in kind.suffixes})
    patterns = " ".join(f"*.{ending}" for ending in endings)
    kinds = f"Data ({patterns});;All files (*)" if patterns else "All files (*)"
    name, _ = QFileDialog.getOpenFileName(studio.shell.dialog_parent(), "Open data", _folder(studio), kinds)
    if name:
        choose_own_data(studio, Path(name))


def ask_for_folder(studio: Studio) -> None:
    """Let the person choose a folder of data."""
    name = QFileDialog.getExistingDirectory(studio.shell.dialog_parent(), "Open a folder of data", _folder(studio))
    if name:
        choose_own_data(studio, Path(name))


def ask_for_download(studio: Studio) -> None:
    """Let the person fetch one of the known sets, and learn from it."""
    from visualnet.app.features.data_page.download_dialog import DownloadDialog

    dialog = DownloadDialog(studio.shell.dialog_parent())
    answer_of(dialog)
    if dialog.folder is not None:
        choose_own_data(studio, dialog.folder)


def choose_own_data(studio: Studio, path: Path) -> None:
    """Ask what a file or folder is, and make it the project's data; where a page covers the canvas, those of a new project."""
    guesses = guess_sources(path)
    if not guesses:
        studio.message.emit("warning", f"Nothing in “{path.name}” can be read as data. {_say_what_can_be()}")
        return
    dialog = OwnDataDialog(path, guesses, studio.shell.dialog_parent())
    accepted, result = answer_of(dialog) == QDialog.DialogCode.Accepted, dialog.result_
    if not accepted or result is None:
        return
    take_own_data(studio, *result)


def take_own_data(studio: Studio, choice: DataChoice, found: SourceScan) -> None:
    """Make what was looked through the data of the project, and show them."""
    remember(choice.path)
    if studio.shell.covered:
        studio.shell.run_action("file.empty")
    data_examiner_of(studio).keep(choice, found)
    choose_data(studio, choice)
    studio.shell.run_action("view.workspace_data")
    if (page := studio.shell.show_panel("data")) is not None:
        page.show_section("samples")


def _folder(studio: Studio) -> str:
    path = studio.project.data.path
    return str(Path(path).parent) if path else ""


def _say_what_can_be() -> str:
    return f"What can be read: {', '.join(kind.title for kind in SOURCES.values())}." if SOURCES else ""


class OwnDataDialog(QDialog):
    """Which kind of data, its options, and what is found: looked through in the background whenever one of them changes."""

    def __init__(
        self, path: Path, guesses: list[tuple[type[FileSource], Guess]], parent: QWidget | None = None, words: str = ""
    ) -> None:
        super().__init__(parent)
        self.path = path
        self.result_: tuple[DataChoice, SourceScan] | None = None
        self._guesses = {kind.name: guess for kind, guess in guesses}
        self._options: dict[str, dict[str, Value]] = {
            name: dict(guess.options) for name, guess in self._guesses.items()
        }
        self._forms: dict[str, Form] = {}
        self._task: BackgroundTask | None = None
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._look_through)
        self.setWindowTitle("Your own data")
        self.resize(560, 600)
        self.kind = describe(QComboBox(), "Kind of data")
        for source, guess in guesses:
            self.kind.addItem(f"{source.title}: {visible(guess.words)}", source.name)
        for name, other in SOURCES.items():
            if name not in self._guesses and (other.picks == "folder") == path.is_dir():
                self.kind.addItem(other.title, name)
        self.kind.activated.connect(lambda _: self._choose())
        self.options = QWidget()
        self._form_place = column(parent=self.options)
        self.bar = ShareBar("Progress of looking through")
        self.facts = KeyValue()
        self.findings = label("", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.use = self.buttons.addButton("Use these data", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setProperty("kind", "primary")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        head = label(words or f"“{visible(path.name)}” can be read as:", wrap=True)
        inner = QWidget()
        parts = (self.bar, self.facts, self.findings, self.fault, self.options, STRETCH)  # what was found first
        column(*parts, margins=(0, 0, 8, 0), spacing=12, parent=inner)
        scroll = scroll_area(inner)
        column(head, self.kind, (scroll, 1), row(self.buttons), margins=16, spacing=12, parent=self)
        self.finished.connect(lambda _: self._end())
        self._choose()

    def _choose(self) -> None:
        """Another kind: its options, and a look through the data as that."""
        name = str(self.kind.currentData())
        for known, form in self._forms.items():
            form.setVisible(known == name)
        params = list(SOURCES[name].params.values())
        if params and name not in self._forms:
            form = Form(params)
            form.changed.connect(partial(self._set_option, name))
            self._forms[name] = form
            self._form_place.addWidget(form)
        if params:
            self._forms[name].show_values(self._options.get(name, {}), {})
        self._look_through()

    def _set_option(self, kind: str, name: str, value: Value) -> None:
        self._options.setdefault(kind, {})[name] = value
        self._forms[kind].show_values(self._options[kind], {})
        self.use.setEnabled(False)
        self._soon.start()

    def _look_through(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.result_ = None
        self.use.setEnabled(False)
        self.fault.hide()
        self.findings.setText("")
        self.facts.show_rows([])
        self.bar.show_share(0.0)
        self.bar.show()
        name, path = str(self.kind.currentData()), self.path
        options = dict(self._options.get(name, {}))

        def run(job: Job) -> tuple[DataChoice, SourceScan]:
            from visualnet.data.inspect_source import choose

            return choose(name, path, options, job)

        self._task = BackgroundTask(
            run,
            self._show,
            self.bar.show_share,
            self._refuse,
            name="look data through",
            words="These data cannot be used",
            parent=self,
        )

    def _show(self, result: tuple[DataChoice, SourceScan]) -> None:
        from visualnet.data.examination.report import describe_field, further_figures

        self.result_ = result
        choice, found = result
        self.bar.hide()
        rows = [("Samples", f"{found.facts.size:,}", "")]
        if classes := found.facts.classes:
            more = f" and {len(classes) - MOST_CLASSES:,} more" if len(classes) > MOST_CLASSES else ""
            rows.append(
                (format_quantity(len(classes), "class", "classes"), ", ".join(classes[:MOST_CLASSES]) + more, "")
            )
        specs = SOURCES[choice.name](choice.options, choice.path, found.facts).specs()
        rows += [(name, describe_field(spec), "") for name, spec in specs.items()]
        rows += [(capitalize_first(name), words, "") for name, words in further_figures(found)]
        self.facts.show_rows([(visible(name), visible(words), tip) for name, words, tip in rows])
        errors = [each for each in found.findings if each.severity == "error"]
        others = len(found.findings) - len(errors)
        self.findings.setText(
            f"{format_quantity(others, 'finding')}: what is left out or may be wrong is listed on the data page."
            if others
            else ""
        )
        if errors:
            self._refuse(errors[0].words)
        self.use.setEnabled(not errors)

    def _refuse(self, words: str) -> None:
        self.bar.hide()
        self.fault.setText(visible(capitalize_first(words)))
        self.fault.show()

    def _end(self) -> None:
        self._soon.stop()
        close_tasks(self)
