"""What the training thread leaves behind: nothing."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from tests.training.nets import small
from visualnet.training.control import Control
from visualnet.training.events import Failed
from visualnet.training.runs.run_model import create_run
from visualnet.training.training_job import train


@pytest.mark.parametrize("fails", [False, True])
def test_the_network_of_a_run_is_gone_when_the_run_has_ended(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[weakref.ref[torch.Tensor]] = []
    step = torch.optim.Adam.step

    def watched(optimizer: torch.optim.Adam, *args: object) -> object:
        seen.append(weakref.ref(optimizer.param_groups[0]["params"][0]))
        if fails:
            raise MemoryError
        return step(optimizer, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(torch.optim.Adam, "step", watched)
    project = small(epochs=1)
    told: list[object] = []
    gc.collect()
    gc.disable()  # in a quiet window Python hardly ever looks for circles
    try:
        train(project, create_run(project), False, Control(), told.append)
        assert seen[0]() is None
    finally:
        gc.enable()
    assert any(isinstance(event, Failed) for event in told) == fails
