"""What the training thread leaves behind: nothing."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from tests.training.nets import small
from visualnet.app.services.training_thread import Ended, Work
from visualnet.training.control import Control
from visualnet.training.runs.run_model import create_run


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

    def put(event: object) -> None:
        if isinstance(event, Ended):
            told.append(seen[0]() is None)

    gc.collect()
    gc.disable()  # in a quiet window Python hardly ever looks for circles
    try:
        Work(project, "r", create_run(project), False, Control(), put)()
    finally:
        gc.enable()
    assert told == [True]
