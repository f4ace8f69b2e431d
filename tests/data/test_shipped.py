"""Real data that come with the program: they are what they say, and a small network learns from each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import visualnet as vn
from visualnet.core.project import DataChoice
from visualnet.data.declare import DATASETS
from visualnet.data.examination.sample_content import make_content
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.data.shipped.place_names import PLACE_LETTERS
from visualnet.resources import resource
from visualnet.training.events import EpochDone

TOGETHER = 4 << 20


def learn(net: vn.Graph, epochs: int, **recipe: object) -> list[EpochDone]:
    """The epochs of a training."""
    net.set(epochs=epochs, device="cpu", **recipe)
    return [event for event in vn.train(net) if isinstance(event, EpochDone)]


@pytest.mark.wide
def test_a_small_network_tells_emoji_apart() -> None:
    net = vn.Graph("emoji").set(data="emoji32")
    x = net.relu(net.conv2d(net.avg_pool2d(net.input(3, 32, 32), 2), 12, kernel_size=3, stride=2))
    logits = net.linear(net.flatten(x), 6)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    net.accuracy(logits, net.target("label"), name="right")
    epochs = learn(net, 6, lr=0.005)
    assert epochs[-1].train["loss"] < 0.6 * epochs[0].train["loss"]
    assert epochs[-1].validation["right"] > 0.5  # chance, or always the largest class, is right in 0.22


@pytest.mark.wide
def test_a_small_network_tells_countries_by_the_spelling_of_towns() -> None:
    net = vn.Graph("towns").set(data="place_names")
    x = net.embedding(net.input(16, field="text", dtype="int"), len(PLACE_LETTERS), 16)
    x = net.relu(net.conv1d(net.permute(x), 48, kernel_size=3, padding=1))
    logits = net.linear(net.flatten(net.max_pool1d(x, 16)), 8)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    net.accuracy(logits, net.target("label"), name="right")
    epochs = learn(net, 8, lr=0.005)
    assert epochs[-1].train["loss"] < 0.6 * epochs[0].train["loss"]
    assert epochs[-1].validation["right"] > 0.5  # chance is 0.125


def test_a_small_network_foretells_the_temperature_of_the_sea() -> None:
    net = vn.Graph("sea").set(data="sea_temperature")
    x = net.flatten(net.input(48, 1, field="series"))
    y = net.linear(net.relu(net.linear(x, 16)), 6)
    net.output(y)
    net.mse(y, net.target("y", size=(6,), dtype="float"))
    epochs = learn(net, 60, lr=0.02)
    assert epochs[-1].train["loss"] < 0.05 * epochs[0].train["loss"]


def test_pictures_have_colours_and_their_paper_is_white() -> None:
    image = load(DataChoice(name="emoji32")).whole("image")
    assert image.min() == 0
    assert image.max() == 1
    assert (image[:, :, 0, 0] == 1).all(1).mean() > 0.7
    assert np.abs(image[:, 0] - image[:, 2]).max(axis=(1, 2)).mean() > 0.4


def test_names_of_towns_are_spelled_by_their_letters() -> None:
    data = load(DataChoice(name="place_names", options={"length": 24}))
    names = ["".join(PLACE_LETTERS[number] for number in row).rstrip("\0") for row in data.whole("text")]
    by_name = dict(zip(names, data.whole("label"), strict=True))
    for name, country in {"são paulo": "Brazil", "łódź": "Poland", "izmir": "Turkey", "köln": "Germany"}.items():
        assert data.classes[by_name[name]] == country
    assert len(by_name) == len(names) == 2800
    assert np.bincount(data.whole("label")).tolist() == [350] * 8
    assert set("".join(names)) | {"\0"} == set(PLACE_LETTERS)


def test_names_of_towns_are_shown_as_people_read_them() -> None:
    data = load(DataChoice(name="place_names"))
    content = make_content(make_data_set(data.choice), data.fields, data.choice, data.sample(0, tuple(data.fields)))
    assert content.words == "são paulo"


def test_windows_of_the_sea_do_not_overlap_unless_they_are_asked_to() -> None:
    data = load(DataChoice(name="sea_temperature"))
    series, y = data.whole("series"), data.whole("y")
    story = np.concatenate([series[:, :, 0], y], 1).ravel()
    finer = load(DataChoice(name="sea_temperature", options={"window": 2, "horizon": 1, "step": 1}))
    every = np.append(finer.whole("series")[:, 0, 0], finer.whole("series")[-1, 1, 0])
    assert np.array_equal(story, every[: len(story)])
    assert len(every) - len(story) < 54
    assert -2 < every.min() < every.max() < 30
    assert np.array_equal(finer.whole("y")[:-1, 0], every[2:])


def test_a_file_that_is_not_the_one_that_was_shipped_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "place_names.csv").write_text("name,country\nBerlin,Germany\n", "utf-8")
    monkeypatch.setattr("visualnet.resources.resource", lambda folder, name: tmp_path / name)
    for name in ("place_names", "emoji32", "sea_temperature"):
        with pytest.raises(ValueError, match=r"cannot be read: .* Set the program up again"):
            DATASETS[name]({}).arrays()


def test_what_is_shipped_stays_small() -> None:
    files = [path for path in resource("data").iterdir() if not path.name.endswith("-LICENCE.txt")]
    assert max(path.stat().st_size for path in files) < 1 << 20
    assert sum(path.stat().st_size for path in files) < TOGETHER
