"""Feature maps follow the selection, live while it trains, and are never dead before or after."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, template
from visualnet.app.features.feature_maps.panel import MapsPanel
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.core import edits


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(template("lenet5", epochs=1, batch_size=256))
    made.runner.prepare()
    yield made
    made.runner.close()


@pytest.fixture
def panel(rig: Rig, qtbot: QtBot) -> MapsPanel:
    made = MapsPanel(rig.studio)
    qtbot.addWidget(made)
    made.resize(460, 400)
    made.show()
    return made


def shape(panel: MapsPanel) -> tuple[int, ...]:
    canvas = panel.view._canvas
    return () if panel.stack.currentWidget() is not panel.view or canvas._array is None else canvas._array.shape


@pytest.mark.wide
def test_maps_of_the_selected_node_before_during_and_after_a_run(rig: Rig, panel: MapsPanel, qtbot: QtBot) -> None:
    import torch  # noqa: F401  # what the window does in the background

    rig.until(qtbot, lambda: shape(panel) == (6, 28, 28))
    assert "not trained yet" in panel.view._title.text()
    rig.studio.select([rig.studio.graph.named("conv2").id])
    rig.until(qtbot, lambda: shape(panel) == (16, 10, 10))
    pictures: list[object] = []
    rig.studio.thumbnails_changed.connect(pictures.append)
    fresh = panel.view._canvas._array.copy()
    rig.train(qtbot)
    rig.until(qtbot, lambda: "step" in panel.view._title.text())
    assert not np.array_equal(panel.view._canvas._array, fresh)
    assert pictures and all(image.width() for image in pictures[0].values())
    rig.until(qtbot, lambda: rig.runner.probes.trained and rig.runner.probes.seen.step == rig.runner.model.step)


def test_a_pinned_node_stays(rig: Rig, panel: MapsPanel) -> None:
    rig.studio.select([rig.studio.graph.named("conv2").id])
    panel.pin.click()
    rig.studio.select([rig.studio.graph.named("fc1").id])
    assert panel.name.full_text.startswith("conv2")
    panel.pin.click()
    assert panel.name.full_text.startswith("fc1")


def test_a_hidden_panel_asks_for_nothing(rig: Rig, panel: MapsPanel) -> None:
    assert rig.runner.probes.current_request().ports
    panel.hide()
    assert not rig.runner.probes.current_request().ports


def test_what_has_no_output_says_so(rig: Rig, panel: MapsPanel) -> None:
    rig.studio.select([rig.studio.graph.named("digit").id])
    assert "Nothing leaves this node" in panel.empty.sentence.text()


def test_samples_of_the_data_set_before_are_not_shown(rig: Rig, panel: MapsPanel, qtbot: QtBot) -> None:
    """Between two data sets there are none: the fields of the one are not those of the other."""
    probes, chooser = rig.runner.probes, panel.findChild(SampleChooser)
    rig.until(qtbot, lambda: probes.samples > 0)
    assert chooser.gallery.isVisible()
    rig.studio.do("Choose the data", lambda p: edits.set_data(p, name="reversal", options={}))
    assert (probes.data, probes.samples) == (None, 0)
    assert not any(button.isEnabled() for button in chooser.buttons) and not chooser.gallery.isVisible()
    rig.until(qtbot, lambda: probes.samples > 0)
    assert "image" not in probes.data.fields
