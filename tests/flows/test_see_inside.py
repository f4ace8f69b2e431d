"""Look inside a network: pictures are chosen, follow the selection, are pinned, set, read and saved; what is chosen is remembered."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.features.see_inside.feature import OBSERVATIONS
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.features.see_inside.panel import SeeInsidePanel
from visualnet.app.features.see_inside.saving import save_arrays
from visualnet.app.shell.window import Window
from visualnet.training.observations.observation import find_observations


def open_panel(window: Window, hands: Hands) -> SeeInsidePanel:
    """The panel, alone in the window's lower part."""
    import torch  # noqa: F401  # what the window does in the background

    panel: SeeInsidePanel = window.show_panel("see_inside")
    hands.rest(0.05)
    return panel


def press(button: QAbstractButton) -> None:
    """Click a button with the mouse."""
    QTest.mouseClick(button, LEFT, NONE, button.rect().center())


def is_drawn(view: ObservationView) -> bool:
    """Whether it shows a picture, not words."""
    return view.stack.currentWidget() is view.widget


def entries(menu: QMenu) -> dict[str, QMenu]:
    """The families that are offered."""
    menu.aboutToShow.emit()
    return {action.text(): action.menu() for action in menu.actions()}  # type: ignore[misc]


def test_pictures_are_added_follow_what_is_selected_and_stay_where_they_are_pinned(
    window: Window, lenet: Hands
) -> None:
    panel = open_panel(window, lenet)
    assert panel.stack.currentIndex() == 0
    assert panel.start.isVisible()
    families = entries(panel._menu)
    flow = families["Flow"]
    next(action for action in flow.actions() if action.text() == "Values").trigger()
    (view,) = panel.views
    lenet.until(lambda: is_drawn(view), what="the first picture")
    lenet.click("conv2")
    lenet.until(lambda: view.where.currentText().startswith("conv2"), what="the selected layer")
    lenet.until(lambda: is_drawn(view) and "16 pictures of 10×10" in view.widget.accessibleDescription(), what="conv2")
    press(view.pin)
    lenet.click("conv1")
    lenet.rest()
    assert view.where.currentText().startswith("conv2")
    press(view.pin)
    assert view.where.currentText().startswith("conv1")
    lenet.until(lambda: "6 pictures of 28×28" in view.widget.accessibleDescription(), what="conv1")


@pytest.mark.wide
def test_a_picture_says_how_it_is_read_and_has_settings(window: Window, lenet: Hands) -> None:
    panel = open_panel(window, lenet)
    view = panel.add("values")
    lenet.click("conv1")
    lenet.until(lambda: is_drawn(view), what="the picture")
    assert not view.reading.isVisible()
    press(view.help)
    assert view.reading.isVisible()
    assert view.reading.text() == find_observations()["values"].reading
    press(view.settings_button)
    assert view.form is not None
    assert view.form.isVisible()
    view.form.point_at("most")
    row = view.form.rows["most"]
    field = row.focusProxy() or row
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    lenet.until(lambda: "2 pictures" in view.widget.accessibleDescription(), what="two tiles")
    assert window.settings[OBSERVATIONS] == [{"name": "values", "options": {"most": 2}}]


@pytest.mark.wide
def test_several_stand_side_by_side_one_is_enlarged_and_removed(window: Window, lenet: Hands) -> None:
    panel = open_panel(window, lenet)
    press(panel.start)
    assert len(panel.views) >= 2
    first, second = panel.views[:2]
    added = panel.add("weight_matrix")
    lenet.until(lambda: not added.title.visibleRegion().isEmpty(), what="the new picture scrolled into view")
    panel.remove(added)
    press(first.enlarge)
    lenet.rest()
    assert first.isVisible()
    assert not second.isVisible()
    press(first.enlarge)
    lenet.rest()
    assert second.isVisible()
    press(first.close_button)
    lenet.rest()
    assert first not in panel.views
    kept = [one["name"] for one in window.settings[OBSERVATIONS]]
    assert kept == [view.kind.name for view in panel.views]
    panel.views[0].keep(panel.views[0].kind.subjects(window.studio.analysis)[-1])
    again = SeeInsidePanel(window.studio)
    assert [view.kind.name for view in again.views] == kept
    assert again.views[0].pinned == panel.views[0].pinned is not None
    assert again.views[1].pinned is None
    again.deleteLater()


@pytest.mark.wide
def test_what_takes_long_is_computed_on_a_press_and_time_can_be_turned_back(
    window: Window, lenet: Hands, tmp_path: Path
) -> None:
    panel = open_panel(window, lenet)
    view, values = panel.add("occlusion"), panel.add("values")
    lenet.until(lambda: view.go.isVisible(), what="Compute")
    lenet.until(lambda: "Press Compute" in view.empty.sentence.text(), what="words")
    press(view.go)
    lenet.until(lambda: is_drawn(view), what="the picture that takes long")
    assert view.again.isVisible()
    lenet.click("conv1")
    window.runner.start()
    lenet.until(lambda: values.time.isVisible() and values.time.maximum() >= 3, what="several looks")
    window.runner.stop()
    lenet.until(lambda: not window.runner.busy, what="the end")
    lenet.rest(0.2)
    newest, count = values.when.text(), len(values.shown_history())
    assert count >= 3, "the looks of the run are kept when it ends"
    values.time.setFocus()
    QTest.keyClick(values.time, Qt.Key.Key_Home)
    lenet.rest()
    assert values.when.text() != newest
    assert len(values.shown_history()) == 1
    QTest.keyClick(values.time, Qt.Key.Key_End)
    save_arrays(values.shown_history(), tmp_path / "kept.npz")
    with np.load(tmp_path / "kept.npz") as kept:
        assert kept["values"].shape[1:] == (6, 28, 28)
        assert len(kept["step"]) == len(kept["values"]) >= 3


@pytest.mark.wide
def test_what_a_network_has_not_is_told_in_words(window: Window, hands: Hands) -> None:
    window.project_files.open_template("perceptron-points")
    panel = open_panel(window, hands)
    view = panel.add("grad_cam")
    hands.rest(0.1)
    assert not is_drawn(view)
    assert view.empty.sentence.text() == find_observations()["grad_cam"].why_none
    explain = entries(panel._menu)["Explain"]
    entry = next(action for action in explain.actions() if action.text() == view.kind.title)
    assert not entry.isEnabled()
    assert entry.toolTip() == view.kind.why_none


@pytest.mark.wide
def test_a_picture_that_was_removed_is_gone_and_selecting_goes_on(window: Window, lenet: Hands) -> None:
    panel = open_panel(window, lenet)
    for _ in range(3):
        panel.add("values")
    gone = [weakref.ref(view) for view in panel.views]
    for view in list(panel.views):
        panel.remove(view)
    del view
    lenet.rest(0.1)
    gc.collect()
    lenet.click("conv1")
    lenet.click("conv2")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [ref() for ref in gone] == [None] * 3
    lenet.click("conv1")
