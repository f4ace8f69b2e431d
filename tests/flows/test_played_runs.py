"""A run that learned by play, in the window: judged by episodes that it plays, and an episode generated with its weights and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from tests.flows.hands import LEFT, Hands
from tests.training.procedures.test_deep_q import break_episode, closed
from visualnet.app.features.generate.panel import GeneratePanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.figures.charts.bars import HistogramChart
from visualnet.training.generating.generated_episode import GeneratedEpisode


def train(window: Window, hands: Hands) -> None:
    import torch  # noqa: F401  # what the window does in the background

    window.project_files.open_template("mouse")
    hands.studio.do("Small", lambda p: edits.set_data(p, options={"steps": 20, "side": 5, "n": 60}))
    short = {"rounds": 20, "learning_starts": 40, "episodes": 2}
    hands.studio.do(
        "Short", lambda p: edits.set_recipe(p, options={**p.recipe.options, **short}, epochs=2, device="cpu")
    )
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.busy, what="a run")
    hands.until(lambda: not window.runner.busy, what="its end")


@pytest.mark.wide
def test_it_is_judged_by_play_and_plays_an_episode_that_is_kept(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(window, hands)
    panel = window.show_panel("evaluation")
    hands.rest(0.05)
    assert "100 other episodes" in panel.empty.sentence.text()
    hands.press(panel, "Evaluate")
    hands.until(lambda: panel.evaluation is not None and not panel.evaluator.running, what="a hundred episodes")
    found = panel.evaluation
    assert panel.figures.title.text() == "Mean reward" and "interval" in panel.figures.interval.text()
    assert "100 episodes" in panel.title.full_text
    assert [one.title for one in panel.charts.kinds] == ["Rewards", "Reward and length"]
    chart = panel.charts.chart.chart
    assert isinstance(chart, HistogramChart) and sum(chart.counts) == 100
    panel.charts.choose("reward_by_length")
    hands.rest(0.05)
    assert not any(region.samples for region in panel.charts.chart.drawing.regions), "an episode is no sample to open"
    page = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(page), "HTML (*.html)"))
    hands.press(panel, "Report…")
    assert found.figures[0]["mean_reward"].value == pytest.approx(found.predictions[0].arrays["reward"].mean())
    assert "100 episodes" in page.read_text("utf-8")

    generate: GeneratePanel = window.show_panel("generate")
    hands.until(lambda: generate.method.currentText() == "Played episode", what="the method that plays")
    hands.press(generate, "Generate")
    hands.until(lambda: generate.made is not None and not generate.maker.running, what="an episode")
    made = generate.made
    assert isinstance(made, GeneratedEpisode) and generate.moments.isVisible()
    assert len(made.did) <= 20 and generate.time.maximum() == len(made.did)
    generate.time.setValue(1)
    assert generate.when.text().startswith("step 1:")
    generate.toggle_play()
    hands.until(lambda: generate.time.value() >= 3, what="the film going on")
    generate.toggle_play()
    target = tmp_path / "episode.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), "CSV (*.csv)"))
    QTest.mouseClick(generate.save, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = " ".join(action.text() for action in menu.actions())
    assert all(f"({kind})" in words for kind in ("PNG", "GIF", "CSV", "TXT"))
    next(action for action in menu.actions() if "CSV" in action.text()).trigger()
    menu.close()
    assert target.read_text().splitlines()[0].startswith("step,action,reward,reward so far")


@pytest.mark.wide
def test_a_world_that_breaks_while_it_is_judged_is_told_and_judged_again(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(window, hands)
    panel = window.show_panel("evaluation")
    with monkeypatch.context() as patch:
        break_episode(2_000_001, closed, patch)
        hands.press(panel, "Evaluate")
        hands.until(lambda: not panel.evaluator.running, what="the fault")
    words = "at step 3 of the episode of seed 2000001 the environment failed on action"
    assert words in panel.evaluator.fault
    assert "OSError: the arena is closed" in panel.evaluator.fault
    hands.until(lambda: words in panel.empty.sentence.text(), what="its words")
    hands.press(panel, "Evaluate")
    hands.until(lambda: panel.evaluation is not None and not panel.evaluator.running, what="a hundred episodes")
    assert not panel.evaluator.fault
