"""What is observed is kept over time within bounds, and what takes long is computed aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, template
from visualnet.app.services.background_task import close_tasks
from visualnet.app.services.observing.observation_store import ObservationStore
from visualnet.pytorch import need_torch
from visualnet.training.control import ProbeRequest
from visualnet.training.observations import result_history
from visualnet.training.observations.observation import ObservationRequest, Result, find_observations
from visualnet.training.observations.result_history import MOST_KEPT

VALUES = ObservationRequest("values", (("n2",), "features"))


def result(value: float, size: int = 4) -> Result:
    return Result({"values": np.full(size, value, np.float32)})


def test_a_history_is_thinned_and_keeps_its_first_and_its_newest_looks(qtbot: QtBot) -> None:
    store = ObservationStore(None)  # type: ignore[arg-type]
    for step in range(MOST_KEPT * 3):
        store.take(step, {VALUES: result(step)})
    steps = [step for step, _ in store.history(VALUES)]
    assert len(steps) <= MOST_KEPT
    assert steps[0] == 0
    assert steps[-20:] == list(range(MOST_KEPT * 3 - 20, MOST_KEPT * 3))
    assert steps == sorted(set(steps))
    assert store.last(VALUES) == store.history(VALUES)[-1]


def test_all_histories_together_stay_within_their_memory(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_history, "MOST_BYTES", 100_000)
    store = ObservationStore(None)  # type: ignore[arg-type]
    large, small = VALUES, ObservationRequest("values", (("n3",), "y"))
    for step in range(200):
        store.take(step, {large: result(step, 2_000), small: result(step)})
    held = [one.nbytes for request in (large, small) for _, one in store.history(request)]
    assert sum(held) <= 100_000
    assert len(store.history(small)) == 200
    assert store.history(large)[0][0] == 0
    assert store.history(large)[-1][0] == 199


def test_another_run_and_another_sample_begin_anew_and_words_stand_where_nothing_is_seen(qtbot: QtBot) -> None:
    store = ObservationStore(None)  # type: ignore[arg-type]
    store.take(5, {VALUES: result(1)})
    store.take(9, {VALUES: result(2)})
    store.take(9, {VALUES: result(3)})
    assert [step for step, _ in store.history(VALUES)] == [5, 9]
    store.take(1, {VALUES: result(4)})
    assert [step for step, _ in store.history(VALUES)] == [1]
    store.take(2, {VALUES: "there is nothing"})
    assert store.words(VALUES) == "there is nothing"
    store.forget_sample()
    assert store.history(VALUES) == ()
    assert store.last(VALUES) is None


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    """LeNet, to be trained for long."""
    need_torch()
    made = Rig(template("lenet5-28", epochs=1000))
    made.runner.probes.need_data()
    yield made
    close_tasks(made.studio)
    made.runner.close()


def test_what_takes_long_is_computed_aside_of_the_weights_that_are_trained(rig: Rig, qtbot: QtBot) -> None:
    request, other = ObservationRequest("occlusion"), ObservationRequest("occlusion", options=(("patch", 8),))
    probes = rig.runner.probes
    assert rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running" and rig.runner.model.step > 3)
    probes.ask(request)
    probes.ask(other)
    assert probes.slow_observations.share(request) == 0.0
    probes.slow_observations.cancel(other)
    assert probes.slow_observations.share(other) is None
    rig.until(qtbot, lambda: probes.observed.last(request) is not None)
    found = probes.observed.last(request)
    assert found is not None
    step, result = found
    assert step > 3
    assert result.arrays
    assert rig.runner.state == "running", "the training goes on meanwhile"
    rig.runner.stop()
    rig.until(qtbot, lambda: not rig.runner.busy)
    rig.until(qtbot, lambda: probes.slow_observations.share(request) is None)
    probes.ask(request)
    rig.until(qtbot, lambda: probes.observed.last(request)[0] > step)  # type: ignore[index]
    assert probes.observed.last(other) is None


def test_what_is_live_follows_a_training_and_stops_when_nobody_looks(rig: Rig, qtbot: QtBot) -> None:
    port = (("n2",), next(iter(rig.studio.facts["n2"].outputs)))  # type: ignore[index]
    request = ObservationRequest("values", port)
    probes = rig.runner.probes
    probes.set_request("test", observations=[request])
    assert rig.runner.start()
    rig.until(qtbot, lambda: len(probes.observed.history(request)) >= 3)
    steps = [step for step, _ in probes.observed.history(request)]
    assert steps == sorted(set(steps))
    probes.set_request("test")
    assert not probes.current_request().observations
    rig.runner.stop()
    rig.until(qtbot, lambda: not rig.runner.busy)


def test_a_look_that_was_under_way_is_not_kept_for_another_sample_or_another_run(
    rig: Rig, qtbot: QtBot, tmp_path: Path
) -> None:
    request, probes = ObservationRequest("occlusion"), rig.runner.probes
    rig.until(qtbot, lambda: probes.samples > 0)
    probes.ask(request)
    assert probes.slow_observations.share(request) is not None
    probes.set_sample(3)
    rig.until(qtbot, lambda: probes.slow_observations.share(request) is None)
    assert probes.observed.last(request) is None
    probes.ask(request)
    rig.until(qtbot, lambda: probes.observed.last(request) is not None)
    probes.set_run(tmp_path / "another")
    assert probes.observed.history(request) == ()


def test_a_look_goes_on_with_the_weights_that_a_run_left_before_it_gave_a_copy(rig: Rig, qtbot: QtBot) -> None:
    request, looks = ObservationRequest("occlusion"), rig.runner.probes.slow_observations
    project = rig.studio.project
    looks.ask(request, ProbeRequest(), None, project)
    assert looks.copy
    assert looks.share(request) == 0.0
    looks.go_on_without_copy(None)
    assert looks.copy == 0
    rig.until(qtbot, lambda: rig.runner.probes.observed.last(request) is not None)


@pytest.mark.wide
def test_what_fails_is_told_and_takes_nothing_from_the_others(
    rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = find_observations()
    port = (("n2",), next(iter(rig.studio.facts["n2"].outputs)))  # type: ignore[index]
    good, bad = ObservationRequest("values", port), ObservationRequest("filters", (("n2",), "weight"))

    def fail(*_: object) -> None:
        raise RuntimeError("sizes do not match")

    monkeypatch.setattr(kinds["filters"], "compute", fail)
    probes = rig.runner.probes
    probes.set_request("test", observations=[bad, good])
    assert rig.runner.start()
    rig.until(qtbot, lambda: len(probes.observed.history(good)) >= 3 and probes.observed.words(bad) != "")
    assert "sizes do not match" in probes.observed.words(bad)
    rig.runner.stop()
    rig.until(qtbot, lambda: not rig.runner.busy)
