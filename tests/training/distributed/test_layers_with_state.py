"""Every layer that keeps more than weights, or sets them from what arrives, trained by two processes: as by one, or refused with words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.training.distributed.cases import DRAWS, STATE_CASES, WITH_STATE
from tests.training.distributed.conftest import Launcher, said
from tests.training.distributed.launcher import told
from tests.training.distributed.test_two_processes import close, saved, trained_alike
from tests.training.process_server import NEEDS_FORK
from visualnet.layers import LAYERS, Layer

pytestmark = NEEDS_FORK


def test_each_layer_that_declares_buffers_has_its_training_here() -> None:
    assert {kind for kind, one in LAYERS.items() if one.buffers is not Layer.buffers} == set(WITH_STATE)


@pytest.fixture(scope="module")
def two(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What two processes tell of each, with statistics of the whole batch: weights copied, and divided."""
    kinds = {"copied": list(WITH_STATE), "divided": [kind for kind in WITH_STATE if kind != "act_norm"]}
    return {
        how: launcher.train(
            tmp_path_factory.mktemp(how), cases=[f"state_{one}" for one in cases], shard=how == "divided", joint=True
        )
        for how, cases in kinds.items()
    }


@pytest.mark.wide
@pytest.mark.parametrize(
    ("how", "kind"),
    [(how, kind) for how in ("copied", "divided") for kind in WITH_STATE if (how, kind) != ("divided", "act_norm")],
)
def test_two_processes_train_it_as_one(how: str, kind: str, two: dict[str, dict[str, Any]]) -> None:
    name = f"state_{kind}"
    ours = two[how][name]
    if kind in DRAWS:
        assert ours["reason"] == "done" and ours["alike"] and not ours["said"]
        return
    one = told(STATE_CASES[name]())
    trained_alike(ours, one)
    for here, there in zip(ours["buffers"], one["buffers"], strict=True):
        close(here, there)
    for rows in zip(ours["epochs"], one["epochs"], strict=True):
        for here, there in zip(*rows, strict=True):
            close([*here.values()], [*there.values()])


def test_first_batch_cannot_set_divided_weights(launcher: Launcher, tmp_path: Path) -> None:
    net = saved(WITH_STATE["act_norm"](), tmp_path)
    launcher.start(tmp_path, arguments=["train", net, "--run", str(tmp_path / "run"), "--shard"])
    assert 0 not in launcher.end()
    assert "the first batch is to set the weights of “own”" in said(tmp_path)


def test_weights_that_a_layer_of_ones_own_makes_different_end_the_run_with_words(
    launcher: Launcher, tmp_path: Path
) -> None:
    ours = launcher.train(tmp_path, cases=["sets_weights"])["sets_weights"]
    assert ours["reason"] == "failed"
    assert (
        "sets its own weights from what arrives" in ours["said"][-1] and "train it with one process" in ours["said"][-1]
    )
