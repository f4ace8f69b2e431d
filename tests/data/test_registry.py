"""The data sets: what they say without loading is what is loaded, and nothing they are given breaks them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.counting import count_calls
from visualnet.core.project import DataChoice
from visualnet.data.loading import load
from visualnet.data.registry import (
    DATASETS,
    MOST_NUMBERS,
    SHAPES,
    describe_missing,
    fields,
    fields_or_none,
    make_data_set,
)
from visualnet.resources import resource


@pytest.mark.few(4)
@pytest.mark.parametrize("name", DATASETS)
def test_what_is_declared_is_what_is_loaded(name: str) -> None:
    data = load(DataChoice(name=name))
    declared = fields(data.choice)
    assert data.fields == declared
    assert data.fields.keys() == declared.keys()
    for field, spec in declared.items():
        array = data.whole(field)
        assert array.shape == (make_data_set(data.choice).size, *spec.shape)
        assert array.dtype == {"float": np.float32, "int": np.int64}[spec.dtype]
        assert np.isfinite(array).all()
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert data.size == make_data_set(data.choice).size
    if "label" in declared:
        assert set(np.unique(data.whole("label"))) == set(range(len(data.classes)))


@pytest.mark.few(4)
@pytest.mark.parametrize("name", DATASETS)
def test_inputs_are_measured_on_the_training_samples_alone(name: str) -> None:
    data = load(DataChoice(name=name, split=(0.6, 0.2, 0.2)))
    assert set(data.mean) == {f for f in make_data_set(data.choice).inputs if data.fields[f].dtype == "float"}
    for field in data.mean:
        values = (data.whole(field)[data.train] - data.mean[field]) / data.std[field]
        kept = 2 if data.fields[field].axes == ("T", "D") else 1  # channels or features; those of a series stand last
        axes = tuple(axis for axis in range(values.ndim) if axis != kept)
        assert np.allclose(values.mean(axes), 0, atol=1e-4)
        assert np.allclose(values.std(axes), 1, atol=1e-3)


def test_without_normalising_there_is_no_mean() -> None:
    assert load(DataChoice(name="digits8x8", normalise=False)).mean == {}


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "own"])
@pytest.mark.parametrize("classes", [2, 5])
def test_points_have_the_classes_that_are_declared(shape: str, classes: int) -> None:
    data = load(DataChoice(name="points", options={"shape": shape, "classes": classes, "n": 103}))
    counts = np.bincount(data.whole("label"), minlength=len(data.classes))
    assert len(counts) == len(data.classes)
    assert counts.max() - counts.min() <= 1
    if "y" in data.fields:
        assert (data.whole("y")[:, 0] == data.whole("label")).all()
    assert np.abs(data.whole("point")).max() < 3


def test_another_seed_gives_other_points_and_the_same_seed_the_same() -> None:
    prints = [load(DataChoice(name="points", options={"seed": seed})).fingerprint for seed in (1, 2, 1)]
    assert prints[0] == prints[2] != prints[1]


def test_the_fingerprint_tells_the_division() -> None:
    assert load(DataChoice(name="digits8x8", seed=1)).fingerprint != load(DataChoice(name="digits8x8")).fingerprint


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (DataChoice(name="cifar"), "no data set “cifar”"),
        (DataChoice(name="imagenet"), "ImageNet do not come with the program: open the small version"),
        (DataChoice(name="text"), "the texts that this network learns from do not come with the program"),
        (DataChoice(name="sound"), "the sounds that this network learns from do not come with the program"),
        (DataChoice(name="points", options={"shape": "cube"}), "it can be moons, circles"),
        (DataChoice(name="points", options={"n": 10**9}), "n is 1,000,000,000"),
        (DataChoice(name="points", options={"colour": 1}), "no option “colour”"),
        (DataChoice(name="mnist5k", options={"n": 5}), "no option “n”"),
        (DataChoice(name="curve", options={"noise": "1/0"}), "division by zero"),
        (DataChoice(name="curve", options={"n": (1, 2)}), "one whole number"),
        (DataChoice(name="digit_masks", options={"side": 100, "margin": 50}), "leaves nothing of 100 px"),
        (DataChoice(name="mnist5k", split=(0.9, 0.2, 0.0)), "add to 1.1"),
        (DataChoice(name="mnist5k", split=(0.0, 1.0, 0.0)), "nothing to train on"),
    ],
)
def test_a_bad_choice_is_refused_in_words(choice: DataChoice, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load(choice)
    if choice.split == DataChoice().split:
        assert fields_or_none(choice) is None


@pytest.mark.parametrize("name", ["text", "sound"])
def test_what_published_networks_learned_from_is_not_taken_for_own_data(name: str) -> None:
    """Sources of own data have these names too, and a path."""
    assert "do not come with the program" in describe_missing(DataChoice(name=name))
    assert "point to it on the data page" in describe_missing(DataChoice(name=name, path="mine/x.csv"))


def test_asking_for_fields_on_every_edit_costs_microseconds() -> None:
    choice = DataChoice(name="points", options={"shape": "spiral"})
    fields_or_none(choice)
    _, calls = count_calls(lambda: fields_or_none(choice))
    assert calls < 20


def test_the_catalogue_needs_neither_torch_nor_numpy() -> None:
    code = (
        "import sys, visualnet.data.registry as c\n"
        "[c.fields(c.DataChoice(name=n)) for n in c.DATASETS]\n"
        "assert not {'torch', 'numpy', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_is_shipped_has_its_licence_beside_it() -> None:
    for kind in DATASETS.values():
        if kind.licence:
            text = resource("data", kind.licence).read_text(encoding="utf-8")
            assert "Source:" in text
            assert "Licence:" in text
        assert kind.source
        assert kind.summary().endswith(".")


def test_no_options_ask_for_more_than_a_machine_holds() -> None:
    """Each is within its own bound; what they come to together is told by arithmetic, before anything is made."""
    for name, kind in DATASETS.items():
        highest = {
            o: p.high
            for o, p in kind.params.items()
            if getattr(p, "high", 10**9) < 10**9 and o not in ("margin", "classes")
        }
        choice = DataChoice(name=name, options={o: int(high) for o, high in highest.items()})
        most = kind(choice.options)
        if most.size * sum(spec.size for spec in most.specs().values()) > MOST_NUMBERS:
            with pytest.raises(ValueError, match="ask for fewer samples"):
                load(choice)
            assert fields_or_none(choice) is None
        else:
            assert make_data_set(choice).size == most.size
    assert make_data_set(DataChoice(name="digit_masks", options={"n": 600, "side": 572})).size == 600
    with pytest.raises(ValueError, match="fewer samples"):
        make_data_set(DataChoice(name="digit_masks", options={"n": 5_000, "side": 572}))
