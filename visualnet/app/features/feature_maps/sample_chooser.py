"""What the watching panels share: which place of the network is meant, and which sample is looked at."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualnet.analysis.facts import NodeFacts, NodePath
from visualnet.app.forms.value_field import ValueField, whole_between
from visualnet.app.plots.sparkline import compose_strip
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import label
from visualnet.core.graph import Value
from visualnet.data.registry import DATASETS

GALLERY, FACE = 60, 44


def path_of(studio: Studio, node_id: str) -> NodePath:
    """The way from the main sheet to a node of the open sheet."""
    return (*sheet_path(studio), node_id)


def facts_at(studio: Studio, path: NodePath) -> NodeFacts | None:
    """What is known of the node at a path; None if it is gone."""
    try:
        return studio.analysis.at(tuple(part.partition("#")[0] for part in path))
    except (KeyError, IndexError):
        return None


def told_path(studio: Studio, path: NodePath) -> str:
    """The names from the main sheet down: “encoder 2 › attention”."""
    names = []
    for at in range(len(path)):
        plain, _, turn = path[at].partition("#")
        facts = facts_at(studio, path[: at + 1])
        repeated = facts is not None and len(facts.inside) > 1
        names.append((facts.node.name if facts is not None else plain) + (f" {int(turn or 0) + 1}" if repeated else ""))
    return " › ".join(names)


def image_field(studio: Studio) -> str | None:
    """The field of the data that is a picture, if there is one."""
    kind, fields = DATASETS.get(studio.project.data.name), studio.fields or {}
    inputs = kind.inputs if kind is not None else ()
    return next((n for n in inputs if n in fields and len(fields[n].shape) == 3 and fields[n].shape[0] in (1, 3)), None)


def target_fields(studio: Studio) -> Iterator[str]:
    """The fields of the data that the network is to answer."""
    for facts in studio.analysis.main.sinks("target"):
        if facts.layer is not None and "field" in facts.layer.values():
            yield facts.layer.values()["field"]


class SampleChooser(QWidget):
    """Chooses the sample that all panels look at: by number, the next, any one, or by its picture."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.watching = studio, studio.runner.watching
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.number = ValueField(self._check)
        self.number.setFixedWidth(64)
        self.number.setAccessibleName("Validation sample")
        self.number.set_tip("The sample of the validation set that is looked at")
        self.number.edited.connect(lambda value: self.watching.set_sample(int(value)))
        name = label("sample", "small")
        self.number.scrub_with(name)
        name.setToolTip("The sample of the validation set that is looked at; drag sideways to change it")
        row.addWidget(name)
        row.addSpacing(2)
        row.addWidget(self.number)
        self.buttons = [
            self._button("chevron-left", "Sample before", lambda: self.watching.set_sample(self.watching.sample - 1)),
            self._button("chevron-right", "Next sample", lambda: self.watching.set_sample(self.watching.sample + 1)),
            self._button("repeat", "Any sample", self._any),
        ]
        self.gallery = self._button("picture", "Choose by picture", self._choose)
        for made in (*self.buttons, self.gallery):
            row.addWidget(made)
        self.watching.sample_changed.connect(lambda _: self.refresh())
        self.watching.data_changed.connect(self.refresh)
        studio.analysed.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the chosen sample."""
        self.number.set_value(self.watching.sample)
        there = self.watching.samples > 0
        for made in self.buttons:
            made.setEnabled(there)
        self.gallery.setVisible(there and image_field(self.studio) is not None)

    def _button(self, icon: str, words: str, done: object) -> QToolButton:
        made = QToolButton()
        made.setIconSize(QSize(14, 14))
        made.setToolTip(words)
        made.setAccessibleName(words)
        made.clicked.connect(lambda _=False: done())  # type: ignore[operator]
        icons.bind(made, icon, "muted")
        return made

    def _check(self, value: Value) -> str:
        count = self.watching.samples
        told = f"there are {count:,} samples, from 0 to {count - 1:,}" if count else ""
        return whole_between(0, count - 1 if count else 1_000_000, told)(value)

    def _any(self) -> None:
        if self.watching.samples:
            self.watching.set_sample(random.randrange(self.watching.samples))

    def _choose(self) -> None:
        popup = Gallery(self.studio, self)
        at = self.gallery.mapToGlobal(QPoint(self.gallery.width() - popup.width(), -popup.height() - 4))
        popup.move(max(at.x(), 0), max(at.y(), 0))
        popup.show()


class Gallery(QFrame):
    """Pictures of samples around the chosen one; a click chooses."""

    chosen = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.watching = studio.runner.watching
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setIconSize(QSize(FACE, FACE))
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSpacing(2)
        self.list.setAccessibleName("Samples")
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.list)
        self.resize(440, 330)
        self._fill(studio)

    def _fill(self, studio: Studio) -> None:
        data, field = self.watching.data, image_field(studio)
        if data is None or field is None:
            return
        first = max(min(self.watching.sample - GALLERY // 2, self.watching.samples - GALLERY), 0)
        labels = next(
            (data.arrays[n] for n in target_fields(studio) if n in data.arrays and data.arrays[n].ndim == 1), None
        )
        for sample in range(first, min(first + GALLERY, self.watching.samples)):
            place = self.watching.place(sample)
            image = compose_strip(np.asarray(data.arrays[field][place]), (FACE, FACE), studio.theme, signed=False)
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), f"{sample}")
            item.setData(Qt.ItemDataRole.UserRole, sample)
            if labels is not None and data.classes and 0 <= int(labels[place]) < len(data.classes):
                item.setToolTip(f"sample {sample}: {data.classes[int(labels[place])]}")
            self.list.addItem(item)
            if sample == self.watching.sample:
                self.list.setCurrentItem(item)

    def _take(self, item: QListWidgetItem) -> None:
        self.watching.set_sample(int(item.data(Qt.ItemDataRole.UserRole)))
        self.close()
