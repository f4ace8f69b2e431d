"""Experiments of a person's own: what can be varied, how it is written, kept in a project, and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.sampling import examples
from tests.training.experiments.tiny import network
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.experiments import own
from visualnet.training.experiments.places import find_place, list_places
from visualnet.training.experiments.trials import ExperimentTrial, project_of

LENET = project_file.load(resource("templates", "lenet5.vnet"))


def test_every_place_of_a_project_can_be_set_to_what_it_is_and_leaves_the_project_as_it_was() -> None:
    places = list_places(LENET)
    assert len({place.address for place in places}) == len(places) > 60
    for place in places:
        if place.value is None or place.address == "samples":
            continue
        after = place.edit(LENET, place.value)
        assert after.recipe.lr == LENET.recipe.lr and after.graph.wires == LENET.graph.wires
        assert find_place(after, place.address).value == place.value, place.address
        place.param.read(place.value, {})


@pytest.mark.parametrize("name", ["unet-small", "gpt-small", "resnet-small", "seq2seq-small"])
def test_places_are_found_in_any_network(name: str) -> None:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    assert {"lr", "optimizer", "samples"} <= {place.address for place in list_places(project)}
    broken = edits.set_constants(project, {})
    assert len(list_places(broken)) <= len(list_places(project))


def test_what_is_varied_is_said_in_a_line_and_becomes_variants() -> None:
    made = own.make_experiment(LENET, own.parse(LENET, "lr=0.1, 0.01", (0,)))
    assert [variant.name for variant in made.variants] == ["0.1", "0.01"]
    assert [project_of(made, ExperimentTrial(i, 0)).recipe.lr for i in (0, 1)] == [0.1, 0.01]
    assert made.figure.title == "validation accuracy" and made.figure.better == "max"
    made = own.make_experiment(LENET, own.parse(LENET, "init=zeros,kaiming_normal"))
    inits = {
        node.init.kind for node in project_of(made, ExperimentTrial(0, 0)).graph if node.kind in ("conv2d", "linear")
    }
    assert inits == {"zeros"}
    made = own.make_experiment(LENET, own.parse(LENET, "samples=5,20"))
    assert project_of(made, ExperimentTrial(1, 3)).data.division_options == {"samples": 20}
    assert project_of(made, ExperimentTrial(1, 3)).data.seed == project_of(made, ExperimentTrial(1, 3)).recipe.seed == 3
    made = own.make_experiment(LENET, own.parse(LENET, "relu1.mode=mute,"))
    assert [variant.name for variant in made.variants] == ["mute", "as usual"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lr", "NAME=VALUE"),
        ("lr=0.1", "2 to 8 values"),
        ("lr=0.1,0.1", "wanted once"),
        ("lr=0.1,-3", "lr"),
        ("lerning=1,2", "nothing called “lerning”"),
        ("conv1.out_channels=0,4", "at least 1"),
        ("optimizer=SGD,Nothing", "optimizer"),
        ("batch_size=1.5,3", "batch_size"),
    ],
)
def test_what_cannot_be_varied_so_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        own.parse(LENET, text)


def test_kept_in_a_project_they_come_back_from_its_file_and_go_again(tmp_path: Path) -> None:
    first, second = own.parse(LENET, "lr=0.1,0.01", (0, 4)), own.parse(LENET, "optimizer=SGD,Adam")
    kept = own.keep_own(own.keep_own(LENET, first), second)
    assert own.keep_own(kept, first) is kept
    project_file.save(tmp_path / "x.vnet", kept)
    back = project_file.load(tmp_path / "x.vnet")
    assert own.read_own(back) == ([first, second], [])
    assert own.read_own(own.remove_own(back, first))[0] == [second]
    gone = own.remove_own(own.remove_own(back, first), second)
    assert gone.extra == LENET.extra and own.remove_own(gone, first) is gone


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**20) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=9)
        | st.dictionaries(st.sampled_from(["vary", "values", "seeds", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=examples(8, wide=100))
@given(ANYTHING)
def test_a_file_may_say_anything_and_what_cannot_be_read_is_told_and_stays(raw: Any) -> None:
    project = replace(LENET, extra={**LENET.extra, own.KEY: raw})
    found, faults = own.read_own(project)
    for one in found:
        assert own.read_one(one.plain()) == one
    if isinstance(raw, list):
        assert len(found) + len(faults) == len(raw)
        with_one = own.keep_own(project, own.OwnExperiment("lr", (0.3, 0.7)))
        assert with_one.extra[own.KEY][: len(raw)] == raw
    elif faults:
        assert faults == ["what the file says of experiments is no list"]


def test_an_experiment_of_another_projects_place_is_refused() -> None:
    kept = own.read_one({"vary": "conv1.out_channels", "values": [2, 4]})
    with pytest.raises(ValueError, match=r"nothing called “conv1\.out_channels”"):
        own.make_experiment(network(), kept)
    with pytest.raises(ValueError, match="batch_size"):
        own.make_experiment(LENET, own.read_one({"vary": "batch_size", "values": ["a", 3]}))


@pytest.mark.wide
def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment"]) == 0
    assert "transfer" in capsys.readouterr().out
    assert main(["experiment", "nothing"]) == 2
    assert "there is no experiment “nothing”" in capsys.readouterr().err
    project_file.save(tmp_path / "net.vnet", edits.set_recipe(network(), epochs=2))
    net, folder = str(tmp_path / "net.vnet"), tmp_path / "out"
    assert main(["experiment", net]) == 2
    assert "say what to vary" in capsys.readouterr().err
    assert main(["experiment", net, "--vary", "lr=0.1,0.000001", "--seeds", "0,1", "-o", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "4/4  1e-06, seed 1: validation accuracy" in out and "“0.1” and “1e-06”" in out
    assert {"results.csv", "results.json", "curves.svg", "card_gradients-1.svg", "project.vnet"} <= {
        path.name for path in folder.iterdir()
    }
    assert len((folder / "results.csv").read_text("utf-8").splitlines()) == 5
    assert main(["experiment", net, "--vary", "lr=0.1,0.000001", "--seeds", "0", "-o", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [run["state"] for run in told["runs"]] == ["done", "done"]
    assert main(["experiment", net, "--vary", "lr=1,2", "-o", str(folder)]) == 1
    assert "name another folder" in capsys.readouterr().err
    assert main(["experiment", net, "--vary", "lr=1,2", "--seeds", "x"]) == 2
    assert main(["experiment", "zero-or-he", "--vary", "lr=1,2"]) == 2
    assert main(["experiment", net, "--vary", "hidden.out_features=1,2", "--seeds", "1,1"]) == 2
    kept = own.keep_own(
        project_file.load(tmp_path / "net.vnet"), own.read_one({"vary": "lr", "values": [0.1, 0.2], "seeds": [3]})
    )
    project_file.save(tmp_path / "kept.vnet", kept)
    capsys.readouterr()
    assert main(["experiment", str(tmp_path / "kept.vnet"), "-o", str(tmp_path / "k")]) == 0
    assert "2/2  0.2, seed 3" in capsys.readouterr().out
