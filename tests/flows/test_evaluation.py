"""A run judged in the window: the figure with its interval, cells that open their samples, the test part, the report, another run."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QFileDialog, QMessageBox

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.training.evaluation.uses_of_test_part import count_uses

LEFT = Qt.MouseButton.LeftButton


def open_points(window: Window, hands: Hands, split: tuple[float, float, float]) -> None:
    window.project_files.open_template("perceptron-points")
    hands.studio.do("Data", lambda p: edits.set_data(p, options={"n": 200}, split=split))
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=3, device="cpu"))
    window.show_space("train")
    hands.rest()


def train(window: Window, hands: Hands) -> None:
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.busy, what="a run")
    hands.until(lambda: not window.runner.busy, what="its end")


def evaluate(panel: Any, hands: Hands) -> None:
    hands.window.show_panel("evaluation")  # what trains has come in front of it
    hands.press(panel, "Evaluate")
    hands.until(lambda: not panel.evaluator.running, what="an evaluation")


def press_region(panel: Any, hands: Hands, least: int = 1) -> tuple[int, ...]:
    """Click a place of the chart that holds samples."""
    chart = panel.charts.chart
    hands.rest(0.05)
    region = next(region for region in chart.drawing.regions if len(region.samples) >= least)
    at = QPoint(round(region.x + region.width / 2), round(region.y + region.height / 2))
    QTest.mouseMove(chart, at)
    QTest.mouseClick(chart, LEFT, pos=at)
    found: tuple[int, ...] = region.samples
    return found


@pytest.mark.wide
def test_a_run_is_judged_and_every_chart_leads_to_its_samples(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_points(window, hands, (0.6, 0.2, 0.2))
    panel = window.studio.shell.show_panel("evaluation")
    hands.rest()
    assert "press Train" in panel.empty.sentence.text() and not panel.go.isEnabled()
    assert not window.actions_["train.evaluate"].isEnabled()
    train(window, hands)
    assert "Press Evaluate" in panel.empty.sentence.text()
    assert not panel.report.isVisible()

    window.actions_.trigger("train.evaluate")
    hands.until(lambda: panel.evaluation is not None, what="the figure")
    assert panel.figures.title.text() == "Accuracy" and panel.figures.figure.text().endswith(" %")
    assert panel.figures.interval.text().startswith("95 % interval")
    assert "never opened" in panel.openings.text()
    assert "validation part · 40 samples" in panel.title.full_text

    held = press_region(panel, hands)
    samples = panel.charts.samples
    assert samples.isVisible() and samples.list.count() == len(held) and samples.sample in held
    assert "true “" in samples.words.text() and samples.display.table.item(0, 0).text() == "point 1"
    QTest.keyClick(samples.list, Qt.Key.Key_Escape)
    assert not samples.isVisible()

    names = [one.name for one in panel.charts.kinds]
    assert names[0] == "confusion" and {"roc", "calibration", "by_column", "most_unsure"} <= set(names)
    for at, name in enumerate(names):
        rect = panel.charts.tabs.tabRect(at)
        QTest.mouseClick(panel.charts.tabs, LEFT, pos=rect.center())
        assert panel.charts.kind.name == name and panel.charts.words.text()
        hands.rest(0.02)
    panel.charts.choose("most_unsure")
    item = panel.charts.list.item(1)
    QTest.mouseClick(panel.charts.list.viewport(), LEFT, pos=panel.charts.list.visualItemRect(item).center())
    assert samples.isVisible() and samples.list.currentRow() == 1

    # A second run with another seed, held against the first.
    hands.studio.do("Seed", lambda p: edits.set_recipe(p, seed=5, epochs=20))
    train(window, hands)
    assert panel.evaluation is None  # another run is in front: nothing of it is known yet
    evaluate(panel, hands)
    assert panel.pairing.chooser.count() == 2
    panel.pairing.chooser.setCurrentIndex(1)
    panel.pairing.chooser.activated.emit(1)
    hands.until(lambda: panel.pairing.pairing is not None, what="the comparison")
    assert "by chance" in panel.pairing.words.text() or "exactly as good" in panel.pairing.words.text()
    assert "McNemar" in panel.pairing.figures.text()

    # The report goes where the person says.
    page = tmp_path / "page.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(page), "HTML (*.html)"))
    hands.press(panel, "Report")
    text = page.read_text(encoding="utf-8")
    assert panel.evaluation.data in text and "Against the run" in text

    # It gets a window of its own, and goes back.
    dock = next(d for d in window.findChildren(QDockWidget) if d.isAncestorOf(panel))
    QTest.mouseClick(panel.enlarge, LEFT)
    hands.rest(0.05)
    assert dock.isFloating() and panel.width() > 700  # the test's screen is 800 px wide
    QTest.mouseClick(panel.enlarge, LEFT)
    hands.rest(0.05)
    assert not dock.isFloating()


@pytest.mark.wide
def test_the_test_part_is_opened_deliberately_and_counted(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_points(window, hands, (0.6, 0.2, 0.2))
    panel = window.studio.shell.show_panel("evaluation")
    train(window, hands)
    asked: list[str] = []

    def answer(word: str) -> None:
        def exec_(box: QMessageBox) -> int:
            asked.append(box.informativeText())
            next(b for b in box.buttons() if word in b.text()).click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", exec_)

    panel.part.setCurrentIndex(1)
    panel.part.activated.emit(1)
    assert "held back" in panel.empty.sentence.text() and "never opened" in panel.empty.sentence.text()
    answer("Cancel")
    evaluate(panel, hands)
    folder = panel.folder
    assert panel.evaluation is None and count_uses(folder) == 0
    answer("count it")
    evaluate(panel, hands)
    assert panel.evaluation.part == "test" and count_uses(folder) == 1
    assert "opened once" in panel.openings.text()
    evaluate(panel, hands)
    assert count_uses(folder) == 2 and "2 times" in panel.openings.text()
    assert len(asked) == 3 and "opened once" in asked[-1]

    # Without a test part it says what to do.
    hands.studio.do("Split", lambda p: edits.set_data(p, split=(0.8, 0.2, 0.0)))
    train(window, hands)
    evaluate(panel, hands)
    assert "60 / 20 / 20" in panel.empty.sentence.text()


@pytest.mark.wide
def test_a_run_that_goes_on_is_judged_by_its_last_checkpoint(window: Window, hands: Hands) -> None:
    open_points(window, hands, (0.8, 0.2, 0.0))
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=100_000))
    panel = window.studio.shell.show_panel("evaluation")
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.model is not None and len(window.runner.model.epochs) > 2, what="epochs")
    hands.until(lambda: panel.folder is not None and (panel.folder / "best.safetensors").exists(), what="weights")
    evaluate(panel, hands)
    assert window.runner.busy and panel.evaluation is not None
    assert "goes on" in panel.title.full_text
    window.runner.stop()
    hands.until(lambda: not window.runner.busy, what="the end")


@pytest.mark.wide
def test_of_a_closed_project_no_answer_is_held(window: Window, hands: Hands) -> None:
    open_points(window, hands, (0.6, 0.2, 0.2))
    panel = window.studio.shell.show_panel("evaluation")
    train(window, hands)
    evaluate(panel, hands)
    press_region(panel, hands)
    held, trained = ref(panel.evaluation), window.project_files.tabs.front
    window.project_files.open_template("lenet5")
    hands.rest()
    assert panel.evaluator.found, "its tab is still open"
    window.project_files.tabs.remove(trained)
    assert not panel.evaluator.found
    hands.until(lambda: gc.collect() >= 0 and held() is None, what="the end of what was judged")
