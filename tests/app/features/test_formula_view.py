"""The drawings in the inspector say the figures that the formulas give, and follow the keys."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.analysis.drawing import project as drawn
from visualnet.analysis.receptive_field import receptive
from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.diagrams.receptive_field import FieldDrawing
from visualnet.app.features.inspector.sections.drawings_section import DrawingsSection
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.core.document import Document
from visualnet.core.storage.project_file import load
from visualnet.data.loading import load as load_data
from visualnet.data.samples import ArraySamples
from visualnet.figures.layer_diagrams import steps
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import Spec
from visualnet.resources import resource


def test_words_and_steps_follow_the_selected_layer(qapp: QApplication) -> None:
    studio = Studio(Document(load(resource("templates", "lenet5.vnet"))), DARK)
    view = DrawingsSection(studio)
    facts = studio.analysis.main
    view.show_facts(facts[studio.graph.named("conv2").id])
    assert view.layer.words() == "10×10 places. Place 2, 2 reads rows 2 to 6 and columns 2 to 6."
    QTest.keyClick(view.layer, Qt.Key.Key_Right)
    assert "Place 2, 3 reads rows 2 to 6 and columns 3 to 7" in view.layer.words()
    assert "14×14 cells of “image”" in view.field.words()
    view.show_facts(facts[studio.graph.named("fc1").id])
    assert view.layer.words() == "120×400 weights + 120 biases = 48,120."
    assert view.field.words() == "Every number here sees all of “image”."
    view.show_facts(facts[studio.graph.named("image").id])
    assert view.isHidden()
    view.deleteLater()


SHOWN = {
    "conv_transpose2d": (
        (1, 4, 5),
        {"stride": 2, "kernel_size": 3},
        "Cell 2, 2 stamps rows 3 to 5 and columns 3 to 5 of 9×11",
    ),
    "conv_transpose1d": ((1, 6), {"stride": 3}, "stamps cells 4 to 5 of 17"),
    "conv1d": ((1, 12), {"kernel_size": 3}, "10 places. Place 2 reads cells 2 to 4."),
    "embedding": ((7,), {"num_embeddings": 50}, "Index 1 reads row 1 of 50×"),
    "gru": ((9, 5), {"hidden_size": 16}, "6 of 9 steps: step 2 reads 5 features and hands on h of 16 numbers"),
    "batch_norm2d": ((6, 4, 5), {}, "6 means for the whole batch, each over 20 numbers of every sample."),
    "layer_norm": ((7, 12), {}, "7 means for each sample on its own, each over 12 numbers."),
    "linear": ((20,), {"out_features": 3}, "3×20 weights + 3 biases = 63."),
    "multihead_attention": ((7, 16), {"num_heads": 4}, "4 heads of 4 features each"),
}


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("tag", SHOWN)
def test_every_drawing_is_painted_says_its_figures_and_moves(tag: str, theme: Any, qtbot: QtBot) -> None:
    shape, params, words = SHOWN[tag]
    icons.set_theme(theme)
    layer = LAYERS[tag](params)
    view = LayerDrawing()
    qtbot.addWidget(view)
    view.resize(280, 200)
    view.show_drawing(layer.drawing(shape, *[None] * (len(layer.inputs()) - 1)))  # type: ignore[arg-type]
    assert words in view.words()
    before = view.grab().toImage()
    assert len({before.pixel(x, y) for x in range(0, 280, 3) for y in range(0, 140, 3)}) > 2
    QTest.keyClick(view, Qt.Key.Key_Right)
    if steps(view.drawing) != (1, 1):
        assert words not in view.words()
        assert view.grab().toImage() != before


def test_the_field_is_drawn_on_the_sample_once_it_is_read_and_follows_the_choice(qapp: QApplication) -> None:
    class Probes(QObject):
        data_changed, sample_changed = Signal(), Signal(int)
        sample, data, own = 0, None, None

        def place(self, sample: int) -> int | None:
            return sample if self.data is not None else None

    studio = Studio(Document(load(resource("templates", "lenet5.vnet"))), DARK)
    probes = Probes()
    studio.runner = SimpleNamespace(probes=probes)
    view = DrawingsSection(studio)
    view.show_facts(studio.analysis.main[studio.graph.named("conv2").id])
    assert view.field.sample is None
    images = np.zeros((2, 1, 28, 28), np.float32)
    images[1, 0, 14, 14] = 1
    data = load_data(studio.project.data)
    probes.data = data._replace(fields={"image": Spec((1, 28, 28))}, samples=ArraySamples({"image": images}))  # type: ignore[assignment]
    probes.data_changed.emit()
    first = view.field.sample
    assert first is not None and (first.width(), first.height()) == (28, 28)
    probes.sample = 1
    probes.sample_changed.emit(1)
    assert view.field.sample != first
    view.deleteLater()


@pytest.mark.parametrize("size", [100, 150])
@pytest.mark.parametrize("width", [240, 300])
def test_what_a_corner_sees_is_said_in_whole(
    width: int, size: int, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_factor", size / 100)
    drawing = FieldDrawing()
    qtbot.addWidget(drawing)
    drawing.resize(width, 100)
    drawing.show()
    studio = Studio(Document(load(resource("templates", "resnet-small.vnet"))), DARK)
    field = receptive(studio.analysis, (studio.graph.named("stage1").id,))[0]
    drawing.show_field(field)
    drawing.resize(width, drawing.height())
    drawing._choose([n - 1 for n in field.places])
    assert "the rest is padding" in drawing.words()
    wanted = QFontMetrics(fonts.sans(fonts.px(11))).boundingRect(
        QRect(0, 0, width, 999), Qt.TextFlag.TextWordWrap, drawing.words()
    )
    assert drawing._box().bottom() + 6 + wanted.height() <= drawing.height()


def test_what_is_not_known_exactly_is_not_claimed(qapp: QApplication) -> None:
    project = drawn("i:input c:conv2d u:conv_transpose2d o:output i>c c>u u>o")
    studio = Studio(Document(project), DARK)
    view = DrawingsSection(studio)
    view.show_facts(studio.analysis.main["n3"])
    assert "may see all of" in view.field.words()
    view.show_facts(studio.analysis.main["n2"])
    assert "sees 3×3 cells" in view.field.words()
    view.deleteLater()
