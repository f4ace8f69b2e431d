"""Two runs on the same samples: exact cases, and what is said of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.training.evaluation import answers
from visualnet.training.evaluation.metrics import METRICS
from visualnet.training.evaluation.paired_comparison import flip_signs, mcnemar, pair_predictions


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)
    # (1 + 15 + 105 + 455 + 1365 + 3003) of 2^20 on each side: 20 over 0 to 5 are 1, 20, 190, 1140, 4845, 15504.
    assert mcnemar(5, 15) == pytest.approx(2 * (1 + 20 + 190 + 1140 + 4845 + 15504) / 2**20)
    assert mcnemar(15, 5) == mcnemar(5, 15)
    assert 0 < mcnemar(40_000, 41_000) < 1


def test_flipping_signs_nears_what_all_flips_give() -> None:
    differences = np.array([0.5, 1.0, -0.2, 0.9, 0.0, 1.4, 0.7, -0.1])
    there = differences[differences != 0]
    every = [
        abs(sum(s * d for s, d in zip(signs, there, strict=True))) for signs in itertools.product((1, -1), repeat=7)
    ]
    exact = np.mean([value >= abs(there.sum()) - 1e-9 for value in every])
    assert flip_signs(differences) == pytest.approx(exact, abs=0.01)
    assert flip_signs(differences) == flip_signs(differences)
    assert flip_signs(np.zeros(4)) == 1


def test_a_better_run_is_told_to_be_better_and_an_equal_one_is_not() -> None:
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 4, 400)
    noise = generator.normal(0, 1, (400, 4))
    weak, strong = (answers.of_classes(noise + by * np.eye(4)[truth], truth) for by in (0.8, 2.0))
    found = pair_predictions(weak, strong, METRICS["accuracy"])
    only = (~weak.right & strong.right).sum()
    assert found.decided and found.p < 1e-6 and found.only_second == only
    assert found.difference.low < found.difference.value < found.difference.high and found.difference.low > 0
    words = found.describe("run A", "run B")
    assert (
        "run B is better" in words and f"run B alone on {only}" in words and words.endswith("it is more than chance.")
    )

    other = answers.of_classes(generator.normal(0, 1, (400, 4)) + 0.8 * np.eye(4)[truth], truth)
    equal = pair_predictions(weak, other, METRICS["accuracy"])
    assert not equal.decided and "too often to say" in equal.describe()
    same = pair_predictions(weak, weak, METRICS["accuracy"])
    assert same.p == 1 and "exactly as good" in same.describe()


def test_of_numbers_the_smaller_error_is_the_better_one() -> None:
    generator = np.random.default_rng(0)
    first = answers.draw_numbers(0, 200, 1)
    truth = first.arrays["truth"]
    closer = truth + generator.normal(0, 0.2, truth.shape).astype(np.float32)
    second = type(first)("answer", "numbers", first.samples, (), {"said": closer, "truth": truth})
    found = pair_predictions(first, second, METRICS["rmse"])
    assert found.decided and found.difference.value < 0 and "run B is better" in found.describe("run A", "run B")
    assert found.test == "paired permutation test"
