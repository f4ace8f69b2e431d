"""The panel that prints the network as Python."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import lenet
from tests.waiting import until
from visualnet.app.features.code.panel import CodePanel
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import Document


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
