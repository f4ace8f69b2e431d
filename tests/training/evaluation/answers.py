"""Answers made by hand or drawn at random, as a network would give them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.tasks import softmax

Array = NDArray[Any]


def of_classes(scores: Array, truth: Array, task: str = "classes", **more: Any) -> PredictionSet:
    """Predictions of classes from logits (n, K)."""
    names = tuple(f"kind {i}" for i in range(scores.shape[1]))
    arrays = {"probabilities": softmax(scores.astype(np.float64)), "truth": truth.astype(np.int64)}
    return PredictionSet("answer", task, np.arange(len(truth)) * 3, names, arrays, **more)


def draw_classes(seed: int, size: int, count: int) -> PredictionSet:
    """Classes at random, the right one a little more probable; two columns are known."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, count, size)
    scores = generator.normal(0, 1, (size, count))
    scores[np.arange(size), truth] += 0.8
    columns = {"length": generator.normal(0, 1, size).astype(np.float32), "class": np.array(["u", "v"])[truth % 2]}
    return of_classes(scores, truth, "binary" if count == 2 else "classes", columns=columns)


def draw_numbers(seed: int, size: int, width: int) -> PredictionSet:
    generator = np.random.default_rng(seed)
    truth = generator.normal(3, 2, (size, width)).astype(np.float32)
    said = truth + generator.normal(0.1, 0.7, (size, width)).astype(np.float32)
    columns = {"x": generator.normal(0, 1, size).astype(np.float32)}
    return PredictionSet("answer", "numbers", np.arange(size), (), {"said": said, "truth": truth}, columns=columns)


def draw_labels(seed: int, size: int, count: int, asked: float = 1.0) -> PredictionSet:
    """Several labels for each sample, half of them on average."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 2, (size, count)).astype(np.int32)
    sure = np.clip(0.5 + (truth - 0.5) * 0.3 + generator.normal(0, 0.25, truth.shape), 0.001, 0.999).astype(np.float32)
    truth[generator.random(truth.shape) > asked] = -1
    columns = {"length": generator.normal(0, 1, size).astype(np.float32)}
    names = tuple(f"label {k}" for k in range(count))
    return PredictionSet(
        "answer", "labels", np.arange(size) * 2, names, {"sure": sure, "truth": truth}, columns=columns
    )


def draw_places(seed: int, shape: tuple[int, ...], count: int, task: str, asked: float = 0.9) -> PredictionSet:
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, count, shape).astype(np.int32)
    said = np.where(generator.random(shape) < 0.6, truth, generator.integers(0, count, shape)).astype(np.int32)
    truth[generator.random(shape) > asked] = -1
    flat = (truth >= 0).reshape(shape[0], -1).sum(1)
    surprise = generator.random(shape[0]) * flat
    arrays = {"said": said, "truth": truth, "sure": said.astype(np.float16), "surprise": surprise, "asked": flat}
    return PredictionSet("answer", task, np.arange(shape[0]), tuple("abcdefgh"[:count]), arrays)


def of_boxes(said: Array, sure: Array, said_labels: Array, truth: Array, true_labels: Array) -> PredictionSet:
    """Boxes (n, N, 4) with how sure each is and what is in it; a true label of −1 is no box."""
    there = true_labels >= 0
    arrays = {
        "said": said.astype(np.float32),
        "truth": truth.astype(np.float32),
        "sure": sure.astype(np.float32),
        "said_labels": said_labels,
        "true_labels": np.maximum(true_labels, 0),
        "true_there": there,
        "said_there": np.ones(said.shape[:2], bool),
        "badness": np.linspace(0.1, 1, len(said)),
    }
    return PredictionSet("answer", "boxes", np.arange(len(said)), ("cat", "dog"), arrays)


def draw_boxes(seed: int, size: int, most: int) -> PredictionSet:
    generator = np.random.default_rng(seed)
    low = generator.random((size, most, 2)) * 50
    truth = np.concatenate([low, low + 10 + generator.random((size, most, 2)) * 30], -1)
    said = truth + generator.normal(0, 3, truth.shape)
    said[..., 2:] = np.maximum(said[..., 2:], said[..., :2] + 1)  # a box turned inside out is none
    labels = generator.integers(-1, 2, (size, most))
    guessed = np.where(generator.random((size, most)) < 0.7, np.maximum(labels, 0), 1 - np.maximum(labels, 0))
    return of_boxes(said, generator.random((size, most)), guessed, truth, labels)


def draw_episodes(seed: int, size: int) -> PredictionSet:
    """Episodes with whole rewards, of which ten is the most."""
    generator = np.random.default_rng(seed)
    arrays = {
        "reward": generator.integers(-3, 11, size).astype(np.float64),
        "length": generator.integers(1, 50, size),
        "best": np.full(size, 10.0),
    }
    return PredictionSet("play", "episodes", np.arange(100, 100 + size), (), arrays)


def draw_all(seed: int = 0) -> list[PredictionSet]:
    """One of every task."""
    return [
        draw_classes(seed, 60, 5),
        draw_classes(seed, 60, 2),
        draw_classes(seed, 300, 60),
        draw_labels(seed, 60, 4, asked=0.9),
        draw_labels(seed, 30, 70),
        draw_numbers(seed, 50, 1),
        draw_numbers(seed, 40, 3),
        draw_numbers(seed, 20, 100),
        draw_places(seed, (12, 6, 5), 3, "pixels"),
        draw_places(seed, (12, 6, 5), 2, "mask"),
        draw_places(seed, (20, 7), 4, "tokens"),
        draw_boxes(seed, 12, 4),
        draw_episodes(seed, 40),
    ]
