"""Several projects at once: tabs by mouse and keys, what each keeps for itself, a training behind, files that are open already."""

from __future__ import annotations

import gc
import json
import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from tests.flows.conftest import answer
from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.shell.closing_dialog import ClosingDialog
from visualnet.app.shell.project_files import templates
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.edits import set_recipe
from visualnet.core.process.autosave import Journal, orphans
from visualnet.core.project import MAIN
from visualnet.core.storage import project_file
from visualnet.core.user.settings import Settings


@pytest.fixture
def three(window: Window, hands: Hands, tmp_path: Path) -> list[Path]:
    """Three files, open in this order; the last is in front."""
    paths = []
    for name in ("lenet5", "mlp-mnist", "perceptron-points"):
        path = tmp_path / f"{name}.vnet"
        path.write_bytes(templates()[name].read_bytes())
        assert window.project_files.open(path)
        paths.append(path)
    hands.rest(0.05)
    return paths


def names(window: Window) -> list[str]:
    return [window.strip.tabText(at) for at in range(window.strip.count())]


def middle(window: Window, at: int) -> QPoint:
    return window.strip.tabRect(at).center() - QPoint(12, 0)


def click_tab(window: Window, hands: Hands, at: int, button: Any = LEFT) -> None:
    QTest.mouseClick(window.strip, button, NONE, middle(window, at))
    hands.rest(0.02)


# --- tabs -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_the_first_project_takes_the_start_page_s_tab_and_the_next_gets_its_own(window: Window, hands: Hands) -> None:
    assert not window.strip.isVisible()
    window.begin("lenet5")
    assert len(window.project_files.tabs) == 1 and not window.strip.isVisible()
    hands.keys("Ctrl+Shift+N")
    assert names(window) == ["LeNet-5", "untitled"] and window.strip.isVisible()
    window.begin("mlp-mnist")
    assert len(window.project_files.tabs) == 2, "the untouched empty project gave way"
    hands.keys("Ctrl+T")
    assert window.covered and names(window)[-1] == "Start"
    hands.keys("Ctrl+N")
    assert len(window.project_files.tabs) == 3, "one start page is enough"
    window.pages["start_page"].cards[0].chosen.emit()
    assert not window.covered and len(window.project_files.tabs) == 3


def test_tabs_by_mouse_and_by_keys(window: Window, hands: Hands, three: list[Path]) -> None:
    assert names(window) == ["lenet5", "mlp-mnist", "perceptron-points"]
    click_tab(window, hands, 0)
    assert hands.studio.document.path == three[0]
    assert window.focusWidget() is window.canvas.view
    hands.keys("Ctrl+Tab")
    assert hands.studio.document.path == three[1]
    hands.keys("Ctrl+Shift+Tab")
    hands.keys("Ctrl+Shift+Tab")
    assert hands.studio.document.path == three[2], "round and round"
    hands.keys("Ctrl+W")
    assert names(window) == ["lenet5", "mlp-mnist"] and hands.studio.document.path == three[1]
    click_tab(window, hands, 0, Qt.MouseButton.MiddleButton)
    assert len(window.project_files.tabs) == 1 and hands.studio.document.path == three[1]
    hands.keys("Ctrl+W")
    assert window.covered and not window.actions_["file.close"].isEnabled()


@pytest.mark.wide
def test_the_close_button_closes_its_own_tab(window: Window, hands: Hands, three: list[Path]) -> None:
    side = window.strip.ButtonPosition.RightSide
    button = window.strip.tabButton(0, side) or window.strip.tabButton(0, window.strip.ButtonPosition.LeftSide)
    QTest.mouseClick(button, LEFT)
    hands.rest(0.02)
    assert names(window) == ["mlp-mnist", "perceptron-points"] and hands.studio.document.path == three[2]


@pytest.mark.wide
def test_tabs_are_put_in_another_order_by_dragging(window: Window, hands: Hands, three: list[Path]) -> None:
    strip, start = window.strip, middle(window, 0)
    end = middle(window, 2) + QPoint(20, 0)
    QTest.mousePress(strip, LEFT, NONE, start)
    for step in range(1, 21):
        QTest.mouseMove(strip, start + (end - start) * (step / 20))
        QApplication.processEvents()
    QTest.mouseRelease(strip, LEFT, NONE, end)
    hands.rest(0.3)
    assert names(window) == ["mlp-mnist", "perceptron-points", "lenet5"]
    assert [t.path for t in window.project_files.tabs] == [three[1], three[2], three[0]]
    assert hands.studio.document.path == three[0], "the dragged one is in front"
    click_tab(window, hands, 0)
    assert hands.studio.document.path == three[1]


@pytest.mark.wide
def test_the_menu_of_a_tab(window: Window, hands: Hands, three: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda self, _at: menus.append(self))
    at = middle(window, 0)
    QApplication.sendEvent(
        window.strip, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.strip.mapToGlobal(at))
    )
    (menu,) = menus
    by_name = {a.text(): a for a in menu.actions()}
    assert list(by_name) == ["Close tab", "Close other tabs", "", "Copy path", "Show in folder"]
    by_name["Copy path"].trigger()
    assert QApplication.clipboard().text() == str(three[0])
    by_name["Close other tabs"].trigger()
    menu.deleteLater()
    hands.rest(0.02)
    assert [t.path for t in window.project_files.tabs] == [three[0]] and hands.studio.document.path == three[0]


@pytest.mark.wide
def test_an_open_file_is_gone_to_and_files_of_one_name_tell_their_folder(
    window: Window, hands: Hands, three: list[Path], tmp_path: Path
) -> None:
    assert window.project_files.open(three[0]) and window.project_files.open(tmp_path / "." / "mlp-mnist.vnet")
    assert len(window.project_files.tabs) == 3 and hands.studio.document.path == three[1]
    other = tmp_path / "elsewhere" / "lenet5.vnet"
    other.parent.mkdir()
    other.write_bytes(three[0].read_bytes())
    assert window.project_files.open(other)
    assert sorted(n for n in names(window) if n.startswith("lenet5")) == [
        "lenet5 · elsewhere",
        f"lenet5 · {tmp_path.name}",
    ]


@pytest.mark.wide
def test_networks_of_one_name_are_told_apart_by_a_number(window: Window, hands: Hands) -> None:
    for _ in range(3):
        window.show_page("start_page")
        hands.rest(0.02)
        card = next(card for card in window.pages["start_page"].cards if card.name == "lenet5")
        QTest.mouseClick(card, LEFT)
        hands.rest(0.05)
    shown = ["LeNet-5", "LeNet-5 (2)", "LeNet-5 (3)"]
    assert sorted(n for n in names(window) if n != "Start") == shown
    front = window.project_files.tabs.name(window.project_files.tabs.front)
    assert sorted(name for name, _ in window.other_projects()) == [n for n in shown if n != front]
    window.show_panel("differences")
    hands.rest(0.05)
    window.strip.moveTab(0, 2)
    assert window.project_files.tabs.name(window.project_files.tabs.front) == front, "a drag renames nothing"


# --- what each keeps for itself ---------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_each_tab_keeps_its_history_selection_and_camera(window: Window, hands: Hands, three: list[Path]) -> None:
    click_tab(window, hands, 0)
    hands.set_param("conv1", "out_channels", "8")
    assert names(window)[0] == "lenet5 •"
    hands.view.look(Pose(300.0, 120.0, 1.25))
    click_tab(window, hands, 1)
    assert window.studio.selection == () and not window.actions_["edit.undo"].isEnabled()
    hands.set_param("fc1", "out_features", "100")
    click_tab(window, hands, 0)
    pose = hands.view.pose()
    assert (round(pose.x), round(pose.y), pose.zoom) == (300, 120, 1.25)
    assert window.studio.selection == (hands.node("conv1").id,)
    assert window.canvas.view.canvas.marks.selected == {hands.node("conv1").id}
    hands.keys("Ctrl+Z")
    assert "conv1" in hands.studio.graph.nodes[hands.node("conv1").id].name
    assert names(window) == ["lenet5", "mlp-mnist •", "perceptron-points"]
    hands.keys("Ctrl+Tab")
    assert hands.node("fc1").params["out_features"] == 100
    hands.keys("Ctrl+S")
    assert names(window)[1] == "mlp-mnist"


@pytest.mark.wide
def test_each_tab_keeps_its_sheet(window: Window, hands: Hands, three: list[Path]) -> None:
    click_tab(window, hands, 0)
    hands.keys("Ctrl+A")
    window.studio.select([hands.node("conv1").id, hands.node("relu1").id] if "relu1" in _names(hands) else _two(hands))
    window.canvas.view.setFocus()
    hands.keys("Ctrl+G")
    hands.keys("Ctrl+Return")
    sheet, path = window.studio.sheet, window.studio.path
    assert sheet and path
    hands.keys("Ctrl+Tab")
    assert window.studio.sheet == "" and window.canvas.tabs.opened == [("", ())]
    hands.keys("Ctrl+Shift+Tab")
    assert (window.studio.sheet, window.studio.path) == (sheet, path)
    assert window.canvas.tabs.opened == [("", ()), (sheet, path)]
    assert window.canvas.view.canvas.sheet == sheet


def _names(hands: Hands) -> list[str]:
    return [n.name for n in hands.studio.graph]


def _two(hands: Hands) -> list[str]:
    return [n.id for n in hands.studio.graph][1:3]


@pytest.mark.wide
def test_nodes_are_copied_from_tab_to_tab(window: Window, hands: Hands, three: list[Path]) -> None:
    click_tab(window, hands, 0)
    hands.set_param("conv1", "out_channels", "9")
    hands.click("conv1")
    window.canvas.view.setFocus()
    hands.keys("Ctrl+C")
    hands.keys("Ctrl+Shift+Tab")
    window.canvas.view.setFocus()
    count = len(window.studio.graph.nodes)
    hands.keys("Ctrl+V")
    assert len(window.studio.graph.nodes) == count + 1
    (new,) = window.studio.selection
    assert window.studio.graph.nodes[new].params["out_channels"] == 9
    hands.keys("Ctrl+Z")
    assert len(window.studio.graph.nodes) == count


# --- a training behind -------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_a_training_goes_on_in_a_tab_behind(
    window: Window, hands: Hands, three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    hands.keys("F5")
    hands.until(lambda: window.runner.state == "running", what="running")
    model = window.runner.model
    click_tab(window, hands, 1)
    assert not window.strip.tabIcon(2).isNull() and "training" in window.strip.tabToolTip(2)
    assert window.actions_["train.start"].isEnabled() and not window.actions_["train.stop"].isEnabled()
    step = model.step
    hands.until(lambda: model.step > step, what="the run goes on")
    hands.keys("F5")
    assert "perceptron-points" in window.banner.text and "another tab" in window.banner.text
    hands.press(window.banner, "Go there")
    assert hands.studio.document.path == three[2] and window.runner.model is model
    hands.keys("F6")
    hands.until(lambda: window.runner.state == "paused", what="paused")
    click_tab(window, hands, 0)
    assert "paused" in window.strip.tabToolTip(2)
    asked: list[str] = []

    def ask(box: QMessageBox) -> Any:
        asked.append(box.text())
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", ask)
    click_tab(window, hands, 2, Qt.MouseButton.MiddleButton)
    assert len(window.project_files.tabs) == 3 and "training" in asked[0]
    click_tab(window, hands, 0)
    click_tab(window, hands, 1, Qt.MouseButton.MiddleButton)
    assert len(window.project_files.tabs) == 2 and len(asked) == 1, "a tab that does not train is closed without a word"
    monkeypatch.setattr(QMessageBox, "exec", answer)
    click_tab(window, hands, 1, Qt.MouseButton.MiddleButton)
    assert len(window.project_files.tabs) == 1 and window.runner.elsewhere is None


# --- leaving and coming back -------------------------------------------------------------------------------------------------------


def at_closing(window: Window, hands: Hands, work: Callable[[ClosingDialog], object], asked_only: bool = False) -> bool:
    """Close the window, and do something in the one dialog that comes; whether the window has closed."""
    seen: list[ClosingDialog] = []

    def find() -> None:
        dialogs = window.findChildren(ClosingDialog)
        if dialogs and dialogs[0].isVisible():
            seen.append(dialogs[0])
            work(dialogs[0])
        else:
            QTimer.singleShot(20, window, find)

    QTimer.singleShot(20, window, find)
    closed = window.project_files.may_quit() if asked_only else window.close()
    assert len(seen) == 1, "one dialog for everything"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert window.findChildren(ClosingDialog) == []
    return closed


@pytest.mark.wide
def test_closing_asks_once_for_all_that_is_not_saved_and_names_the_training(
    window: Window, hands: Hands, three: list[Path]
) -> None:
    for at, (node, param) in enumerate((("conv1", "out_channels"), ("fc1", "out_features"))):
        click_tab(window, hands, at)
        hands.set_param(node, param, "33")
    click_tab(window, hands, 2)
    window.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    hands.keys("F5")
    hands.until(lambda: window.runner.state == "running", what="running")
    told: list[str] = []

    def cancel(dialog: ClosingDialog) -> None:
        told.extend(dialog.list.item(at).text() for at in range(dialog.list.count()))
        assert dialog.close_button.text() == "Save 3 and close"
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert not at_closing(window, hands, cancel)
    assert window.isVisible() and window.runner.state == "running" and len(window.project_files.tabs) == 3
    assert [words.split("  ·  ")[0] for words in told] == ["lenet5", "mlp-mnist", "perceptron-points"]
    assert all("changes not saved" in words for words in told)
    assert "It is training" in told[2] and "weights are kept" in told[2] and "training" not in told[0]

    def save_the_second(dialog: ClosingDialog) -> None:
        for at in (0, 2):
            box = dialog.list.visualItemRect(dialog.list.item(at))
            QTest.mouseClick(dialog.list.viewport(), LEFT, NONE, QPoint(box.left() + 12, box.center().y()))
        assert dialog.close_button.text() == "Save 1 and close"
        QTest.mouseClick(dialog.close_button, LEFT)

    assert at_closing(window, hands, save_the_second)
    nodes = [project_file.load(path).graph for path in three]
    assert nodes[1].named("fc1").params["out_features"] == 33
    assert nodes[0].named("conv1").params["out_channels"] == 6 and nodes[2] is not None
    assert window.runner.state == "idle"


@pytest.mark.wide
def test_closing_with_everything_discarded_or_saved(window: Window, hands: Hands, three: list[Path]) -> None:
    for at, (node, param) in enumerate((("conv1", "out_channels"), ("fc1", "out_features"))):
        click_tab(window, hands, at)
        hands.set_param(node, param, "33")
    assert at_closing(window, hands, lambda dialog: QTest.mouseClick(dialog.discard_button, LEFT), asked_only=True)
    assert project_file.load(three[0]).graph.named("conv1").params["out_channels"] == 6
    assert at_closing(window, hands, lambda dialog: QTest.mouseClick(dialog.save_button, LEFT))
    assert project_file.load(three[0]).graph.named("conv1").params["out_channels"] == 33
    assert project_file.load(three[1]).graph.named("fc1").params["out_features"] == 33
    assert orphans() == []


@pytest.mark.wide
def test_a_template_that_was_only_trained_is_not_asked_about(window: Window, hands: Hands) -> None:
    window.begin("perceptron-points")
    hands.rest(0.1)
    hands.keys("F5")
    hands.until(lambda: window.runner.state == "idle" and window.runner.model is not None, what="trained")
    document = window.studio.document
    assert document.modified and not document.edited, "its run is known to it"
    assert window.project_files.may_quit() and window.project_files.may_leave()
    window.studio.do("Longer", lambda p: set_recipe(p, epochs=77))
    assert document.edited


@pytest.mark.wide
def test_open_files_are_remembered_and_reopened(window: Window, hands: Hands, three: list[Path]) -> None:
    again = Settings(window.settings.path)
    assert again.data["open_files"] == [str(p) for p in three]
    window.project_files.last = again.data["open_files"]
    window.project_files.close_others()
    hands.keys("Ctrl+W")
    three[1].unlink()
    assert window.covered and window.actions_["file.reopen_last"].isEnabled()
    hands.keys("Ctrl+Shift+T")
    assert [t.path for t in window.project_files.tabs] == [three[0], three[2]]
    assert not window.actions_["file.reopen_last"].isEnabled()


@pytest.mark.wide
def test_reopening_at_the_start_is_a_setting(window: Window, three: list[Path]) -> None:
    window.project_files.last = [str(three[0])]
    window.project_files.close_others()
    window.project_files.close_tab()
    window.begin()
    assert window.covered, "by default the start page offers it"
    window.actions_.trigger("file.reopen")
    assert Settings(window.settings.path).data["reopen"] is True
    window.begin()
    assert window.studio.document.path == three[0]


def test_after_a_crash_every_project_is_offered(window: Window, hands: Hands, tmp_path: Path) -> None:
    left = []
    for name in ("lenet5", "mlp-mnist", "unet"):
        document = Document(project_file.load(templates()[name]))
        document.do("Train longer", lambda p: set_recipe(p, epochs=77))
        journal = Journal(document)
        journal.flush()
        left.append(journal)
    for journal in left:  # what the system does when a process dies
        os.close(journal._lock)  # type: ignore[arg-type]
    window.begin()
    assert "2 more projects were open" in window.banner.text
    hands.keys("Ctrl+Shift+N")
    assert "2 more projects were open" in window.banner.text, "the offer outlives the tab that it came with"
    hands.press(window.banner, "Recover all 3")
    assert sorted(t.document.project.name for t in window.project_files.tabs) == sorted(
        project_file.load(templates()[n]).name for n in ("lenet5", "mlp-mnist", "unet")
    )
    assert all(t.document.modified and t.document.project.recipe.epochs == 77 for t in window.project_files.tabs)
    assert orphans() == [], "they belong to this window now"


@pytest.mark.wide
def test_after_a_crash_ctrl_z_takes_back_the_last_edit_before_it(window: Window, hands: Hands) -> None:
    document = Document(project_file.load(templates()["lenet5"]))
    conv2 = document.project.graph.named("conv2").id
    document.do("Delete conv2", lambda p: edits.remove(p, MAIN, [conv2]))
    journal = Journal(document)
    journal.flush()
    os.close(journal._lock)  # type: ignore[arg-type]
    window.begin()
    hands.press(window.banner, "Recover")
    assert conv2 not in window.studio.graph.nodes and window.actions_["edit.undo"].text() == "Undo Delete conv2"
    hands.keys("Ctrl+Z")
    assert window.studio.graph.nodes[conv2].name == "conv2"
    assert conv2 in window.canvas.view.canvas.cards
    hands.keys("Ctrl+Shift+Z")
    assert conv2 not in window.studio.graph.nodes


# --- the files behind --------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_a_file_behind_that_changes_on_disk_is_marked_and_told_when_it_comes_to_the_front(
    window: Window, hands: Hands, three: list[Path]
) -> None:
    project_file.save(three[0], project_file.load(templates()["unet"]))
    for _ in range(4):
        window.project_files.tick()
    assert "changed by another program" in window.strip.tabToolTip(0)
    assert not window.banner.isVisible()
    click_tab(window, hands, 0)
    assert "lenet5.vnet" in window.banner.text
    click_tab(window, hands, 1)
    assert not window.banner.isVisible()
    click_tab(window, hands, 0)
    hands.press(window.banner, "Read it again")
    assert len(window.project_files.tabs) == 3 and "U-Net" in window.studio.project.name
    assert "changed" not in window.strip.tabToolTip(0)


@pytest.mark.wide
def test_a_newer_file_is_readonly_in_its_own_tab_only(
    window: Window, hands: Hands, three: list[Path], tmp_path: Path
) -> None:
    raw = json.loads(three[0].read_text("utf-8"))
    newer = tmp_path / "newer.vnet"
    newer.write_text(json.dumps({**raw, "format": 999}), "utf-8")
    assert window.project_files.open(newer)
    assert "newer" in window.banner.text and "cannot be saved" in window.strip.tabToolTip(3)
    hands.keys("Ctrl+Tab")
    assert not window.banner.isVisible()
    hands.set_param("conv1", "out_channels", "7")
    hands.keys("Ctrl+S")
    assert not window.studio.document.modified
    hands.keys("Ctrl+Shift+Tab")
    assert "newer" in window.banner.text


@pytest.mark.wide
def test_the_menu_of_recent_files_pins_and_dims(window: Window, hands: Hands, three: list[Path]) -> None:
    window.settings.pin_file(three[1].resolve(), True)
    three[0].unlink()
    menu = QMenu(window)
    window.project_files.fill_recent(menu)
    told = [(a.text().split("   ")[0], a.isEnabled(), "(missing)" in a.text()) for a in menu.actions()]
    assert told == [
        ("mlp-mnist.vnet", True, False),
        ("perceptron-points.vnet", True, False),
        ("lenet5.vnet", False, True),
    ]
    assert not menu.actions()[0].icon().isNull()


# --- nothing is left ---------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_fifty_tabs_leave_nothing_behind(window: Window, hands: Hands) -> None:
    window.begin("perceptron-points")
    hands.rest(0.2)
    window.hide()  # drawing a hundred times is not what is counted here
    project = window.studio.project

    def waiting() -> list[QTimer]:
        # One that waits longer, for a pause of the machine or of the person, is no part of what was done.
        active = [t for t in window.findChildren(QTimer) if t.isActive() and t.isSingleShot()]
        return [t for t in active if t.interval() <= 10_000 and t is not window.collector._soon]

    def counts() -> tuple[int, int, int]:
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        try:
            hands.until(lambda: not waiting())
        except AssertionError as error:
            raise AssertionError([(t.parent(), t.interval(), t.remainingTime()) for t in waiting()]) from error
        timers = sum(t.isActive() and not t.isSingleShot() for t in window.findChildren(QTimer))
        return threading.active_count(), timers, len(window.findChildren(QWidget))

    def once() -> weakref.ref[Document]:
        window.project_files.adopt(Document(replace(project, name="one more")))
        window.studio.do("Longer", lambda p: set_recipe(p, epochs=p.recipe.epochs + 1))
        made = weakref.ref(window.studio.document)
        window.studio.document.undo()
        return made

    once()
    window.project_files.tabs.remove(window.project_files.tabs.front)
    hands.rest(0.3)
    before = counts()
    made = [once() for _ in range(50)]
    assert len(window.project_files.tabs) == 51
    while len(window.project_files.tabs) > 1:
        window.project_files.tabs.remove(window.project_files.tabs.front)
    hands.until(lambda: not window.runner._queue.busy)
    hands.rest(0.1)
    assert counts() == before
    assert [ref for ref in made if ref() is not None] == []


@pytest.mark.wide
@pytest.mark.usefixtures("program_freezes")
def test_the_collector_settles_after_a_project_was_opened_and_is_free_again_at_the_end(
    window: Window, hands: Hands
) -> None:
    window.collector._soon.setInterval(1)
    window.begin("lenet5")
    hands.until(lambda: gc.get_freeze_count() > 10_000, what="the collector settles")
    window.close()
    assert gc.get_freeze_count() == 0
