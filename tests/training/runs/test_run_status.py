"""How a run stands, in words."""

from __future__ import annotations

import io

import pytest

from tests.training.nets import small
from visualnet.analysis import infer
from visualnet.training.events import EpochDone, Finished, Started, Steps, sums_learners
from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.run_status import describe_run, share_done
from visualnet.training.terminal.printer import RunPrinter


def test_a_run_in_words_from_its_start_to_its_end() -> None:
    analysis, model = infer(small()), RunModel("r")
    assert describe_run("starting", None, analysis).startswith("Starting")
    assert describe_run("idle", None, analysis) == "" and share_done(None) == 0.0
    model.consume(
        Started(
            run="r",
            device="CPU",
            threads=1,
            parameters=3,
            epochs=4,
            steps_per_epoch=10,
            batch_size=2,
            sizes=(20, 0, 0),
            best_by="loss",
            best_is="min",
        )
    )
    model.consume(Steps(step=15, epoch=1, lr=0.1, values={"loss": [1.0] * 15}))
    assert describe_run("running", model, analysis) == "epoch 2 of 4 · step 15"
    assert describe_run("idle", model, analysis).startswith("Stopped · epoch 2 of 4")
    assert share_done(model) == 15 / 40


@pytest.mark.parametrize(
    ("learners", "best_by", "words"),
    [
        ({"critic": "Adam", "maker": "Adam"}, "loss", "least sum of the learners' losses"),
        ({"critic": "Adam", "maker": "Adam"}, "maker loss", "best"),
        ({"only": "Adam"}, "loss", "best"),
        ({}, "loss", "best"),
    ],
)
def test_a_sum_of_several_learners_losses_is_not_called_best(
    learners: dict[str, str], best_by: str, words: str
) -> None:
    out, model, analysis = io.StringIO(), RunModel("r"), infer(small())
    printer = RunPrinter(out)
    sizes = {"steps_per_epoch": 10, "batch_size": 2, "sizes": (20, 0, 0)}
    started = Started(
        run="r",
        device="CPU",
        threads=1,
        parameters=3,
        epochs=1,
        best_by=best_by,
        best_is="min",
        learners=learners,
        **sizes,  # type: ignore[arg-type]
    )
    assert sums_learners(started) == (words != "best")
    spent = {"seconds": 2.0, "samples_per_s": 10.0}
    done = EpochDone(
        epoch=1, step=10, train={best_by: 0.5}, validation={}, is_best=True, best_epoch=1, best=0.5, **spent
    )  # type: ignore[arg-type]
    ended = Finished(reason="done", epoch=1, step=10, seconds=2.0, best_epoch=1, best=0.5)
    for event in (started, done, ended):
        model.consume(event)
        printer(event)
    assert f", {words} in epoch 1" in out.getvalue()
    assert f"{words} {best_by} 0.5 in epoch 1".replace("losses loss", "losses") in describe_run("idle", model, analysis)
