"""The training panel: what it shows, what its controls change, and that it keeps to a small window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, small, template
from tests.reach import cut
from tests.waiting import settle
from visualnet.app.features.recipe.panel import RecipePanel
from visualnet.app.features.training.panel import TrainingPanel, smoothing_weight
from visualnet.app.plots.charts.curves import CurvesPlot
from visualnet.app.plots.charts.legend import LegendEntry
from visualnet.app.shell.bars.status_bar import StatusLine
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.theme.tokens import LIGHT
from visualnet.core.document import Document
from visualnet.core.edits import set_constants, set_recipe
from visualnet.layers.declaration.params import Param
from visualnet.layers.recipe.machine import MACHINE
from visualnet.training.optimizers import OPTIMIZERS
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_status import share_done


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(small(epochs=3))
    yield made
    made.runner.close()


def show(widget: QWidget, qtbot: QtBot, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)


@pytest.fixture
def panel(rig: Rig, qtbot: QtBot) -> TrainingPanel:
    made = TrainingPanel(rig.studio)
    show(made, qtbot, 1280, 236)
    return made


@pytest.fixture
def recipe(rig: Rig, qtbot: QtBot) -> RecipePanel:
    made = RecipePanel(rig.studio)
    show(made, qtbot, 320, 780)
    return made


def test_curves_appear_while_it_trains(rig: Rig, panel: TrainingPanel, qtbot: QtBot) -> None:
    assert panel.words.full_text == "Ready to train"
    assert not panel.bar.isVisible()
    rig.train(qtbot)
    model, metric = rig.runner.model, rig.runner.model.started.metrics[0]
    loss, measures = panel.curves.loss._curves, panel.curves.measures._curves
    rig.until(qtbot, lambda: {"training", "validation"} <= set(loss) and loss["training"].series is model.steps["loss"])
    rig.until(qtbot, lambda: "training" in measures and measures["training"].series is model.steps[metric])
    assert loss["validation"].dashed and loss["validation"].best == "min"
    assert panel.words.full_text.startswith("Trained · epoch 3 of 3")
    assert share_done(model) == 1.0


def legend(plot: CurvesPlot) -> dict[str, LegendEntry]:
    return {entry.words.legend: entry for entry in plot.legend._entries if not entry.dashed}


@pytest.mark.wide
def test_several_runs_have_a_colour_each_and_are_named_by_what_differs(
    rig: Rig, panel: TrainingPanel, qtbot: QtBot
) -> None:
    rig.train(qtbot)
    first = rig.studio.project.runs[0]
    rig.runner.show_ghost(first.id, True)
    loss, measures = panel.curves.loss, panel.curves.measures
    rig.until(qtbot, lambda: {"training", "validation"} == set(loss._curves))
    assert loss._curves["training"].color_index != loss._curves["validation"].color_index, "alone: a colour for each"
    rig.studio.do("Another rate", lambda p: set_recipe(p, lr=0.0125))
    rig.train(qtbot)
    earlier, present = f"lr {first.summary['lr']:g}", "lr 0.0125 (present)"
    for plot in (loss, measures):
        rig.until(qtbot, lambda plot=plot: set(legend(plot)) == {earlier, present} and len(plot._curves) == 4)
        curves = plot._curves
        assert {curves[name].color_index for name in ("training", "validation")} == {1}
        assert {curve.color_index for name, curve in curves.items() if first.id in name} == {0}
        assert [entry.beneath for entry in plot.legend._entries] == [False, False, True, True]
        assert all(entry.words.short for entry in plot.legend._entries), "no line without a word"
    under = loss._curves[f"training of {first.id}"]
    assert len(under.series) == rig.runner.ghosts[first.id].step, "by steps, as the run in front"
    assert (
        under.words.full == f"{history.contrast(rig.studio.project.runs, rig.studio.project.runs)[first.id]}, training"
    )
    assert panel.words.full_text.startswith("Trained · epoch 3 of 3"), "the last run needs no name"
    rig.runner.attach(first.id)
    rig.until(qtbot, lambda: panel.words.full_text.startswith("Run "))
    name = history.contrast(rig.studio.project.runs, rig.studio.project.runs)[first.id]
    assert name.endswith(earlier) and panel.words.full_text.startswith(f"Run {name} · trained · epoch 3 of 3")
    rig.runner.show_ghost(first.id, False)
    rig.until(qtbot, lambda: set(loss._curves) == {"training", "validation"} and set(legend(loss)) == {"training"})


def test_edits_of_the_recipe_are_steps_that_can_be_undone(rig: Rig, recipe: RecipePanel) -> None:
    field = recipe.rows["lr"].field
    before = rig.studio.project.recipe.lr
    field.step_by(1)
    field.step_by(1)
    field.finished.emit()
    assert rig.studio.project.recipe.lr > before
    assert rig.studio.document.undo_label == "Set lr"
    rig.studio.document.undo()
    assert rig.studio.project.recipe.lr == before
    assert rig.studio.document.undo_label == ""
    assert field.value == before


def test_the_form_is_made_of_the_optimizers_own_declarations(rig: Rig, recipe: RecipePanel) -> None:
    for name, kind in OPTIMIZERS.items():
        recipe._change("optimizer", name)
        rows = recipe.rows
        assert set(kind.params) <= set(rows)
        assert {"optimizer", "batch_size", "epochs", "seed", "device"} <= set(rows)
        assert rows["optimizer"].combo.currentText() == name
        assert all(isinstance(row.param, Param) for row in rows.values())


def test_defaults_follow_the_optimizer_but_own_values_stay(rig: Rig, recipe: RecipePanel) -> None:
    rig.studio.do("", lambda p: set_recipe(p, optimizer="SGD", lr=0.01))
    recipe._change("optimizer", "Adam")
    assert rig.studio.project.recipe.lr == 0.001
    rig.studio.do("", lambda p: set_recipe(p, lr=0.3))
    recipe._change("optimizer", "SGD")
    assert rig.studio.project.recipe.lr == 0.3


def test_while_it_runs_what_is_live_can_be_changed(rig: Rig, recipe: RecipePanel, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running")
    rows = recipe.rows
    fixed = {"procedure"} | {name for kind in MACHINE.values() for name in kind.params}
    fixed |= {"optimizer", "best_by", "seed", "device", "label_smoothing"}
    assert {name for name, row in rows.items() if not row.isEnabled()} == fixed
    assert not recipe.data.isEnabled()
    rows["lr"].edited.emit(0.02)
    rig.until(qtbot, lambda: rig.runner.model.lr.last is not None and rig.runner.model.lr.last[1] == 0.02)
    rows["batch_size"].edited.emit(64)
    rows["clip_norm"].edited.emit(1.0)
    rig.until(qtbot, lambda: len(rig.runner.model.changes) == 3)
    rig.runner.finish()
    assert all(row.isEnabled() for row in rows.values())


def test_smoothing_log_and_unit_are_kept(rig: Rig, panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.smoothing.setValue(80)
    panel.log.click()
    qtbot.mouseClick(panel.units._group.button(1), Qt.MouseButton.LeftButton)
    assert panel.curves.loss._smoothing == smoothing_weight(80)
    assert panel.curves.loss._log and panel.curves.unit == "step"
    again = TrainingPanel(rig.studio)
    qtbot.addWidget(again)
    assert (again.smoothing.value(), again.log.isChecked(), again.units.current) == (80, True, 1)
    assert again.curves.loss._log and again.curves.unit == "step"


def test_smoothing_goes_from_none_to_strong() -> None:
    weights = [smoothing_weight(place) for place in range(0, 101, 10)]
    assert weights[0] == 0.0
    assert weights == sorted(weights)
    assert weights[-1] == pytest.approx(0.995)


@pytest.mark.wide
def test_the_plane_is_drawn_for_points_and_bars_for_pictures(rig: Rig, panel: TrainingPanel, qtbot: QtBot) -> None:
    rig.runner.prepare()
    rig.train(qtbot)
    rig.until(qtbot, lambda: not panel.prediction.decision.is_empty())
    assert panel.prediction.stack.currentWidget() is panel.prediction.decision
    assert not panel.prediction.chooser.isVisible()
    plane, data = rig.runner.probes.seen.grid, rig.runner.probes.data
    line = replace(plane, low=plane.low[:1], high=plane.high[:1], values=plane.values[:1, 0])
    assert not panel.prediction._draw_grid(line, data), "a curve that was computed for the data set before"
    rig.studio.open(Document(template("mlp-mnist", epochs=1, batch_size=512)))
    rig.runner.prepare()
    do_waiting_refreshes()
    assert panel.prediction.chooser.isVisible()
    rig.until(qtbot, lambda: rig.runner.probes.samples > 0)
    rig.train(qtbot)
    rig.until(qtbot, lambda: not panel.prediction.bars.is_empty())
    assert panel.prediction.stack.currentWidget() is panel.prediction.bars
    rig.runner.probes.set_sample(7)
    rig.until(qtbot, lambda: panel.prediction.bars.prediction.headline.startswith("Sample 7"))
    assert np.isclose(panel.prediction.bars.prediction.probabilities.sum(), 1, atol=1e-4)


def test_nothing_is_cut_off_in_a_small_window(rig: Rig, panel: TrainingPanel, qtbot: QtBot) -> None:
    rig.studio.set_theme(LIGHT)
    panel.resize(1280, 200)
    settle(0.02)
    for part in (panel.smoothing, panel.log, panel.units, panel.curves.loss, panel.prediction):
        at = part.mapTo(panel, part.rect().bottomRight())
        assert panel.rect().contains(at), part


def test_the_status_line_does_not_dance(rig: Rig, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    line = StatusLine(rig.studio)
    line.setParent(host)
    line.resize(1280, 28)
    host.show()
    assert "120 samples" in line.totals.text()
    rig.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running" and bool(rig.runner.model.epochs))
    rig.until(qtbot, lambda: line.fields["loss"].text().startswith("loss "))
    widths = {name: field.width() for name, field in line.fields.items()}
    assert line.fields["where"].text().startswith("epoch ")
    line.fields["where"].setText("epoch 100 of 100 · step 100,000")
    assert {name: field.width() for name, field in line.fields.items()} == widths
    line._show_figures(
        "where", "epoch 999999 of 1000000 · step 12,345,678"
    )  # longer than its sample: it gets room, and keeps it
    assert line.fields["where"].width() > widths["where"]
    wide = line.fields["where"].width()
    line._show_figures("where", "epoch 1 of 1000000 · step 1")
    assert line.fields["where"].width() == wide
    rig.runner.finish()
    assert line.totals.isVisible() and not line.fields["loss"].isVisible()
    assert "stopped" in line.place.text()


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, of any popup
def test_numbers_of_the_recipe_and_the_data_may_be_written_with_constants(
    rig: Rig, recipe: RecipePanel, qtbot: QtBot
) -> None:
    rig.studio.do("Constants", lambda p: set_constants(p, {"width": 8}))
    form = recipe.forms["Schedule"]
    field = form.rows["batch_size"].field  # type: ignore[attr-defined]
    assert dict(field.names()) == {"width": 8}
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2*width")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert rig.studio.project.recipe.batch_size == 16 and field.text() == "16"
    field.selectAll()
    qtbot.keyClicks(field, "2*depth")
    assert "depth" in form.words["batch_size"].text()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert rig.studio.project.recipe.batch_size == 16


def test_the_page_shows_the_rule_and_the_planned_rate(rig: Rig, recipe: RecipePanel, qtbot: QtBot) -> None:
    assert recipe.curve.isHidden()
    recipe._change("schedule", "cosine")
    recipe._change("warmup", 2)
    recipe._change("clip_norm", 0.5)
    project = rig.studio.project.recipe
    assert (project.schedule, project.options) == ("cosine", {"warmup": 2, "clip_norm": 0.5})
    assert not recipe.curve.isHidden()
    epochs, rates = recipe.curve.planned
    assert (epochs[-1], max(rates)) == (project.epochs, project.lr)
    assert rates[0] == pytest.approx(0.1 * project.lr)
    rule = recipe.rules["Schedule"]
    assert not rule.isHidden()
    assert "cos" in rule.texts[0].text()
    assert "Robbins" in recipe.rules["Optimizer"].paper.text()
    recipe._change("clip_norm", 0)
    assert rig.studio.project.recipe.options["clip_norm"] == 0.5, "it cannot be used, and is not taken over"
    recipe._change("warmup", project.epochs)
    assert "set it to" in recipe.forms["Schedule"].words["warmup"].text()
    assert recipe.curve.isHidden()
    recipe._change("warmup", 1)
    rig.runner.start()
    rig.until(qtbot, lambda: not rig.runner.busy)
    recipe._show_curve()
    assert max(recipe.curve.used[1]) == pytest.approx(project.lr)
    assert min(recipe.curve.used[1]) < 0.2 * project.lr


@pytest.mark.few(1)
@pytest.mark.parametrize("per_cent", [100, 125, 150])
def test_whatever_is_shown_of_the_heads_has_room_for_its_words(qtbot: QtBot, qapp: QApplication, per_cent: int) -> None:
    keeper = ThemeKeeper(qapp, "dark", text_size=per_cent)
    rig = Rig(template("lenet5"))
    panel = TrainingPanel(rig.studio)
    qtbot.addWidget(panel)
    panel.show()
    try:
        seen = set()
        panel.words.setText("Trained · epoch 3 of 3 · best loss 0.691")
        for width in (1600, 1200, 1000, 870, 800):
            panel.resize(width, 300)
            for share in (0.3, 0.5, 0.7):
                panel.splitter.setSizes([round(width * share), round(width * (1 - share))])
                settle()
                assert not cut(panel), (width, share, cut(panel))
                assert panel.units.isVisible() and panel.prediction.chooser.number.isVisible()
                assert not panel.words.isVisible() or panel.words.text().startswith("Trained")
                seen.add((panel.log.isVisible(), panel.words.isVisible()))
        assert (True, True) in seen and (per_cent < 150 or (False, True) in seen)
        assert not panel.bar.isVisible(), "no training, no bar"
    finally:
        rig.runner.close()
        keeper.set_text_size(100)
        keeper.deleteLater()
