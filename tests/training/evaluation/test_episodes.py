"""A run that learned by play is judged by episodes: against playing them by hand, in every form, with progress and an end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.procedures.test_deep_q import JUDGING, break_episode, game
from tests.training.test_session import train
from visualnet.analysis import infer
from visualnet.api.training import load_run
from visualnet.cli.main import main
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.environments.mouse_world import MouseWorld
from visualnet.training.checkpoints import load_weights
from visualnet.training.evaluation.episodes.judging import EPISODES, FIRST_SEEDS
from visualnet.training.evaluation.evaluation import describe, evaluate
from visualnet.training.evaluation.paired_comparison import pair
from visualnet.training.evaluation.report import write_report
from visualnet.training.evaluation.text_report import as_data, as_text
from visualnet.training.loop.procedures.action_values import find_values

PLACE = {"side": 5, "cheese": 20, "poison": 8, "steps": 20}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Project]:
    folder = tmp_path_factory.mktemp("mouse")
    project = game(data=PLACE, epochs=2)
    project_file.save(folder / "project.vnet", project)
    assert train(project, folder).state == "done"
    return folder, project


def test_it_is_judged_by_what_it_plays(run: tuple[Path, Project]) -> None:
    """Against the environment played by hand with the values of the same weights."""
    folder, project = run
    shares: list[float] = []
    found = evaluate(folder, check=shares.append)
    predictions = found.predictions[0]
    assert (predictions.task, predictions.size, found.unit) == ("episodes", EPISODES, "episode")
    assert shares == sorted(shares) and len(shares) > 20 and shares[-1] <= 1

    model = compile_project(project, infer(project), seed=0)
    load_weights(folder / "best.safetensors", model.net)
    port = find_values(model.analysis.main)
    assert port is not None
    view = model.view([((port.node,), port.port)]).eval()
    rewards = []
    for at in range(12):
        world, total, over = MouseWorld(5, 0.2, 0.08, 20, None), 0.0, False
        seen = world.reset(seed=FIRST_SEEDS["validation"] + at)[0]
        while not over:
            with torch.no_grad():
                (values,) = view(torch.from_numpy(np.asarray(seen)[None]))
            seen, reward, ended, cut, _ = world.step(int(values.argmax()))
            total, over = total + reward, ended or cut
        rewards.append(total)
    assert predictions.arrays["reward"][:12].tolist() == pytest.approx(rewards)
    mean = found.figures[0]["mean_reward"]
    assert mean.value == pytest.approx(predictions.arrays["reward"].mean())
    assert mean.low <= mean.value <= mean.high
    share = found.figures[0]["of_best"].value
    assert share == pytest.approx(predictions.arrays["reward"].sum() / predictions.arrays["best"].sum())


def test_each_part_has_episodes_of_its_own(run: tuple[Path, Project]) -> None:
    seen = {
        part: set(evaluate(run[0], part).predictions[0].samples.tolist()) for part in ("training", "validation", "test")
    }
    assert not (seen["validation"] & seen["training"]) and not (seen["validation"] & seen["test"])
    assert evaluate(run[0], "test").opened >= 1


def test_it_is_told_in_every_form(
    run: tuple[Path, Project], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = evaluate(run[0])
    assert "100 episodes" in describe(found)
    assert "Mean reward" in as_text(found) and "Of the best possible" in as_text(found)
    told = json.loads(json.dumps(as_data(found), allow_nan=False))["answers"][0]
    assert told["task"] == "episodes" and len(told["rows"]) == EPISODES
    assert told["rows"][0]["seed"] == FIRST_SEEDS["validation"]
    page = write_report(found, [("the same", pair(found, found))])
    assert "Mean reward, 95 % interval" in page and "Reward and length" in page and "100 episodes" in page
    assert "recorded" not in page and "On these 100 episodes" in page
    target = tmp_path / "page.html"
    assert main(["evaluate", str(run[0]), "--html", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"][0]["metrics"]["mean_reward"]["value"] == pytest.approx(
        found.figures[0]["mean_reward"].value
    )
    assert target.read_text("utf-8").startswith("<!doctype html>")
    assert load_run(run[0]).evaluate().figures[0].keys() == found.figures[0].keys()


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("fault", "words"), [*JUDGING, (None, "could not begin the episode of seed {seed}: OSError: the arena is closed")]
)
def test_a_world_that_breaks_is_told_with_step_and_seed(
    fault: Any, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the command line and from Python; nothing of it is kept."""
    project = game(data=PLACE, epochs=1)
    project_file.save(tmp_path / "project.vnet", project)
    assert train(project, tmp_path).state == "done"
    seed = FIRST_SEEDS["validation"] + 1
    with monkeypatch.context() as patch:
        break_episode(seed, fault, patch)
        with pytest.raises(ValueError, match=words.format(seed=seed)):
            load_run(tmp_path).evaluate()
        assert main(["evaluate", str(tmp_path)]) == 2
        assert re.search(words.format(seed=seed), capsys.readouterr().err)
    assert evaluate(tmp_path).size == EPISODES


def test_it_ends_between_two_steps_where_nobody_waits(run: tuple[Path, Project]) -> None:
    class Enough(Exception):
        pass

    asked: list[float] = []

    def check(share: float) -> None:
        asked.append(share)
        if len(asked) == 8:
            raise Enough

    with pytest.raises(Enough):
        evaluate(run[0], weights="last", check=check)
    assert len(asked) == 8 and asked[-1] < 0.5
    assert evaluate(run[0], weights="last").size == EPISODES, "nothing of the broken one is kept"
