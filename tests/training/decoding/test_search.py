"""Ways to choose a text, held against all texts that there are: a language of few words, whose probabilities are a table."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.training.decoding.search import Array, Hypothesis, SamplingOptions, shape_probabilities, write

END = 0


class Table:
    """Random probabilities behind every beginning, the same for the same seed."""

    def __init__(self, seed: int, words: int) -> None:
        self.seed, self.words, self.asked = seed, words, 0

    def logs(self, row: int, prefix: tuple[int, ...]) -> Array:
        """Logarithms of the probabilities behind a beginning."""
        values = np.random.default_rng([self.seed, row, len(prefix), *prefix]).normal(0, 2, self.words)
        return np.asarray(values - np.log(np.exp(values).sum()))

    def __call__(self, prefixes: Array, rows: Array) -> Array:
        self.asked += 1
        return np.stack(
            [self.logs(int(row), tuple(prefix)) for prefix, row in zip(prefixes.tolist(), rows, strict=True)]
        )

    def every_text(self, row: int, longest: int) -> dict[tuple[int, ...], float]:
        """All texts, by tokens, with the logarithm of their probability."""
        found = {}
        for length in range(1, longest + 1):
            for tokens in product(range(self.words), repeat=length):
                is_whole = tokens[-1] == END or length == longest
                if is_whole and END not in tokens[:-1]:
                    found[tokens] = sum(float(self.logs(row, tokens[:at])[token]) for at, token in enumerate(tokens))
        return found


def best(table: Table, choosing: SamplingOptions, longest: int, samples: int = 2) -> list[list[Hypothesis]]:
    return write(table, samples, longest, choosing, END)


SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(2, 3), st.integers(1, 3), st.sampled_from([0.0, 0.6, 1.0]))
def test_a_beam_as_wide_as_all_texts_finds_the_best_of_all(seed: int, words: int, longest: int, penalty: float) -> None:
    table = Table(seed, words)
    found = best(table, SamplingOptions("beam", width=64, penalty=penalty), longest)
    for row, texts in enumerate(found):
        every = table.every_text(row, longest)
        assert {one.tokens for one in texts} == set(every), "nothing is pruned, and nothing made up"
        scores = {t: log / ((5 + len(t)) / 6) ** penalty for t, log in every.items()}
        order = sorted(scores.values(), reverse=True)
        assert [scores[one.tokens] for one in texts] == pytest.approx(order)
        for one in texts:
            assert one.log_probability == pytest.approx(every[one.tokens])
            assert sum(one.each) == pytest.approx(one.log_probability)
        assert sum(np.exp(one.log_probability) for one in texts) == pytest.approx(1.0), "all texts have a sum of 1"


@given(SEEDS, st.integers(2, 6), st.integers(1, 6))
def test_a_beam_of_one_and_a_temperature_near_nothing_are_greedy(seed: int, words: int, longest: int) -> None:
    greedy = best(Table(seed, words), SamplingOptions(), longest)
    for row, ((one,), table) in enumerate(zip(greedy, [Table(seed, words)] * 2, strict=True)):
        for at, token in enumerate(one.tokens):
            assert token == int(table.logs(row, one.tokens[:at]).argmax())
    for other in (
        SamplingOptions("beam", width=1),
        SamplingOptions("sampling", temperature=0.0, seed=seed % 1000),
        SamplingOptions("sampling", temperature=1e-6, seed=seed % 1000),
        SamplingOptions("sampling", top_k=1),
        SamplingOptions("sampling", top_p=1e-9),
    ):
        assert [one.tokens for (one,) in best(Table(seed, words), other, longest)] == [one.tokens for (one,) in greedy]


@given(SEEDS, st.integers(2, 5), st.integers(2, 5))
def test_a_wider_beam_with_room_for_all_is_never_worse_than_greedy(seed: int, words: int, longest: int) -> None:
    table = Table(seed, min(words, 3))
    greedy, wide = (
        best(table, SamplingOptions(), min(longest, 3)),
        best(table, SamplingOptions("beam", width=64), min(longest, 3)),
    )
    for (one,), (other, *_) in zip(greedy, wide, strict=True):
        assert other.log_probability >= one.log_probability - 1e-9


@given(SEEDS, SEEDS, st.floats(0.1, 3), st.integers(0, 4), st.floats(0.1, 1))
def test_the_same_seed_draws_the_same_whatever_is_written_beside(
    seed: int, chance: int, temperature: float, top_k: int, top_p: float
) -> None:
    choosing = SamplingOptions("sampling", temperature, top_k, top_p, seed=chance % 10_000)
    both = best(Table(seed, 5), choosing, 5)
    assert both == best(Table(seed, 5), choosing, 5)
    assert best(Table(seed, 5), choosing, 5, samples=1) == both[:1]
    (text,) = both[0]
    # Going on from what was written draws what writing at once does.
    for known in range(len(text.tokens)):
        assert write(Table(seed, 5), 1, 5, choosing, END, text.tokens[:known])[0][0].tokens == text.tokens


@given(st.lists(st.floats(-20, 0), min_size=1, max_size=12), st.floats(0.05, 5), st.integers(0, 12), st.floats(0.01, 1))
def test_what_is_drawn_from_has_a_sum_of_one_and_keeps_the_likeliest(
    values: list[float], temperature: float, top_k: int, top_p: float
) -> None:
    logs = np.array(values)
    found = shape_probabilities(logs, temperature, top_k, top_p)
    assert found.sum() == pytest.approx(1.0)
    assert found[int(logs.argmax())] > 0
    kept = found > 0
    if top_k:
        assert kept.sum() <= top_k
    out = logs[~kept & (logs > -15)]
    assert not len(out) or logs[kept].min() >= out.max(), "none is left out that is likelier than one that stays"
    whole = np.exp((logs - logs.max()) / temperature)
    if not top_k and temperature >= 1:
        shares = np.sort(whole / whole.sum())[::-1]
        fewest = int(np.searchsorted(np.cumsum(shares), top_p - 1e-12)) + 1
        assert abs(int(kept.sum()) - min(fewest, len(logs))) <= 1


def test_drawing_follows_the_probabilities() -> None:
    table = Table(3, 4)
    drawn = write(table, 2000, 1, SamplingOptions("sampling", seed=5))
    # All samples of this table but their row have other probabilities: each is drawn from its own.
    expected = np.mean([np.exp(table.logs(row, ())) for row in range(2000)], 0)
    counts = np.bincount([one.tokens[0] for (one,) in drawn], minlength=4) / 2000
    assert counts == pytest.approx(expected, abs=0.04)


def test_forced_words_come_first_and_their_probability_counts() -> None:
    table = Table(7, 4)
    for way in ("greedy", "sampling", "beam"):
        found = write(table, 1, 5, SamplingOptions(way), END, (3, 2))[0]
        for one in found:
            assert one.tokens[:2] == (3, 2)
            assert one.each[0] == pytest.approx(float(table.logs(0, ())[3]))
    assert write(table, 1, 5, SamplingOptions(), END, (3, END, 2))[0][0].tokens == (3, END), (
        "behind an end nothing comes"
    )


def test_nothing_is_asked_when_all_texts_are_at_their_end() -> None:
    class Ends(Table):
        def logs(self, row: int, prefix: tuple[int, ...]) -> Array:
            return np.log([1 - 3e-9, 1e-9, 1e-9, 1e-9])

    table = Ends(0, 4)
    assert [one.ended for (one,) in best(table, SamplingOptions(), 50, 3)] == [True] * 3
    assert table.asked == 1


@pytest.mark.parametrize(
    ("choosing", "words"),
    [
        (SamplingOptions("best"), "no way “best”"),
        (SamplingOptions("sampling", temperature=-1), "temperature"),
        (SamplingOptions("sampling", top_k=-1), "top_k"),
        (SamplingOptions("sampling", top_p=0), "top_p"),
        (SamplingOptions("beam", width=0), "beam of 0"),
    ],
)
def test_a_setting_that_cannot_be_is_told(choosing: SamplingOptions, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write(Table(0, 3), 1, 3, choosing)
