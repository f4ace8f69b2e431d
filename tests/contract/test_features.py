"""Every feature of the registry: said in words, found in a menu, seen in both themes, gone without a trace, and never needed by another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from visualnet.app.features.feature import Feature
from visualnet.app.features.registry import FEATURES, all_actions
from visualnet.app.shell.window import Window
from visualnet.app.state.settings import Settings
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.resources import resource

DOCKS = [feature for feature in FEATURES if feature.dock is not None]
OpenWindow = Callable[..., Window]


def name_of(feature: Feature) -> str:
    return feature.id


@pytest.fixture
def open_window(qapp: QApplication, tmp_path: Path) -> object:
    """Makes windows with some features and in some theme, and closes them at the end."""
    made: list[Window] = []

    def make(features: tuple[Feature, ...] = FEATURES, theme: str = "dark") -> Window:
        window = Window(
            Settings(tmp_path / f"{len(made)}.json"),
            ThemeKeeper(qapp, theme),  # type: ignore[arg-type]
            features=features,
        )
        window.resize(1440, 900)
        window.show()
        qapp.processEvents()
        made.append(window)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    made.clear()
    settle(qapp)


def settle(qapp: QApplication) -> None:
    for _ in range(3):
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_ids_and_actions_are_declared_once() -> None:
    ids = [feature.id for feature in FEATURES]
    assert len(ids) == len(set(ids))
    actions = [spec.id for spec in all_actions()]
    assert len(actions) == len(set(actions))


@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_a_feature_says_what_it_is_for_and_can_be_reached(feature: Feature) -> None:
    assert feature.help.endswith(".") and len(feature.help) > 30
    assert feature.dock or feature.actions or feature.strip or feature.overlay
    for spec in (*feature.actions, *([feature.dock.toggle] if feature.dock else [])):
        assert spec.text and spec.tip and spec.menu, spec.id
        assert not spec.icon or resource("icons", f"{spec.icon}.svg").is_file(), spec.icon
    assert all(spec.run is not None for spec in feature.actions)


@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_the_program_works_without_it(feature: Feature, open_window: OpenWindow, qapp: QApplication) -> None:
    """With one feature left out the window opens, edits, switches workspaces and themes, and does what the other features offer."""
    window = open_window(tuple(each for each in FEATURES if each is not feature))
    window.filing.open_template("lenet5-28")
    for space in ("build", "train", "inspect"):
        window.show_space(space)
        qapp.processEvents()
    window.studio.select([next(iter(window.studio.graph.nodes))])
    for spec in all_actions(window.features):
        if spec.run is not None and not spec.submenu and not spec.text.endswith("…") and spec.id != "help.explain":
            window.run_action(spec.id)
    for each in window.features:
        if each.dock is not None:
            assert window.show_panel(each.id) is not None
    assert window.show_panel(feature.id) is None or feature.dock is None
    window.set_mode("light")
    qapp.processEvents()


@pytest.mark.parametrize("feature", DOCKS, ids=name_of)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_an_empty_panel_says_what_to_do_in_the_colours_of_the_theme(
    feature: Feature, theme: str, open_window: OpenWindow, qapp: QApplication
) -> None:
    window = open_window((feature,), theme)
    window.filing.new()
    panel = window.show_panel(feature.id)
    assert isinstance(panel, QWidget)
    qapp.processEvents()
    texts = [w.text() for w in panel.findChildren(QLabel) if w.isVisible() and w.text()]
    has_rows = bool(panel.findChildren(QWidget, "")) and panel.width() > 40 and panel.height() > 20
    assert texts or has_rows
    image = panel.grab().toImage()
    tokens = DARK if theme == "dark" else LIGHT
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert {tokens.ground, tokens.surface, tokens.raised} & seen, (
        "neither ground nor surface of the theme is to be seen"
    )
    assert len(seen) > 3, "nothing is painted"


@pytest.mark.parametrize("feature", DOCKS, ids=name_of)
def test_a_panel_ends_with_its_window(feature: Feature, qapp: QApplication, tmp_path: Path) -> None:
    """The widget is destroyed; threads and timers that it left would fail the test by themselves."""
    window = Window(Settings(tmp_path / "s.json"), ThemeKeeper(qapp, "dark"), features=(feature,))
    window.show()
    window.filing.new()
    panel = window.show_panel(feature.id)
    assert shiboken6.isValid(panel)
    window.close()
    window.deleteLater()
    settle(qapp)
    assert not shiboken6.isValid(panel)
