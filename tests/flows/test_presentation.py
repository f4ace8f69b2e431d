"""Presentation mode: the canvas and a formula, large; the keys that are pressed; and all as it was afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.app.state.frame_settings import TEXT_SIZE
from visualnet.app.theme import fonts
from visualnet.core.user.settings import Settings

Key, Held = Qt.Key, Qt.KeyboardModifier


def press(window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    """Press a key as the system tells of it, at the handle of the window."""
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, key, held)


def docks(window: Window) -> dict[str, tuple[int, int]]:
    """The panels that are in front, with their sizes."""
    there = window.spaces.docks.items()
    return {name: (dock.width(), dock.height()) for name, dock in there if not dock.visibleRegion().isEmpty()}


@pytest.mark.wide
def test_the_canvas_is_alone_and_everything_comes_back(window: Window, hands: Hands) -> None:
    window.resize(1280, 720)
    window.begin("lenet5")
    hands.rest(0.2)
    hands.keys("Ctrl+2")
    hands.rest(0.2)
    before, state, size = docks(window), window.windowState(), window.size()
    view, strip = window.canvas.view, window.canvas.strips["presentation"]
    scale = view.zoom
    assert not strip.isVisible()
    window.notify("hint", "Something to read", [])
    hands.keys("F11")
    hands.rest(0.2)
    assert docks(window) == {} and not window.topbar.isVisible() and not window.status.isVisible()
    assert window.isFullScreen() and strip.isVisible() and fonts.chosen_size() == 150
    assert view.width() == window.width() and not window.banner.isVisible()
    assert strip.height() < fonts.px(80), "while there is no formula, the canvas has its room"
    hands.click("conv1")
    hands.rest()
    card = strip.cards[0]
    assert strip.title.text() == "conv1" and card.isVisible() and card.why is not None
    assert "28" in card.why.question
    assert card.height() <= strip.height() and strip.height() < window.height() * 0.5
    hands.click("image")
    assert strip.title.text() == "image"
    window.begin("mlp-mnist")
    hands.rest(0.1)
    assert docks(window) == {}, "another network is presented too"
    window.project_files.close_tab()
    press(window, Key.Key_Escape)
    hands.rest(0.3)
    assert not strip.isVisible() and window.topbar.isVisible() and window.status.isVisible()
    assert window.banner.isVisible(), "what was to be read is there again"
    window.banner.dismiss()
    hands.rest()
    assert (docks(window), window.windowState(), window.size()) == (before, state, size)
    assert fonts.chosen_size() == 100
    hands.until(lambda: abs(view.zoom - scale) < 0.02, 10, "the same part of the sheet is seen")
    again = Settings(window.settings.path)
    assert again[TEXT_SIZE] == 100 and again.data["workspace"] == "train"


@pytest.mark.wide
def test_the_pressed_keys_are_shown_in_a_corner_and_only_there(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.2)

    def shown() -> list[str]:
        return [label.text() for label in window.findChildren(QLabel, "pressedKeys") if label.isVisible()]

    press(window, Key.Key_A, Held.ControlModifier)
    assert shown() == []
    press(window, Key.Key_F11)
    hands.rest(0.1)
    press(window, Key.Key_A, Held.ControlModifier)
    assert shown() == ["Ctrl+A"] and len(window.studio.selection) == len(window.studio.graph.nodes), "read along only"
    press(window, Key.Key_A, Held.ControlModifier)
    assert shown() == ["Ctrl+A   ×2"]
    press(window, Key.Key_Space)
    hands.rest(0.1)
    for key in (Key.Key_R, Key.Key_E, Key.Key_L):
        press(window, key)
    assert shown() == ["rel"]
    press(window, Key.Key_Escape)
    assert window.isFullScreen() and shown() == ["Esc"], "the first Esc closes the search"
    window.canvas.view.setFocus()
    press(window, Key.Key_Escape)
    hands.rest(0.1)
    assert not window.isFullScreen() and window.findChildren(QLabel, "pressedKeys") == []


@pytest.mark.wide
def test_a_panel_a_page_or_the_end_of_the_program_ends_it(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.2)
    for leave in ("Ctrl+3", "Ctrl+N"):
        hands.keys("F11")
        assert window.canvas_alone
        hands.keys(leave)
        hands.rest(0.1)
        assert not window.canvas_alone and window.topbar.isVisible() and not window.isFullScreen()
    assert window.covered and not window.actions_["view.presentation"].isEnabled()
    hands.keys("Ctrl+Tab")
    hands.rest(0.1)
    assert window.spaces.current == "inspect"
    hands.keys("F11")
    window.close()
    assert not window.isFullScreen() and Settings(window.settings.path)[TEXT_SIZE] == 100


@pytest.mark.wide
def test_panels_go_back_to_their_width_when_text_does(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    hands.rest(0.2)
    hands.click("conv1")
    window.canvas.view.setFocus()
    dock = window.spaces.docks["inspector"]
    window.resizeDocks([dock], [300], Qt.Orientation.Horizontal)
    hands.rest(0.1)
    before = docks(window)
    for _ in range(4):
        hands.keys("Ctrl+Alt+=")
        hands.rest(0.1)
    assert dock.width() > 330, "larger text needs the room"
    hands.keys("Ctrl+Alt+0")
    hands.rest(0.3)
    assert docks(window) == before


@pytest.mark.wide
def test_switching_workspaces_leaves_the_panels_as_high_as_they_were(window: Window, hands: Hands) -> None:
    window.begin("lenet5")
    heights = []
    for _ in range(3):
        hands.keys("Ctrl+2")
        hands.rest(0.1)
        heights.append(docks(window)["training"])
        hands.keys("Ctrl+1")
        hands.rest(0.1)
    assert heights[0] == heights[1] == heights[2]
