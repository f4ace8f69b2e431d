"""Steps on a copy: the losses of the run itself, to the bit; and what of it holds for several learners."""

from __future__ import annotations

import pytest

from tests.training.estimates.test_rate_test import points
from tests.training.gan import gan
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.estimates.batch_size import find_largest_batch
from visualnet.training.estimates.epoch_test import measure_epoch
from visualnet.training.estimates.rate_test import run_rate_test
from visualnet.training.estimates.trial import open_trial
from visualnet.training.loop.session import Session

KINDS = {
    "gathered": lambda: points(batch_size=16, epochs=1, options={"accumulate": 3}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_steps_are_those_of_the_run(kind: str) -> None:
    project: Project = KINDS[kind]()
    data, told = load(project.data), list[float | None]()
    Session(project, data, lambda e: told.extend(e.values["loss"]) if isinstance(e, events.Steps) else None).run()
    with open_trial(project, data) as trial:
        steps = trial.sampler.steps
        found = [trial.read(trial.step(last=number + 1 == steps)) for number in range(steps)]
    assert len(found) > 3 and found == told


def test_several_learners_are_measured_as_they_are_and_given_no_rate() -> None:
    project = gan(epochs=1)
    data = load(project.data)
    measured = measure_epoch(project, data)
    assert measured.memory > 0 and measured.epoch_s > 0
    sizes = find_largest_batch(project, data).sizes
    assert sizes[-1].batch == len(data.train) and sizes[-1].memory > sizes[0].memory
    with pytest.raises(ValueError, match="2 learners work against or beside"):
        run_rate_test(project, data)
