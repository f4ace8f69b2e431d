"""What belongs to the window itself: the keyboard, the docks, files from outside, the code, faults."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.shell.project_files import templates
from visualnet.app.shell.window import Window
from visualnet.cli.main import _is_document
from visualnet.core.storage import project_file


@pytest.mark.wide
def test_an_opened_project_has_the_focus_on_its_canvas(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    assert hands.studio.project.name == "LeNet-5"
    assert window.focusWidget() is window.canvas.view
    assert _is_document(["lenet5"]) and not _is_document(["no-such-template"])


def test_on_the_start_page_nothing_pretends_to_work_on_a_network(window: Window, hands: Hands) -> None:
    for action in ("edit.copy", "view.palette", "graph.tidy", "file.save", "view.code", "view.reset"):
        assert not window.actions_[action].isEnabled(), action
    window.actions_.trigger("file.empty")
    assert not window.covered
    hands.until(window.actions_["graph.tidy"].isEnabled, what="what works on a network")


def test_a_file_dropped_on_the_window_opens(window: Window, hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "mine.vnet"
    path.write_bytes(templates()["lenet5"].read_bytes())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, place = Qt.DropAction.CopyAction, QPoint(5, 5)
    for event in (
        QDragEnterEvent(place, copy, mime, LEFT, NONE),
        QDropEvent(QPointF(place), copy, mime, LEFT, NONE),
    ):
        QApplication.sendEvent(window, event)
    hands.until(lambda: hands.studio.document.path == path, what="the dropped file")
    assert window.topbar.state.full_text == "mine.vnet · saved"
    hands.set_param("fc1", "out_features", "100")
    assert window.topbar.state.full_text == "mine.vnet · edited"


@pytest.mark.wide
def test_a_file_without_a_layout_opens_laid_out(window: Window, hands: Hands, tmp_path: Path) -> None:
    """As other programs write it: no card may hide another, on no sheet; and the person can take it back."""
    project = project_file.load(templates()["resnet-small"])
    for name in ("", *project.blocks):
        project = project.with_sheet(name, msgspec.structs.replace(project.sheet(name), places={}))
    project_file.save(tmp_path / "bare.vnet", project)
    window.project_files.open(tmp_path / "bare.vnet")
    hands.rest(0.3)
    for sheet in ("", next(iter(project.blocks))):
        hands.studio.open_sheet(sheet, ())
        hands.rest(0.3)
        boxes = [c.rect for c in window.canvas.view.canvas.cards.values()]
        assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i]), sheet
    assert hands.studio.document.undo_label == "Tidy"


@pytest.mark.wide
def test_the_code_follows_the_edits(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    window.actions_.trigger("view.code")
    code = window.panel("code")
    hands.until(lambda: "nn.Linear(400, 120)" in code.text.toPlainText(), what="the code")
    hands.set_param("fc1", "out_features", "99")
    window.spaces.reveal("code")  # the inspector lies over it
    hands.until(lambda: "nn.Linear(400, 99)" in code.text.toPlainText(), what="the new code")
    code.copy.click()
    assert QApplication.clipboard().text() == code.text.toPlainText()


@pytest.mark.wide
def test_ctrl_z_in_a_field_takes_a_spun_number_back(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    before = hands.studio.project
    hands.click("conv1")
    field = window.panel("inspector").node_page.form.rows["out_channels"].field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert hands.node("conv1").params["out_channels"] == 7
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert hands.studio.project is before


@pytest.mark.wide
def test_a_wrong_number_says_why_under_its_field(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    hands.click("conv1")
    form = window.panel("inspector").node_page.form
    field = form.rows["stride"].field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0")
    assert form.words["stride"].isVisible() and form.words["stride"].text()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not form.words["stride"].isVisible()


@pytest.mark.wide
def test_a_flood_of_faults_is_told_once(window: Window) -> None:
    for number in range(50):
        window.runner.faulted.emit(f"ValueError: {number}", f"trace {number}")
    assert "ValueError: 0" in window.banner.text
    window._faults._copy_traces()
    assert "trace 49" in QApplication.clipboard().text()


@pytest.mark.wide
def test_a_lesson_opens_its_template_and_shows_its_first_step(window: Window, hands: Hands) -> None:
    window.pages["start_page"].lessons[0].chosen.emit()
    hands.rest(0.1)
    assert not window.covered
    assert window.canvas.strips["lessons"].isVisible()
    window.canvas.strips["lessons"].leave()
    assert not window.canvas.strips["lessons"].isVisible()
