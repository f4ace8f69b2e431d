"""The part *Choose* of the data page: the data sets that come with the program, and files of one's own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from visualnet.app.features.data_page.own_data_dialog import ask_for_download, ask_for_file, ask_for_folder
from visualnet.app.features.inspector.data_section import choose_data
from visualnet.app.forms.form import caption
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label, restyle
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.project import DataChoice
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.hidden_characters import visible
from visualnet.data.declare import DataSet
from visualnet.data.registry import DATASETS
from visualnet.data.sources.registry import SOURCES

NAME = Qt.ItemDataRole.UserRole


class ChoosingSection(QWidget):
    """``chosen`` tells that other data were chosen."""

    chosen = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.file = button("Open files…", icon="open", done=lambda: ask_for_file(studio))
        self.file.setToolTip("A table, texts, arrays: one file of your own")
        self.folder = button("Open a folder…", icon="open", done=lambda: ask_for_folder(studio))
        self.folder.setToolTip("Pictures, texts or sounds: a folder of your own")
        self.known = button("Download a known set…", icon="data", done=lambda: ask_for_download(studio))
        self.known.setToolTip("MNIST, Fashion-MNIST, CIFAR and others, by torchvision and a network")
        kinds = ", ".join(kind.title for kind in SOURCES.values())
        self.own = caption(
            f"Or drop a file or a folder on the window. {f'What can be read: {kinds}.' if kinds else ''}"
        )
        self.list = describe(QListWidget(), "Data sets that come with the program")
        for name, kind in DATASETS.items():
            item = QListWidgetItem(visible(kind.title))
            item.setData(NAME, name)
            item.setToolTip(kind.summary())
            self.list.addItem(item)
        self.list.currentItemChanged.connect(lambda item, _before: self._show(item))
        self.list.itemActivated.connect(self._use)
        self.title, self.summary = label("", "heading", wrap=True), label("", wrap=True)
        self.source = label("", "muted", wrap=True, selectable=True)
        self.licence = describe(QPlainTextEdit(readOnly=True), "Source and licence")
        self.use = button("Use these data", "primary", done=lambda: self._use(self.list.currentItem()))
        detail = column(
            self.title, self.summary, self.source, row(self.use, STRETCH), (self.licence, 1), STRETCH, spacing=8
        )
        shipped = row((self.list, 2), (detail, 3), spacing=16)
        own = row(self.file, self.folder, self.known, STRETCH, spacing=8)
        heads = label("Your own data", "section"), label("Data that come with the program", "section")
        column(heads[0], own, self.own, heads[1], (shipped, 1), spacing=8, parent=self)

    def refresh(self) -> None:
        """Point at the data of the project."""
        name = self.studio.project.data.name
        for at in range(self.list.count()):
            item = self.list.item(at)
            font = item.font()
            font.setBold(item.data(NAME) == name)
            item.setFont(font)
            if item.data(NAME) == name:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self._show(self.list.currentItem())

    def _show(self, item: QListWidgetItem | None) -> None:
        kind = DATASETS.get(item.data(NAME)) if item is not None else None
        if kind is None:
            return
        now = self.studio.project.data.name == kind.name
        self.title.setText(kind.title)
        self.summary.setText(kind.summary())
        self.source.setText(f"Source: {kind.source}")
        licence = read_licence(kind)
        self.licence.setPlainText(licence)
        self.licence.setVisible(bool(licence))
        self.use.setText("These data are used" if now else "Use these data")
        self.use.setEnabled(not now and not (self.studio.has_runner and self.studio.runner.busy))
        restyle(self.use, kind="" if now else "primary")

    def _use(self, item: QListWidgetItem | None) -> None:
        if item is None or self.studio.project.data.name == item.data(NAME):
            return
        choice = DataChoice(name=str(item.data(NAME)))
        if choose_data(self.studio, choice):
            self.chosen.emit()


def read_licence(kind: type[DataSet]) -> str:
    """Where a data set is from and under which licence, as it stands beside the data; empty for what is generated."""
    from visualnet.resources import resource

    if not kind.licence:
        return ""
    path = resource("data", kind.licence)
    return read_text(path).strip() if path.is_file() else ""
