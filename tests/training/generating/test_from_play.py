"""Episodes that a network plays: held against playing by hand with the same values; files; what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.contract.observed_networks import Observed, observe_template
from visualnet.analysis import infer
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.environments.mouse_world import MouseWorld
from visualnet.figures.charts.generated.game import GameChart
from visualnet.resources import resource
from visualnet.training.generating.generated_episode import MOST_SHOWN, GeneratedEpisode
from visualnet.training.generating.method import GenerationError, find_methods, find_place, make_method
from visualnet.training.observations.context import in_evaluation_mode


def run(found: Observed, **options: float) -> GeneratedEpisode:
    place = find_place(find_methods()["episode"], found.analysis)
    with in_evaluation_mode(found.model), torch.no_grad():
        made = make_method("episode", options).make(found.context, place, lambda share: None)
    assert isinstance(made, GeneratedEpisode)
    return made


@pytest.fixture(scope="module")
def mouse() -> Observed:
    return observe_template("mouse")


def test_it_plays_what_is_worth_most(mouse: Observed) -> None:
    made = run(mouse, seed=5)
    world = mouse.analysis.project.data
    played = MouseWorld(7, 0.2, 0.1, 200, None)
    assert world.name == "mouse"
    seen, total = played.reset(seed=5)[0], 0.0
    with torch.no_grad():
        for at, (action, reward) in enumerate(zip(made.did, made.rewards, strict=True)):
            asked = mouse.context.scores({"observation": torch.from_numpy(np.asarray(seen)[None])})[0]
            assert int(asked.argmax()) == action
            assert np.allclose(made.values[at], asked.numpy(), atol=1e-5)
            assert np.array_equal(made.states[at], seen)
            seen, got, ended, cut, _ = played.step(action)
            assert got == reward
            total += got
    assert ended or cut
    assert made.describe().startswith(f"an episode of {len(made.did)} steps with a reward of")
    assert made.rewards and sum(made.rewards) == pytest.approx(total)
    assert made.moments == len(made.did) + 1


def test_all_by_chance_is_not_what_is_worth_most(mouse: Observed) -> None:
    chance = run(mouse, seed=5, epsilon=1.0)
    assert set(chance.did) == {0, 1, 2, 3}
    assert chance.did == run(mouse, seed=5, epsilon=1.0).did
    assert chance.did != run(mouse, seed=6, epsilon=1.0).did


@pytest.mark.wide
def test_its_files_tell_every_step(mouse: Observed) -> None:
    made = run(mouse, seed=1, epsilon=0.5)
    files = {ending: write() for ending, write in made.files().items()}
    head, *rows = list(csv.reader(io.StringIO(files[".csv"].decode())))
    assert head[:4] == ["step", "action", "reward", "reward so far"]
    assert head[4:9] == ["Q of up", "Q of down", "Q of left", "Q of right", "state_0_0_0"]
    assert len(head) == 8 + 4 * 5 * 5
    assert [float(row[2]) for row in rows] == list(made.rewards)
    assert [float(one) for one in rows[3][8:]] == pytest.approx(made.states[3].reshape(-1).tolist(), abs=1e-6)
    assert len(files[".txt"].decode().splitlines()) == len(made.did) + 1
    frames = Image.open(io.BytesIO(files[".gif"]))
    assert frames.n_frames > 20
    sheet = Image.open(io.BytesIO(files[".png"]))
    columns = int(np.ceil(np.sqrt(MOST_SHOWN)))
    assert sheet.width > columns * 200
    chart = made.chart(3)
    assert isinstance(chart, GameChart)
    assert chart.description() == made.moment_words(3)
    assert "step 3" in made.moment_words(3)
    assert made.moment_words(-1) == made.moment_words(made.moments - 1)


def test_the_command_line_plays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "played.csv"
    assert main(["generate", "cartpole", "--way", "episode", "--seed", "3", "-o", str(target)]) == 0
    head, *rows = list(csv.reader(io.StringIO(target.read_text())))
    assert head[-1] == "state_3"
    assert f"an episode of {len(rows)} steps with a reward of {len(rows)}" in capsys.readouterr().out


def test_a_world_that_fails_is_told(mouse: Observed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: MouseWorld, action: int) -> None:
        raise RuntimeError("the floor is wet")

    monkeypatch.setattr(MouseWorld, "step", fail)
    with pytest.raises(GenerationError, match="the floor is wet"):
        run(mouse)


def test_values_that_are_no_numbers_are_told() -> None:
    found = observe_template("mouse")
    with torch.no_grad():
        next(iter(found.model.net.parameters())).fill_(torch.nan)
    with pytest.raises(GenerationError, match="no number"):
        run(found)


def test_only_what_plays_can_play() -> None:
    kind = find_methods()["episode"]
    project = project_file.load(resource("templates", "mouse.vnet"))
    assert [place.name for place in kind.find(infer(project))] == ["Mouse and cheese"]
    assert kind.find(infer(edits.set_data(project, name="digits", options={}))) == []
    narrow = [node.id for node in project.graph.nodes.values() if node.name == "q"]
    assert kind.find(infer(edits.set_params(project, "", narrow, {"out_features": 3}))) == []
