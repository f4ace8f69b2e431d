"""What is observed is kept over time within bounds, and what takes long is computed aside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, template
from visualnet.app.services.background_task import close_tasks
from visualnet.app.services.observing.observation_store import ObservationStore
from visualnet.pytorch import need_torch
from visualnet.training.observations import look_history
from visualnet.training.observations.look_history import MOST_KEPT
from visualnet.training.observations.observation import ObservationRequest, Result

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
    monkeypatch.setattr(look_history, "MOST_BYTES", 100_000)
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
    assert probes.long_looks.share(request) == 0.0
    probes.long_looks.cancel(other)
    assert probes.long_looks.share(other) is None
    rig.until(qtbot, lambda: probes.observed.last(request) is not None)
    found = probes.observed.last(request)
    assert found is not None
    step, result = found
    assert step > 3
    assert result.arrays
    assert rig.runner.state == "running", "the training goes on meanwhile"
    rig.runner.stop()
    rig.until(qtbot, lambda: not rig.runner.busy)
    rig.until(qtbot, lambda: probes.long_looks.share(request) is None)
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
