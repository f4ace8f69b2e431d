"""Curves of chosen runs over each other, by mouse and keys: what is drawn is computed here with NumPy, from the lines of the logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from tests.flows.hands import Hands
from tests.flows.test_run_list import open_page
from tests.training.by_hand import EACH, tiny
from visualnet.app.shell.window import Window
from visualnet.core.storage.paths import runs_dir
from visualnet.training import events
from visualnet.training.run_records.annotations import annotate
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs.run_model import LOG

Floats = NDArray[np.float64]
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
EPOCHS = 6
RUNS = (("slow", 0.1, 0, 4.0), ("slow again", 0.1, 1, 5.0), ("quick", 0.01, 0, 0.5))
"""Name, learning rate, seed, seconds of an epoch."""


def keep_run(name: str, lr: float, seed: int, seconds: float) -> Path:
    """The folder of a run with curves drawn by chance, each begun at another hour and with a long pause within."""
    project = replace(tiny(lr=lr, seed=seed, epochs=EPOCHS), name="points")
    folder = begin_run(project, runs_dir() / name.replace(" ", "-"))
    rng, begun = np.random.default_rng(round(1000 * seconds)), 1e9 + 5000 * seconds
    started = events.Started(
        run=folder.name,
        device="cpu",
        threads=1,
        parameters=42,
        epochs=EPOCHS,
        steps_per_epoch=EACH,
        batch_size=16,
        sizes=(80, 10, 10),
        best_by="loss",
        time=begun,
    )
    told: list[events.Event] = [started]
    for epoch in range(1, EPOCHS + 1):
        step, now = EACH * epoch, begun + seconds * epoch + (3600.0 if epoch > 2 else 0.0)
        losses, after = rng.random(EACH).tolist(), float(rng.random())
        told.append(events.Steps(step=step, epoch=epoch - 1, lr=lr, values={"loss": losses}, time=now))
        means = {"train": {"loss": float(np.mean(losses))}, "validation": {"loss": after}}
        told.append(
            events.EpochDone(epoch=epoch, step=step, seconds=seconds, samples_per_s=80 / seconds, time=now, **means)
        )
    told.append(events.Finished(reason="done", step=EACH * EPOCHS, epoch=EPOCHS, seconds=seconds * EPOCHS))
    (folder / LOG).write_bytes(b"".join(events.encode(event) + b"\n" for event in told))
    annotate(folder, name=name)
    return folder


@pytest.fixture
def kept() -> dict[str, Path]:
    """Two runs that differ in their seed alone, and one of another rate, by name."""
    return {name: keep_run(name, *how) for name, *how in RUNS}


def of_log(folder: Path, part: str) -> tuple[Floats, Floats, Floats]:
    """Steps, values and seconds of training (for each step, between the ends of epochs as they were told) of a run's loss."""
    told = [json.loads(line) for line in (folder / LOG).read_text().splitlines()]
    ends = [one for one in told if one["event"] == "epoch"]
    if part == "validation":
        steps = np.array([float(one["step"]) for one in ends])
        values = np.array([one["validation"]["loss"] for one in ends])
    else:
        values = np.concatenate([one["values"]["loss"] for one in told if one["event"] == "steps"])
        steps = np.arange(1.0, len(values) + 1)
    spent = np.cumsum([0.0, *(one["seconds"] for one in ends)])
    return steps, values, np.interp(steps, [0, *(one["step"] for one in ends)], spent)


def averaged(values: Floats, weight: float) -> Floats:
    """The mean of each value with those before it, which count less by ``weight`` from one to the one before."""
    ages = np.subtract.outer(np.arange(len(values)), np.arange(len(values))).astype(float)
    shares = np.tril(weight ** np.maximum(ages, 0.0))
    return (shares @ values) / shares.sum(1)


def open_curves(window: Window, hands: Hands) -> Any:
    """The page with all runs chosen and their curves drawn."""
    view = open_page(window, hands)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_A, CTRL)
    hands.until(lambda: set(bands(view)) == {name for name, *_ in RUNS}, what="three curves")
    return view


def bands(view: Any) -> dict[str, Any]:
    """What is drawn, by name."""
    chart = view.curves.chart.chart
    return {band.name: band for band in chart.bands} if chart is not None else {}


def turn_to(box: QComboBox, words: str) -> None:
    """Go down or up a list of choices by the arrow keys."""
    wanted = box.findText(words)
    assert wanted >= 0, [box.itemText(at) for at in range(box.count())]
    box.setFocus()
    while box.currentIndex() != wanted:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)


def smooth(view: Any, percent: int) -> None:
    """Move the slider with the keyboard: to its beginning, in tens, and in ones."""
    slider = view.curves.smoothing
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    for key, times in ((Qt.Key.Key_PageUp, percent // 10), (Qt.Key.Key_Right, percent % 10)):
        for _ in range(times):
            QTest.keyClick(slider, key)
    assert slider.value() == percent


def painted(view: Any) -> bytes:
    """The pixels of the chart."""
    return bytes(view.curves.chart.grab().toImage().constBits())


def test_curves_run_over_epochs_steps_or_the_seconds_of_their_own_training(
    window: Window, hands: Hands, kept: dict[str, Path]
) -> None:
    """A run's time begins with it, at nought; hours between runs and pauses within do not count."""
    view = open_curves(window, hands)
    assert view.curves.which.currentText() == "validation loss" and view.curves.over.currentText() == "epoch"
    for part in ("validation", "training"):
        turn_to(view.curves.which, f"{part} loss")
        for over in ("seconds since it began", "step", "epoch"):
            turn_to(view.curves.over, over)
            assert view.curves.chart.chart.x_title == over
            for name, folder in kept.items():
                steps, values, seconds = of_log(folder, part)
                places = {"step": steps, "epoch": steps / EACH, "seconds since it began": seconds}[over]
                np.testing.assert_allclose(bands(view)[name].x, places)
                np.testing.assert_allclose(bands(view)[name].middle, values)
    turn_to(view.curves.over, "seconds since it began")
    last = {name: bands(view)[name].x[-1] for name in kept}
    assert last == pytest.approx({name: seconds * EPOCHS for name, _, _, seconds in RUNS})
    first = {name: bands(view)[name].x[0] for name in kept}
    assert first == pytest.approx({name: seconds / EACH for name, _, _, seconds in RUNS})  # after one step from nought


def test_smoothing_draws_the_weighted_mean_and_back_at_nought_the_log(
    window: Window, hands: Hands, kept: dict[str, Path]
) -> None:
    """One line a run, at the same places: the mean of a value and those before it; the logs and what was read of them stay."""
    view = open_curves(window, hands)
    turn_to(view.curves.which, "training loss")
    hands.rest()
    logs, raw = {name: (folder / LOG).read_bytes() for name, folder in kept.items()}, painted(view)
    places = {name: band.x for name, band in bands(view).items()}
    for percent in (30, 92):
        smooth(view, percent)
        assert set(bands(view)) == set(kept) and painted(view) != raw
        for name, folder in kept.items():
            band, values = bands(view)[name], of_log(folder, "training")[1]
            assert band.x == places[name] and band.low == band.middle == band.high
            np.testing.assert_allclose(band.middle, averaged(values, percent / 100), rtol=1e-9)
    smooth(view, 0)
    for name, folder in kept.items():
        np.testing.assert_array_equal(bands(view)[name].middle, of_log(folder, "training")[1])
        assert (folder / LOG).read_bytes() == logs[name]
    hands.rest()
    assert painted(view) == raw


def test_bands_over_seeds_are_the_mean_between_the_lowest_and_the_highest(
    window: Window, hands: Hands, kept: dict[str, Path]
) -> None:
    """Runs that differ in their seed alone are one curve, also smoothed, and the table shows no curve of a single run meanwhile."""
    view = open_curves(window, hands)
    assert set(view.model.drawn) == {folder.name for folder in kept.values()}
    QTest.mouseClick(view.curves.bands, LEFT, pos=QPoint(8, view.curves.bands.height() // 2))
    for percent in (0, 60):
        smooth(view, percent)
        assert set(bands(view)) == {"lr 0.1 (2 runs)", "lr 0.01"} and view.model.drawn == {}
        values = {name: averaged(of_log(folder, "validation")[1], percent / 100) for name, folder in kept.items()}
        seeds = np.stack([values["slow"], values["slow again"]])
        band, alone = bands(view)["lr 0.1 (2 runs)"], bands(view)["lr 0.01"]
        np.testing.assert_allclose(band.middle, seeds.mean(0))
        np.testing.assert_allclose(band.low, seeds.min(0))
        np.testing.assert_allclose(band.high, seeds.max(0))
        np.testing.assert_allclose(alone.middle, values["quick"])
        assert alone.low == alone.high == alone.middle
    QTest.mouseClick(view.curves.bands, LEFT, pos=QPoint(8, view.curves.bands.height() // 2))
    assert set(bands(view)) == set(kept) and len(view.model.drawn) == 3
