"""Further windows onto one project: each has its sheet, its camera and its selection; what is done concerns the one worked in last."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.shell.extra_windows import ViewWindow
from visualnet.app.shell.window import Window
from visualnet.app.theme.tokens import LIGHT


@pytest.fixture
def other(window: Window, hands: Hands) -> ViewWindow:
    """A second window onto LeNet-5, opened by its keys."""
    window.begin("lenet5")
    hands.rest(0.1)
    window.canvas.view.setFocus()
    hands.keys("Ctrl+Alt+N")
    hands.rest(0.1)
    (made,) = window.views.all
    return made


def click(other: ViewWindow, hands: Hands, name: str) -> None:
    card = other.view.canvas.cards[other.studio.graph.named(name).id]
    at = other.view.mapFromScene(card.x + card.width / 2, card.y + 16)
    QTest.mouseClick(other.view.viewport(), LEFT, NONE, at)
    hands.rest(0.02)


def test_each_view_has_its_own_selection_and_the_inspector_follows_the_one_worked_in(
    window: Window, hands: Hands, other: ViewWindow
) -> None:
    hands.click("fc1")
    page = window.panel("inspector").node_page
    assert page.name.text() == "fc1"
    click(other, hands, "conv1")
    assert window.studio.selection == (hands.node("fc1").id,)
    assert other.studio.selection == (hands.node("conv1").id,)
    assert page.name.text() == "conv1"
    page.form.point_at("out_channels")
    field = page.form.rows["out_channels"].findChild(QLineEdit)
    hands.type_into(field, "11")
    assert hands.node("conv1").params["out_channels"] == 11
    assert page.name.text() == "conv1", "working in the inspector does not turn away from it"
    facts = other.view.canvas.cards[hands.node("conv1").id].content
    assert "11" in facts.line
    hands.click("fc2")
    assert page.name.text() == "fc2" and other.studio.selection == (hands.node("conv1").id,)


@pytest.mark.wide
def test_keys_work_in_the_view_that_has_them(window: Window, hands: Hands, other: ViewWindow) -> None:
    hands.click("fc1")
    click(other, hands, "relu1")
    before = len(window.studio.graph.nodes)
    QTest.keySequence(other, "Del")
    hands.rest(0.02)
    assert len(window.studio.graph.nodes) == before - 1
    assert "fc1" in [n.name for n in window.studio.graph] and "relu1" not in [n.name for n in window.studio.graph]
    assert set(other.view.canvas.cards) == set(window.canvas.view.canvas.cards)
    QTest.keySequence(other, "Ctrl+Z")
    assert len(window.studio.graph.nodes) == before
    QTest.keySequence(other, "Ctrl+A")
    assert len(other.studio.selection) == before and window.studio.selection == (hands.node("fc1").id,)


@pytest.mark.wide
def test_what_was_edited_is_selected_where_it_was_although_another_view_comes_to_the_front(
    window: Window, hands: Hands, other: ViewWindow
) -> None:
    """A field over the other view closes when the drawing changes, and gives the keyboard to it (seed 13 of the random gestures)."""
    hands.click("conv1")
    hands.keys("Ctrl+G")
    window.studio.open_sheet(hands.node("block").block)
    click(other, hands, "fc1")
    other.studio.document.changed.connect(lambda _before, _after: window.views._activate(window.canvas))
    QTest.keySequence(other, "Ctrl+G")
    hands.rest(0.02)
    (chosen,) = other.studio.selection
    assert other.studio.graph.nodes[chosen].block


@pytest.mark.wide
def test_each_view_has_its_own_sheet_and_camera(window: Window, hands: Hands, other: ViewWindow) -> None:
    hands.view.skip()
    hands.view.look(Pose(100.0, 50.0, 1.5))
    for name in ("conv1", "relu1"):
        card = other.view.canvas.cards[hands.node(name).id]
        at = other.view.mapFromScene(card.x + card.width / 2, card.y + 16)
        modifier = Qt.KeyboardModifier.ShiftModifier if name == "relu1" else NONE
        QTest.mouseClick(other.view.viewport(), LEFT, modifier, at)
    QTest.keySequence(other, "Ctrl+G")
    hands.rest(0.02)
    QTest.keySequence(other, "Ctrl+Return")
    hands.rest(0.3)
    assert other.studio.sheet and window.studio.sheet == ""
    assert other.tabs.count() == 2 and window.canvas.tabs.opened == [("", ())]
    assert {n.name for n in other.studio.graph} >= {"conv1", "relu1"}
    pose = hands.view.pose()
    assert (round(pose.x), pose.zoom) == (100, 1.5) and abs(pose.y - 50) < 20, "only the strip of sheets took room"
    assert other.view.canvas.sheet == other.studio.sheet and window.canvas.view.canvas.sheet == ""
    click(other, hands, "conv1")
    assert window.panel("inspector").node_page.name.text() == "conv1"
    other.tabs.setCurrentIndex(0)
    assert other.studio.sheet == ""


@pytest.mark.wide
def test_a_view_stays_with_its_project_when_another_tab_is_in_front(
    window: Window, hands: Hands, other: ViewWindow
) -> None:
    document = window.studio.document
    window.project_files.open_template("mlp-mnist")
    hands.rest(0.1)
    window.canvas.view.setFocus()
    assert other.studio.document is document and other.studio.graph.named("conv1")
    click(other, hands, "conv1")
    assert window.studio.document is document, "who works in a view works on its project"
    window.keeper.changed.emit(LIGHT)
    assert other.view.canvas.theme is LIGHT


@pytest.mark.wide
def test_the_sheet_of_a_view_may_go(window: Window, hands: Hands, other: ViewWindow) -> None:
    click(other, hands, "conv1")
    for keys in ("Ctrl+G", "Ctrl+Return"):
        QTest.keySequence(other, keys)
        hands.rest(0.1)
    assert other.studio.sheet and window.views.studio is other.studio
    QTest.keySequence(other, "Ctrl+Z")
    hands.rest(0.05)
    assert not window.studio.project.blocks and other.studio.sheet == ""


@pytest.mark.wide
@pytest.mark.usefixtures("program_freezes")
def test_closing_is_clean(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.1)
    window.actions_.trigger("view.second")
    click(window.views.all[0], hands, "conv1")
    window.collector._looking.stop()  # no pause comes before the end is looked at
    gc.collect()
    gc.freeze()
    refs = [weakref.ref(x) for x in (window.views.all[0].view, window.views.all[0].studio)]
    QTest.keySequence(window.views.all[0], "Ctrl+W")
    hands.rest(0.05)
    assert window.views.all == [] and window.views.studio is window.studio
    assert len(window.project_files.tabs) == 1 and not window.covered, "only the view was closed"
    hands.click("fc1")
    assert window.panel("inspector").node_page.name.text() == "fc1"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    # What was there when the collector took what stays out of sight, as it may at any pause, it finds when everything is collected.
    assert window.collector._left, "which is to be done at the next pause"
    window.collector.collect_all()
    assert not [r for r in refs if r() is not None], "what is closed goes"
    window.project_files.open_template("mlp-mnist")
    window.actions_.trigger("view.second")
    assert len(window.views.all) == 1
    window.project_files.close_tab()
    assert window.views.all == [], "with the project its views are closed"


@pytest.mark.wide
def test_closing_the_window_closes_its_views(window: Window, hands: Hands, other: ViewWindow) -> None:
    assert window.close()
    assert window.views.all == [] and not other.isVisible()


@pytest.mark.wide
def test_what_the_inspector_says_is_heard(window: Window, hands: Hands) -> None:
    """The inspector follows the view that is worked in; its own words and wishes reach the window all the same."""
    window.project_files.open_template("lenet5")
    window.panel("inspector").studio.message.emit("error", "this cannot be trusted")
    hands.until(lambda: "this cannot be trusted" in window.toast.text, what="the words")
