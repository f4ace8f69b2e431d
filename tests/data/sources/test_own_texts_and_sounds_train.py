"""From files to a network that has learned from them: texts with labels, a long text, sounds; with the preparation that is proposed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

import visualnet as vn
from visualnet.core import edits
from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.registry import fields, fields_or_none
from visualnet.training.events import EpochDone


def train(net: vn.Graph, epochs: int) -> list[EpochDone]:
    """The epochs of a training on the data that the project names."""
    net.set(epochs=epochs, lr=0.01, batch_size=16, device="cpu")
    return [event for event in vn.train(net) if isinstance(event, EpochDone)]


def start(data: DataChoice) -> vn.Graph:
    """A network that has no layer yet, for these data."""
    assert fields_or_none(data) == fields(data)
    net = vn.Graph("own")
    net.edit(edits.choose_data, data)
    return net


@pytest.mark.wide
def test_texts_in_a_table_teach_which_are_friendly(tmp_path: Path) -> None:
    chance = random.Random(0)
    rows = ["review,sentiment"]
    for at in range(120):
        kind = ("good", "bad")[at % 2]
        word = chance.choice(("lovely", "great", "warm") if kind == "good" else ("dull", "poor", "cold"))
        rows.append(
            f'"the {chance.choice(("film", "plot", "cast"))} was {word}, {chance.choice(("truly", "really"))}",{kind}'
        )
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(rows), "utf-8")
    data, _ = choose("text", path, {})
    length, classes = fields(data)["text"].shape[0], fields(data)["text"].classes
    net = start(data)
    x = net.embedding(net.input(length, field="text", dtype="int"), classes, 8)
    logits = net.linear(net.flatten(x), 2)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    net.accuracy(logits, net.target("label"), name="right")
    assert train(net, 8)[-1].validation["right"] > 0.9


def test_a_long_text_teaches_which_letter_comes_next(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("the cat sat on the mat and the dog sat on the cat. " * 40, "utf-8")
    data, _ = choose("text", path, {"piece": 24})
    spec = fields(data)
    assert spec["text"].shape == spec["next"].shape == (24,)
    net = start(data)
    x = net.embedding(net.input(24, field="text", dtype="int"), spec["text"].classes, 16)
    logits = net.permute(net.linear(net.lstm(x, 32)["output"], spec["text"].classes))
    net.output(logits)
    net.cross_entropy(logits, net.target("next", size=(24,)))
    epochs = train(net, 12)
    assert epochs[-1].train["loss"] < 0.4 * epochs[0].train["loss"]


def test_sounds_in_folders_teach_which_is_high(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    for at in range(40):
        kind = ("low", "high")[at % 2]
        hertz = chance.uniform(200, 400) if kind == "low" else chance.uniform(1500, 2500)
        sound = 0.3 * np.sin(2 * np.pi * hertz * np.arange(2400 + 10 * at) / 8000) + chance.normal(
            0, 0.05, 2400 + 10 * at
        )
        path = tmp_path / kind / f"{at}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, sound, 8000)
    data, _ = choose("sound", tmp_path, {"rate": 8000})
    shape = fields(data)["spectrogram"].shape
    net = start(data)
    logits = net.linear(net.flatten(net.input(*shape, field="spectrogram")), 2)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    net.accuracy(logits, net.target("label"), name="right")
    assert train(net, 4)[-1].validation["right"] == 1
