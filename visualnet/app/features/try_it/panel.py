"""Make a sample by hand, and see at once what the network says of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.features.training.prediction import PredictionPane
from visualnet.app.features.try_it.editor import InputEditor
from visualnet.app.features.try_it.image_editor import ImageEditor
from visualnet.app.features.try_it.large_image import LargeImageAnswer
from visualnet.app.features.try_it.numbers_editor import NumbersEditor
from visualnet.app.features.try_it.scene_answer import SceneAnswer, scene_of
from visualnet.app.features.try_it.sound_editor import SoundEditor
from visualnet.app.features.try_it.text_editor import TextEditor
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState, button, label
from visualnet.app.widgets.layouts import STRETCH, clear, column, row, split, stack, widget_of
from visualnet.core.text.format import capitalize_first
from visualnet.data.loading import Loaded
from visualnet.data.own_sample.drawing import has_white_paper
from visualnet.data.own_sample.inputs import OwnInput, list_inputs
from visualnet.data.own_sample.prepare import measure_ranges, prepare_own, raw_samples, read_file
from visualnet.data.regions.crops import RegionCropper
from visualnet.data.registry import make_data_set
from visualnet.training.observations.probe_targets import OwnSample, OwnScene

Array = NDArray[Any]
AFTER_MS = 0
"""Events of the mouse that come together are answered together."""
LOOKED_AT = 16
"""So many samples tell the colour of the paper."""
NO_DATA = "Reading the data …"
NONE_BY_HAND = "A sample for this network cannot be made by hand. Choose samples of the data below."


class TryItPanel(QWidget):
    """An editor for each field that the network reads, over what the network predicts."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.probes = studio, studio.runner.probes
        self.editors: dict[str, InputEditor] = {}
        self._data: Loaded | None = None
        self._is_own = False
        self.words = label("", "muted", wrap=True)
        self.begin = button("From the data", done=self._begin_with_sample)
        self.begin.setToolTip("Begin with the chosen sample of the data, and change it")
        self.back = button("Back to the data", done=self._leave)
        self.back.setToolTip("Look at the samples of the data again (Esc)")
        self.empty, self.made = EmptyState("rename", NO_DATA), QWidget()
        self.room = column(spacing=8, parent=self.made)
        self.stack = stack(self.empty, self.made)
        upper = widget_of(
            column(row(self.begin, self.back, STRETCH, spacing=6), self.words, (self.stack, 1), margins=8, spacing=6)
        )
        self.prediction = PredictionPane(studio, who="try_it", pins=False, one_sample=True)
        self.objects: SceneAnswer | None = None
        self.large: LargeImageAnswer | None = None
        self._cutter: RegionCropper | None = None
        self.answers = stack(self.prediction)
        parts = split((upper, 3), (self.answers, 2), sizes=(330, 240), upright=True)
        column((parts, 1), parent=self)
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self._send)
        self.probes.data_changed.connect(self.refresh)
        self.probes.sample_changed.connect(lambda _: self._follow_sample())
        self.refresh()

    def refresh(self) -> None:
        """Offer what can be made for the data that are chosen now."""
        data = self.probes.data
        if not self.isVisible() or (data is self._data and data is not None):
            return
        self._data, self.editors = data, {}
        clear(self.room)
        words = ""
        if data is None:
            words = self.probes.data_error or NO_DATA
        else:
            self._make_editors(data)
            words = "" if self.editors else NONE_BY_HAND
        self.empty.sentence.setText(words)
        self.stack.setCurrentWidget(self.empty if words else self.made)
        self._follow_sample()

    def _make_editors(self, data: Loaded) -> None:
        self._cutter = make_data_set(data.choice).cutter()
        self.answers.setCurrentWidget(self.prediction if self._cutter is None else self._scene_answer())
        for wanted in list_inputs(data.choice):
            if self._cutter is not None:  # whole pictures are made, of any size, not regions
                wanted = wanted._replace(spec=wanted.spec._replace(shape=(self._cutter.channels, 0, 0)))
            editor = self._make_editor(wanted, data)
            if editor is not None:
                editor.changed.connect(self._timer.start)
                editor.failed.connect(self._say)
                self.editors[wanted.field] = editor
                self.room.addWidget(editor, 1)

    def _make_editor(self, wanted: OwnInput, data: Loaded) -> InputEditor | None:
        if wanted.kind == "image":
            white = False
            if wanted.field in data.fields and len(data.fields[wanted.field].shape) == 3:
                white = has_white_paper(data.fetch(data.shown[:LOOKED_AT], (wanted.field,))[wanted.field])
            return ImageEditor(wanted, white)
        if wanted.kind == "numbers":
            return NumbersEditor(wanted, *measure_ranges(data, wanted.field))
        if wanted.kind == "sound":
            rate = make_data_set(data.choice).sound_rate()
            return SoundEditor(lambda path: read_file(data, wanted.field, path), rate, wanted.spec.shape[-1])
        return TextEditor(wanted) if wanted.kind == "text" else None

    def _send(self) -> None:
        """Have all panels look at what was made."""
        data, place = self.probes.data, self.probes.place(self.probes.sample)
        if data is None or data is not self._data or place is None:
            return
        made = {field: value for field, editor in self.editors.items() if (value := editor.value()) is not None}
        if not made:
            self._leave()
            return
        if self._cutter is not None:
            self._scene_answer().search(next(iter(made.values())), self._cutter, self._look_at_scene, self._say)
            return
        try:
            missing = tuple(field for field in self.editors if field not in made)
            others = raw_samples(data).fetch(np.array([place]), missing) if missing else {}
            fields = prepare_own(data, {**made, **{name: values[0] for name, values in others.items()}}, place)
        except ValueError as error:
            self._say(capitalize_first(str(error)))
            return
        self._is_own = True
        large = next(
            (p for e in self.editors.values() if isinstance(e, ImageEditor) and (p := e.large_picture) is not None),
            None,
        )
        self._look_at(OwnSample(fields), large if LargeImageAnswer.suits(self.studio) else None)

    def _look_at(self, made: OwnSample, large: Array | None) -> None:
        """Have all panels look at a sample. A picture that is ``large`` is answered tile by tile besides, in the place of the answer."""
        if large is None:
            self.answers.setCurrentWidget(self.prediction)
            self.probes.set_own(made)
            return
        self.probes.set_own(OwnSample(made.fields, OwnScene(large, np.zeros((0, 4), np.float32))))
        if self.large is None:
            self.large = LargeImageAnswer(self.studio)
            self.answers.addWidget(self.large)
        self.answers.setCurrentWidget(self.large)
        self.large.compute()
        self._say("All panels look at your image, made smaller; below, all of it is answered tile by tile.")

    def _scene_answer(self) -> SceneAnswer:
        """What shows the objects of a whole picture; made when it is first needed."""
        if self.objects is None:
            self.objects = SceneAnswer(self.studio)
            self.answers.addWidget(self.objects)
        return self.objects

    def _look_at_scene(self, made: OwnSample) -> None:
        """Have all panels look at a picture whose regions were searched."""
        data, place = self.probes.data, self.probes.place(self.probes.sample)
        if data is None or data is not self._data or place is None:
            return
        try:
            fields = prepare_own(data, made.fields, place)
        except ValueError as error:
            self._say(capitalize_first(str(error)))
            return
        self._is_own = True
        self.probes.set_own(OwnSample(fields, made.scene))

    def _begin_with_sample(self) -> None:
        for field, raw in self._raw_sample().items():
            self.editors[field].begin_with(raw)
        self._timer.start()

    def _raw_sample(self) -> dict[str, Any]:
        """The raw fields of the chosen sample of the data."""
        data, place = self.probes.data, self.probes.place(self.probes.sample)
        if data is None or place is None or not self.editors:
            return {}
        try:
            scene = scene_of(data, place) if self._cutter is not None else None
            if scene is not None:
                return dict.fromkeys(self.editors, scene)
            found = raw_samples(data).fetch(np.array([place]), tuple(self.editors))
        except ValueError as error:
            self._say(capitalize_first(str(error)))
            return {}
        return {name: np.asarray(values[0]) for name, values in found.items()}

    def _leave(self) -> None:
        self._timer.stop()
        if self._cutter is None:
            self.answers.setCurrentWidget(self.prediction)
        self.probes.set_own(None)

    def _follow_sample(self) -> None:
        """Say what is looked at; where nothing is made, editors that follow show the chosen sample."""
        is_own = self.probes.own is not None
        self.back.setEnabled(is_own)
        self.begin.setEnabled(bool(self.editors) and self.probes.samples > 0)
        if is_own:
            self._say("All panels look at your sample.")
            return
        self._say("" if not self.editors else f"All panels look at sample {self.probes.sample} of the data.")
        if self.isVisible() and self.probes.data is self._data:
            following = {field: editor for field, editor in self.editors.items() if editor.follows_sample}
            for field, raw in self._raw_sample().items() if following else ():
                if field in following:
                    following[field].begin_with(raw)

    def _say(self, words: str) -> None:
        self.words.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.probes.need_data()
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.probes.own is not None:
            self._leave()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(360, 560)
