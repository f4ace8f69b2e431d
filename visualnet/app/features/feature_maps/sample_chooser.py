"""Chooses the sample that is looked at: by number, or by its picture."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QToolButton, QWidget

from visualnet.app.forms.form import return_keyboard
from visualnet.app.forms.value_field import ValueField
from visualnet.app.plots.charts.sparkline import compose_strip
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, fitting_row
from visualnet.core.graph import Value
from visualnet.core.text.values import whole_between
from visualnet.data.registry import image_field

GALLERY, CONTENT = 60, 44
NUMBER = 56
"""Room for five figures, where text has its normal size."""


def word_button(text: str, tip: str, done: Callable[[], object]) -> QToolButton:
    """A small button that says in a word what it does."""
    button = describe(QToolButton(), tip, tip)
    button.setText(text)
    button.setProperty("framed", True)
    button.clicked.connect(lambda _=False: done())
    return button


class SampleChooser(QWidget):
    """Chooses the sample that all panels look at: by number, the next, any one, or by its picture."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.probes = studio, studio.runner.probes
        self.number = describe(ValueField(self._check), "Validation sample")
        self.number.set_tip("The sample of the validation set that is looked at")
        self.number.edited.connect(lambda value: self.probes.set_sample(int(value)))
        return_keyboard(self.number, studio, "the sample")
        name = label("Sample", "small")
        self.number.scrub_with(name)
        name.setToolTip("The sample of the validation set that is looked at; drag sideways to change it")
        name.setContentsMargins(0, 0, 2, 0)
        by_chance = word_button("Any", "Any sample, by chance", self._choose_any)
        self.buttons = [
            icon_button(
                "chevron-left", "Sample before", done=lambda: self.probes.set_sample(self.probes.sample - 1), size=14
            ),
            icon_button(
                "chevron-right", "Next sample", done=lambda: self.probes.set_sample(self.probes.sample + 1), size=14
            ),
            by_chance,
        ]
        self.gallery = word_button("Pictures…", "Choose the sample by its picture", self._open_gallery)
        self.own = word_button(
            "Your sample ×",
            "This is the sample that you made; go back to the samples of the data (Esc)",
            self._leave_own,
        )
        # What the number is stands in its tip too, and the buttons before and after go to any sample.
        parts = (name, self.own, self.number, *self.buttons, self.gallery)
        self.row = fitting_row(*parts, STRETCH, optional=(name, by_chance, self.gallery), spacing=2, parent=self)
        studio.theme_changed.connect(lambda _: self._fit_number())
        self._fit_number()
        self.probes.sample_changed.connect(lambda _: self.refresh())
        self.probes.data_changed.connect(self.refresh)
        studio.analysed.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the chosen sample."""
        is_own = self.probes.own is not None
        self.number.set_value(self.probes.sample)
        self.number.setVisible(not is_own)
        self.own.setVisible(is_own)
        there = self.probes.samples > 0
        for button in self.buttons:
            button.setEnabled(there)
        self.row.want(self.gallery, there and image_field(self.studio.project.data, self.studio.fields) is not None)

    def _fit_number(self) -> None:
        self.number.setFixedWidth(fonts.px(NUMBER))

    def _check(self, value: Value) -> str:
        count = self.probes.samples
        reason = f"there are {count:,} samples, from 0 to {count - 1:,}" if count else ""
        return whole_between(0, count - 1 if count else 1_000_000, reason)(value)

    def _leave_own(self) -> None:
        self.probes.set_own(None)

    def _choose_any(self) -> None:
        if self.probes.samples:
            self.probes.set_sample(random.randrange(self.probes.samples))

    def _open_gallery(self) -> None:
        popup = SampleGallery(self.studio, self)
        at = self.gallery.mapToGlobal(QPoint(self.gallery.width() - popup.width(), -popup.height() - 4))
        popup.move(max(at.x(), 0), max(at.y(), 0))
        popup.show()


class SampleGallery(QFrame):
    """Pictures of samples around the chosen one; a click chooses."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.probes = studio.runner.probes
        self.list = describe(QListWidget(), "Samples")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setIconSize(QSize(CONTENT, CONTENT))
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSpacing(2)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        column(self.list, margins=4, parent=self)
        self.resize(440, 330)
        self._fill(studio)

    def _fill(self, studio: Studio) -> None:
        data, field = self.probes.data, image_field(studio.project.data, studio.fields)
        if data is None or field is None:
            return
        first = max(min(self.probes.sample - GALLERY // 2, self.probes.samples - GALLERY), 0)
        targets = (n for n in studio.analysis.target_fields() if n in data.fields and not data.fields[n].shape)
        label = next(targets, None)
        fields = (field,) if label is None else (field, label)
        for sample in range(first, min(first + GALLERY, self.probes.samples)):
            place = self.probes.place(sample)
            assert place is not None
            shown = data.sample(place, fields)
            image = compose_strip(shown[field], (CONTENT, CONTENT), studio.theme, signed=False)
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), f"{sample}")
            item.setData(Qt.ItemDataRole.UserRole, sample)
            if label is not None and data.classes and 0 <= int(shown[label]) < len(data.classes):
                item.setToolTip(f"sample {sample}: {data.classes[int(shown[label])]}")
            self.list.addItem(item)
            if sample == self.probes.sample:
                self.list.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.probes.set_sample(int(item.data(Qt.ItemDataRole.UserRole)))
        self.close()
