"""How a run stands, in words."""

from __future__ import annotations

from tests.training.nets import small
from visualnet.analysis import infer
from visualnet.training.events import Started, Steps
from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.run_status import describe_run, share_done


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
