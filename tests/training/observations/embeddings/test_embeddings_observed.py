"""Points of samples and words, through the context: against the SVD, brute force, and the words of the vocabulary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from tests.training.observations.observing import look, observed, see, subjects, values
from visualnet.core.project import PreparationStep
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.figures.sequences.embedding_map import EmbeddingMap
from visualnet.training.observations.embeddings.vectors import WIDEST, flatten
from visualnet.training.observations.observation import Result, find_observations
from visualnet.training.observations.token_words import vocabulary


def test_points_are_the_components_of_what_leaves_for_each_sample() -> None:
    found = observed("convolutional")
    subject = subjects(found, "embedding_pca")[4]
    result = see(found, "embedding_pca", subject, samples=20)
    places = result.arrays["places"]
    assert places.tolist() == found.context.places(20).tolist()
    numbers = {int(place): at for at, place in enumerate(found.data.shown)}
    rows = np.stack([values(found, subject, numbers[int(place)]).numpy().reshape(-1) for place in places])
    rows = rows.astype(np.float64) - rows.mean(0)
    u, s, _ = np.linalg.svd(rows, full_matrices=False)
    points = u[:, :2] * s[:2]
    sign = np.sign((points * result.arrays["points"]).sum(0))
    assert np.allclose(result.arrays["points"], points * sign, atol=1e-3 * s[0])
    assert np.allclose(result.arrays["shares"], (s**2 / (s**2).sum())[:2], atol=1e-5)
    assert result.arrays["labels"].tolist() == found.data.whole("label")[places].tolist()
    chart = find_observations()["embedding_pca"]().draw(result, [(0, result)])
    assert isinstance(chart, EmbeddingMap)
    assert chart.x_title == f"component 1 ({100 * result.arrays['shares'][0]:.0f} % of the differences)"
    assert chart.description().startswith("20 points of")


def test_a_look_that_is_mirrored_is_drawn_as_the_looks_before() -> None:
    found = observed("points")
    subject = subjects(found, "embedding_pca")[1]
    first = see(found, "embedding_pca", subject, samples=30)
    mirrored = first._replace(arrays={**first.arrays, "points": first.arrays["points"] * [-1, 1]})
    made = find_observations()["embedding_pca"]()
    history = [(0, first), (5, mirrored), (9, mirrored)]
    chart = made.draw(mirrored, history)
    assert isinstance(chart, EmbeddingMap)
    assert np.array_equal(chart.points, first.arrays["points"])


def test_wide_maps_are_averaged_and_said_to_be() -> None:
    maps = torch.rand(3, 5, 60, 60)
    vectors, note = flatten(maps)
    assert torch.allclose(vectors, maps.mean((2, 3)))
    assert "mean over the pixels" in note
    steps = torch.rand(3, 2000, 6)
    vectors, note = flatten(steps)
    assert torch.allclose(vectors, steps.mean(1))
    assert "steps" in note
    small = torch.rand(3, 4, 5)
    assert torch.equal(flatten(small)[0], small.reshape(3, 20))
    assert flatten(torch.rand(3, WIDEST + 1))[0].shape == (3, WIDEST + 1)


@pytest.mark.parametrize("name", ["embedding_tsne", "embedding_neighbours"])
def test_layouts_on_demand_tell_how_far_they_are_and_can_be_ended(name: str) -> None:
    found = observed("points")
    subject = subjects(found, name)[1]
    shares: list[float] = []
    found.context.check = shares.append
    try:
        result = see(found, name, subject, samples=40, rounds=60)
        assert shares == sorted(shares)
        assert 0.9 < shares[-1] <= 1

        def stop(share: float) -> None:
            if share > 0.5:
                found.context.is_cancelled = True
                raise InterruptedError

        found.context.check = stop
        with pytest.raises(InterruptedError):
            look(found, name, subject, samples=40, rounds=60)
    finally:
        del found.context.check
        found.context.is_cancelled = False
    assert result.arrays["points"].shape == (40, 2)
    assert not find_observations()[name].live


def test_words_are_named_with_their_nearest_neighbours() -> None:
    found = observed("gated")
    ((path, name),) = subjects(found, "word_vectors")
    result = see(found, "word_vectors", (path, name))
    table = found.context.parameters(path)[name].detach().double().numpy()
    words = result.words["words"]
    assert words == vocabulary(found.data, "text")[: len(words)]
    table = table[: len(words)]
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    for at in range(len(words)):
        cosines = unit @ unit[at]
        cosines[at] = -2
        best = np.argsort(-cosines)[:5]
        assert np.allclose(result.arrays["cosines"][at], cosines[best], atol=1e-6)
    chart = find_observations()["word_vectors"]().draw(result, [(0, result)])
    assert isinstance(chart, EmbeddingMap)
    nearest = words[int(result.arrays["nearest"][3][0])]
    assert chart.describe(3).startswith(f"{words[3]}\nnearest: {nearest} ")


def test_words_of_own_texts_are_those_of_their_tokens(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    lines = [f"{'a good day' if at % 2 else 'bad news again'},{at % 2}" for at in range(40)]
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    choice, _ = choose("text", path, {})
    steps = (PreparationStep(kind="tokenise", options={"vocabulary": 20, "length": 4}),)
    data = load(replace(choice, preparation=steps))
    names = vocabulary(data, "text")
    assert {"good", "bad", "news"} <= set(names)
    numbers = data.sample(0, ["text"])["text"].tolist()
    assert " ".join(names[n] for n in numbers[:3]) in ("a good day", "bad news again")


def test_points_without_a_class_or_with_too_few_samples() -> None:
    found = observed("generative")
    subject = subjects(found, "embedding_pca")[1]
    result = see(found, "embedding_pca", subject, samples=10)
    assert isinstance(result, Result)
    chart = find_observations()["embedding_pca"]().draw(result, [(0, result)])
    head, *rows = chart.rows()
    assert head[0] == "sample" and len(rows) == 10
