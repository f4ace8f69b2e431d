"""The forecast of an epoch: measured while somebody looks and nothing is edited, never beside a run, held against the run afterwards."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, small
from tests.waiting import linger
from visualnet.app.features.estimates.forecast_section import ForecastSection
from visualnet.app.services import epoch_forecast
from visualnet.app.services.background_task import close_tasks
from visualnet.app.services.epoch_forecast import epoch_forecasts_of
from visualnet.app.state.shell import Shell
from visualnet.app.widgets.layouts import column
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import Project
from visualnet.pytorch import need_torch
from visualnet.training.estimates import epoch_test


@pytest.fixture
def rig(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    need_torch()
    monkeypatch.setattr(epoch_forecast, "PAUSE_MS", 20)
    made = Rig(small(epochs=3, batch_size=16))
    made.runner.probes.need_data()
    yield made
    close_tasks(made.studio)
    made.runner.close()


def shown(rig: Rig, qtbot: QtBot) -> tuple[QWidget, ForecastSection]:
    """The section in a page, which is not on the screen yet."""
    page = QWidget()
    section = ForecastSection(rig.studio)
    column(section, parent=page)
    qtbot.addWidget(page)
    return page, section


def rows(section: ForecastSection) -> dict[str, str]:
    section.refresh()
    return {key: section.rows.value(key) for key in section.rows._values}


def test_it_is_measured_in_a_pause_and_anew_when_it_is_another(rig: Rig, qtbot: QtBot) -> None:
    page, section = shown(rig, qtbot)
    forecasts = epoch_forecasts_of(rig.studio)
    assert "not known yet" in rows(section)["An epoch"] and "by formula" in section.source.text()
    linger(0.08)
    assert forecasts.forecast is None and not forecasts.running, "nobody looks"
    page.show()
    qtbot.waitUntil(lambda: forecasts.forecast is not None)
    first = forecasts.forecast
    assert first is not None and first.steps == 6 and sys.getswitchinterval() == pytest.approx(0.005)
    assert "Measured on" in section.source.text() and " of " in rows(section)["Memory"]
    rig.studio.do("Longer", lambda p: edits.set_recipe(p, epochs=30, lr=0.5))
    assert forecasts.forecast == first._replace(epochs=30), "an epoch is as long as before"
    rig.studio.do("Smaller", lambda p: edits.set_recipe(p, batch_size=8))
    assert forecasts.forecast is None and "not known yet" in rows(section)["An epoch"]
    qtbot.waitUntil(lambda: forecasts.forecast is not None and forecasts.forecast.steps == 12)
    rig.studio.document.undo()
    assert forecasts.forecast is None, "what it was measured for is no longer there"


@pytest.mark.wide
def test_a_run_is_held_against_it_and_nothing_is_measured_beside_it(rig: Rig, qtbot: QtBot) -> None:
    page, section = shown(rig, qtbot)
    page.show()
    forecasts = epoch_forecasts_of(rig.studio)
    qtbot.waitUntil(lambda: forecasts.forecast is not None)
    assert forecasts.error_of_run() is None
    rig.train(qtbot)
    error = forecasts.error_of_run()
    assert error is not None and forecasts.forecast is not None and error[0] == forecasts.forecast.epoch_s
    assert rows(section)["An epoch took"].endswith("were forecast")
    rig.studio.do("Long", lambda p: edits.set_recipe(p, epochs=100_000, batch_size=4))
    assert rig.runner.start()
    linger(0.12)
    assert (
        not forecasts.running
        and forecasts.forecast is None
        and "beside a run" in forecasts.why_not() + section._source()
    )
    rig.runner.stop()
    rig.until(qtbot, lambda: not rig.runner.busy)


def test_a_run_that_does_not_fit_is_refused(rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, list[str]]] = []

    class Bar(Shell):
        has_window = True

        def notify(self, severity: str, words: str, actions: list[tuple[str, object]]) -> None:
            asked.append((words, [text for text, _ in actions]))
            actions[1][1]()  # type: ignore[operator]

    monkeypatch.setattr(epoch_forecast, "_free", lambda wish: 1500)
    rig.studio.shell = Bar()
    rig.studio.do("Large", lambda p: edits.set_recipe(p, batch_size=96))
    assert not rig.runner.start() and rig.runner.state == "idle"
    rig.studio.shell = Shell()
    ((words, texts),) = asked
    assert "does not fit" in words and texts == [
        f"Batch size {(n := rig.studio.project.recipe.batch_size)}",
        f"{texts[0]}, {96 // n} batches a step",
    ]
    recipe = rig.studio.project.recipe
    assert recipe.batch_size * recipe.options["accumulate"] == 96
    rig.studio.document.undo()
    assert rig.studio.project.recipe.batch_size == 96


@pytest.mark.wide
def test_each_open_project_keeps_its_own_and_a_closed_one_is_not_held(
    rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("it cannot be measured")

    page, _ = shown(rig, qtbot)
    page.show()
    forecasts = epoch_forecasts_of(rig.studio)
    qtbot.waitUntil(lambda: forecasts.forecast is not None)
    first, found = rig.studio.document, forecasts.forecast
    rig.studio.open(Document(edits.set_recipe(first.project, batch_size=1)))
    qtbot.waitUntil(lambda: forecasts.forecast not in (None, found))
    rig.studio.open(first)
    assert forecasts.forecast == found, "it need not be measured again"
    monkeypatch.setattr(epoch_test, "measure_epoch", refuse)
    rig.studio.do("Smaller", lambda p: edits.set_recipe(p, batch_size=8))
    qtbot.waitUntil(lambda: bool(forecasts.trouble))
    open_ones = forecasts._failed._found
    assert list(open_ones) == [first]
    rig.studio.open(Document(Project()))
    del first
    gc.collect()
    assert not open_ones, "of a closed one nothing is held"
