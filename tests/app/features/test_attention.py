"""Attention of any layer that tells it, inside blocks too, each repetition by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, template
from visualnet.app.features.attention.panel import AttentionPanel
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.core.document import Document


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(template("vit-small", epochs=1))
    made.runner.prepare()
    yield made
    made.runner.close()


def test_every_repetition_can_be_asked_before_it_is_trained(rig: Rig, qtbot: QtBot) -> None:
    import torch  # noqa: F401  # what the window does in the background

    panel = AttentionPanel(rig.studio)
    qtbot.addWidget(panel)
    panel.resize(520, 400)
    panel.show()
    assert panel.layer.count() == 3
    seen = []
    for index in range(3):
        panel.layer.setCurrentIndex(index)
        panel.layer.activated.emit(index)
        rig.until(qtbot, lambda: rig.runner.probes.observed.last(panel.request) is not None)
        rig.until(qtbot, lambda: panel.stack.currentWidget() is panel.view)
        _, result = rig.runner.probes.observed.last(panel.request)
        seen.append(result.arrays["weights"])
    assert all(weights.shape == (4, 49, 49) for weights in seen)
    assert abs(seen[0].sum(-1) - 1).max() < 1e-4
    assert not (seen[0] == seen[1]).all()
    assert "patch" in panel.view.words()


def test_a_network_without_attention_says_so(rig: Rig, qtbot: QtBot) -> None:
    panel = AttentionPanel(rig.studio)
    qtbot.addWidget(panel)
    rig.studio.open(Document(template("lenet5")))
    do_waiting_refreshes()
    assert panel.layer.count() == 0
    assert "no attention layer" in panel.empty.sentence.text()
