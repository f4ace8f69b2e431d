"""The panel that prints the network as Python."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import lenet
from tests.waiting import until
from visualnet.app.features.code.listings import TRAINING
from visualnet.app.features.code.panel import CodePanel
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.cli.common import open_project
from visualnet.core.document import Document
from visualnet.core.user.settings import Settings


def test_a_panel_that_is_not_seen_keeps_nothing_of_a_document_that_was_in_front(qtbot: QtBot) -> None:
    studio = Studio(Document(lenet()), DARK)
    panel = CodePanel(studio)
    qtbot.addWidget(panel)
    panel.show()
    until(lambda: panel._shown is studio.project, "the code to be printed")
    panel.hide()
    studio.open(Document(lenet()))
    assert panel._shown is None, "its tab may be closed before anybody looks here again"
    panel.show()
    until(lambda: panel._shown is studio.project, "the code of the other document")


def test_the_choice_between_model_and_training_is_remembered_and_says_what_cannot_be_printed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "settings.json")
    studio = Studio(Document(open_project("perceptron-points")), DARK)
    studio.settings = settings
    panel = CodePanel(studio)
    qtbot.addWidget(panel)
    panel.show()
    panel.switch.part(1).click()  # while the model is still being printed
    assert not panel.copy.isEnabled() and panel.words.text() == "Printing …"
    until(lambda: "def train_epoch(" in panel.text.toPlainText(), "the training script")
    assert panel.words.text().startswith("train.py, ") and "NumPy" in panel.words.text() and panel.copy.isEnabled()
    other = CodePanel(studio)
    qtbot.addWidget(other)
    assert other.listing is TRAINING
    studio.open(Document(open_project("resnet-18")))  # its pictures do not come with the program
    until(lambda: "do not come with" in panel.words.text(), "why not")
    assert not panel.copy.isEnabled() and not panel.save.isEnabled()
    assert panel.text.toPlainText() == "", "what stands there is of the network before"
    panel.switch.part(0).click()
    until(lambda: panel.copy.isEnabled(), "the model, which needs no data")
    assert "def train_epoch(" not in panel.text.toPlainText()
