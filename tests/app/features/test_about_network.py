"""About this network: the note of its template, steps that are edits, and the way between published and small."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.features.about_network.panel import OPEN_PUBLISHED, AboutPanel
from visualnet.app.shell.project_files import templates
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import Project
from visualnet.core.storage.project_file import load
from visualnet.templates.small_versions import OPEN_SMALL, small_version, template_of

STEP = QUrl("set:conv1.stride=2")


@pytest.fixture
def panel(qtbot: QtBot) -> AboutPanel:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, DARK)
    made = AboutPanel(Studio(Document(load(templates()["alexnet"])), DARK))
    qtbot.addWidget(made)
    made.show()
    return made


def open_template(panel: AboutPanel, name: str) -> None:
    panel.studio.open(Document(load(templates()[name])))
    do_waiting_refreshes()


def test_the_note_of_the_open_network_is_shown(panel: AboutPanel) -> None:
    assert "Krizhevsky" in panel.page.toPlainText()
    open_template(panel, "vae")
    assert "Krizhevsky" not in panel.page.toPlainText()
    assert "divergence" in panel.page.toPlainText()
    assert not panel.other.isVisible()  # it trains as it is


def test_a_click_on_a_step_is_an_edit_that_can_be_taken_back(panel: AboutPanel) -> None:
    studio = panel.studio
    said: list[str] = []
    studio.message.connect(lambda severity, words: said.append(words))
    before = studio.project
    panel.page.anchorClicked.emit(STEP)
    assert studio.project.graph.named("conv1").params["stride"] == 2
    assert "Ctrl+Z" in said[-1]
    panel.page.anchorClicked.emit(STEP)
    assert said[-1] == "It is so already."
    studio.document.undo()
    assert studio.project == before


def test_a_step_that_fits_no_more_says_so(panel: AboutPanel) -> None:
    studio = panel.studio
    said: list[str] = []
    studio.message.connect(lambda severity, words: said.append(words))
    studio.do("Remove", lambda p: edits.remove(p, "", [p.graph.named("conv1").id]))
    panel.page.anchorClicked.emit(STEP)
    assert said == ["This step fits no more: there is no “conv1” any more."]


def test_only_the_notes_own_steps_are_carried_out(panel: AboutPanel) -> None:
    before = panel.studio.project
    for address in ("set:conv2.stride=2", "file:///etc/passwd", "https://example.org"):
        panel.page.anchorClicked.emit(QUrl(address))
    assert panel.studio.project is before


def test_from_the_published_to_the_small_network_and_back(panel: AboutPanel, qtbot: QtBot) -> None:
    asked: list[str] = []
    panel.studio.template_requested.connect(asked.append)
    assert panel.other.text() == OPEN_SMALL
    qtbot.mouseClick(panel.other, Qt.MouseButton.LeftButton)
    open_template(panel, "alexnet-small")
    assert panel.other.text() == OPEN_PUBLISHED
    qtbot.mouseClick(panel.other, Qt.MouseButton.LeftButton)
    assert asked == ["alexnet-small", "alexnet"]
    assert "Krizhevsky" in panel.page.toPlainText()


def test_ones_own_network_shows_ones_own_note_as_plain_text(panel: AboutPanel) -> None:
    own = Project(name="Mine", note="<b>bold</b> [click](set:conv1.stride=2)")
    panel.studio.open(Document(own))
    do_waiting_refreshes()
    assert panel.page.toPlainText() == f"Mine\n\n{own.note}"
    assert not panel.other.isVisible() and not panel.hint.isVisible()


def test_a_template_is_known_by_its_name_or_its_note() -> None:
    project = load(templates()["alexnet"])
    for changed in (edits.set_name(project, "mine"), edits.set_note(project, "mine")):
        found = template_of(changed)
        assert found is not None and found.name == "alexnet"
    assert template_of(Project(name="mine")) is None


def test_a_small_version_is_offered_only_where_data_is_missing() -> None:
    found = small_version(load(templates()["bert-base"]))
    assert found is not None and found.name == "bert-base-small"
    for name in ("lenet5", "bert-base-small"):
        assert small_version(load(templates()[name])) is None
    with_data = edits.set_data(load(templates()["alexnet"]), name="mnist5k")
    assert small_version(with_data) is None
