"""Counted models of a language: probabilities that add to 1, and the least loss on a language that they can know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.training.decoding.ngrams import Ngrams, best_ngrams


@given(st.integers(0, 1000), st.integers(1, 4), st.booleans(), st.sampled_from([0.0, 0.3, 0.9]))
def test_behind_every_context_the_probabilities_add_to_one(
    seed: int, order: int, continuation: bool, discount: float
) -> None:
    rng = np.random.default_rng(seed)
    text = rng.integers(0, 4, (6, 8))
    model = Ngrams(text[:, :-1], text[:, 1:], order, 5, continuation)
    model.discount = discount
    for context in ((), (0,), (3, 1), (2, 2, 2), (4, 4)):
        shares = [model.probability(context, token) for token in range(5)]
        assert sum(shares) == pytest.approx(1.0)
        assert min(shares) > 0, "what was never seen is not impossible"


def test_counts_of_one_word_are_shares_less_a_discount() -> None:
    """By hand: a a b, of three words; discount 0.5 of each count, and what is freed is spread evenly."""
    model = Ngrams(np.array([[2, 2, 2]]), np.array([[0, 0, 1]]), 1, 3, False)
    model.discount = 0.5
    freed = (0.5 + 0.5) / 3
    assert model.probability((), 0) == pytest.approx((2 - 0.5) / 3 + freed / 3)
    assert model.probability((), 1) == pytest.approx((1 - 0.5) / 3 + freed / 3)
    assert model.probability((), 2) == pytest.approx(freed / 3)


def test_a_language_of_pairs_is_known_by_pairs() -> None:
    """A Markov chain: the loss of the best n-grams comes near its entropy, and no order far from 2 is chosen."""
    rng = np.random.default_rng(0)
    chain = np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.3, 0.6, 0.1]])
    tokens = [0]
    for _ in range(12_000):
        tokens.append(int(rng.choice(3, p=chain[tokens[-1]])))
    pieces = np.array(tokens[:12_000]).reshape(-1, 20)
    after = np.array(tokens[1:12_001]).reshape(-1, 20)
    found = best_ngrams((pieces[:400], after[:400]), (pieces[400:], after[400:]), 3, 3)
    held = pieces[400:].reshape(-1), after[400:].reshape(-1)
    true = -np.log(chain[held]).mean()
    assert found.order in (2, 3)
    assert true < found.loss + 0.01 and found.loss < true + 0.02
