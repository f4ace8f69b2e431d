"""The time of a training step: forecast once the machine was measured, held against what a run takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.flows.hands import Hands
from visualnet.analysis import infer
from visualnet.analysis.cost.step_time import DeviceSpeed, SampleWork, step_seconds, work
from visualnet.cli.common import open_project
from visualnet.core import edits
from visualnet.training.measure import machine_speed, machine_speed_store

PACE = DeviceSpeed(call_s=1e-5, matrix_macs=1e10, sliding_macs=2e10, bytes=1e10, tensor_s=1e-6, number_s=1e-9)


def test_the_work_is_that_of_every_layer_and_repetition() -> None:
    project = open_project("lenet5-28")
    analysis = infer(project)
    whole = work(analysis.main)
    assert whole.matrix + whole.sliding == analysis.main.macs
    assert whole.matrix == 400 * 120 + 120 * 84 + 84 * 10
    deep = infer(open_project("resnet-18"))
    assert work(deep.main).matrix + work(deep.main).sliding == deep.main.macs
    assert work(infer(open_project("resnet-34")).main).calls > work(deep.main).calls
    assert SampleWork(1, 2, 3).plus(SampleWork(1, 1, 1)) == SampleWork(2, 3, 4)


def test_more_to_do_takes_longer() -> None:
    project = open_project("lenet5-28")
    small = step_seconds(infer(project), PACE, 32)
    assert step_seconds(infer(project), PACE, 64) > small
    wider = edits.set_params(project, "", [project.graph.named("c1").id], {"out_channels": 32})
    assert step_seconds(infer(wider), PACE, 32) > small


def test_figures_are_kept_for_the_machine_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "pace.json"
    machine_speed_store.save("cpu", PACE, path)
    machine_speed_store.save("cuda", PACE, path)
    assert machine_speed_store.load(path) == {
        machine_speed_store.key("cpu"): PACE,
        machine_speed_store.key("cuda"): PACE,
    }
    path.write_text(
        '{"cpu": {"call_s": -1, "matrix_macs": 0, "sliding_macs": 1, "bytes": 1, "tensor_s": 0, "number_s": 0}}'
    )
    assert machine_speed_store.load(path) == {}
    path.write_text("no JSON")
    assert machine_speed_store.load(path) == {}


def test_measuring_leaves_the_generators_as_they_were() -> None:
    import torch

    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    pace = machine_speed.measure(torch.device("cpu"))
    assert torch.equal(before, torch.random.get_rng_state())
    assert machine_speed_store.is_plausible(pace)


@pytest.mark.wide
def test_the_button_measures_and_the_run_is_held_against_it(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_speed, "measure", lambda device: PACE)
    hands.window.project_files.open_template("mlp-mnist")
    hands.studio.do("Short", lambda p: edits.set_recipe(p, epochs=1))
    hands.studio.select([])
    card = hands.window.panel("inspector").project_page.costs
    hands.until(lambda: card.measure.isVisible(), what="the button")
    assert card.rows.value("Training step") == "not known yet"
    QTest.mouseClick(card.measure, Qt.MouseButton.LeftButton)
    hands.until(lambda: card.rows.value("Training step").startswith("about"), what="the forecast")
    assert not card.measure.isVisible()
    assert hands.window.runner.start()
    hands.until(lambda: not hands.window.runner.busy, what="the run's end")
    hands.studio.do("Name", lambda p: edits.set_name(p, "again"))
    hands.until(lambda: "took" in card.rows.value("Training step"), what="the time it took")
