"""Ways to choose a text of which a network tells, for each beginning, how probable each next token is.

Nothing here knows a network: `NextTokens` gives logarithms of probabilities. Greedy search takes the most probable token each time; drawing
takes one at random, from probabilities made sharper or flatter by a temperature and cut to the ``top_k`` most probable (Fan, Lewis and
Dauphin 2018) or to the fewest that hold a share ``top_p`` (Holtzman et al. 2020); beam search keeps the ``width`` most probable beginnings
(Graves 2012), compared at different lengths as Wu et al. 2016 do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

WAYS = {
    "greedy": "the most probable token each time",
    "sampling": "a token drawn by its probability",
    "beam": "several beginnings are followed at once; the most probable whole is taken",
}
"""How tokens are chosen."""
MOST_BEAMS = 64


class NextTokens(Protocol):
    """Tells what may come next."""

    def __call__(self, prefixes: Array, rows: Array) -> Array:
        """Logarithms of the probabilities (beginning, token) behind each of these beginnings (beginning, place), which all have the same
        length; ``rows`` says of which sample each is."""
        ...


class SamplingOptions(NamedTuple):
    """How tokens are chosen. ``temperature`` 0 draws the most probable; ``top_k`` 0 and ``top_p`` 1 leave all tokens in.

    ``penalty`` is the exponent α of Wu et al.: 0 compares beams by their probability alone, which favours short texts; 1 by about the mean
    of each token.
    """

    way: str = "greedy"
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    width: int = 4
    penalty: float = 0.0
    seed: int = 0

    def check(self) -> None:
        """Raise ValueError, with words, for a setting that cannot be."""
        if self.way not in WAYS:
            raise ValueError(f"there is no way “{self.way}” to choose tokens (there are {', '.join(WAYS)})")
        if not 0 <= self.temperature < np.inf:
            raise ValueError(f"a temperature of {self.temperature:g} cannot be: 0 is greedy, 1 as the network says")
        if self.top_k < 0:
            raise ValueError(f"top_k is {self.top_k}; it is how many tokens stay in, 0 for all")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is {self.top_p:g}; it is a share above 0, and 1 at most")
        if not 1 <= self.width <= MOST_BEAMS:
            raise ValueError(f"a beam of {self.width} cannot be: 1 to {MOST_BEAMS} beginnings can be followed")


class Hypothesis(NamedTuple):
    """A text that was written: its tokens (the one that ends it among them), the logarithm of its probability, that of each token, and
    whether it is at its end. The network's own probabilities, whatever was drawn from."""

    tokens: tuple[int, ...]
    log_probability: float
    each: tuple[float, ...]
    ended: bool = False

    def score(self, penalty: float) -> float:
        """What beams are compared by."""
        return float(self.log_probability / ((5 + max(len(self.tokens), 1)) / 6) ** penalty)


def write(
    next_tokens: NextTokens,
    samples: int,
    longest: int,
    choosing: SamplingOptions,
    end: int | None = None,
    forced: Sequence[int] = (),
) -> list[list[Hypothesis]]:
    """Write a text for each sample: of beam search all that are left, the best first; else the one.

    Args:
        next_tokens: what may come next.
        samples: for how many samples.
        longest: so many tokens at most, those that are forced among them.
        choosing: how.
        end: the token behind which a text is at its end; None where texts have none.
        forced: tokens with which each text begins, whatever the network says.

    Raises:
        ValueError: a setting cannot be, or what the network tells are no numbers.
    """
    choosing.check()
    beams = [[Hypothesis((), 0.0, ())] for _ in range(samples)]
    for place in range(longest):
        live = [(row, one) for row, kept in enumerate(beams) for one in kept if not one.ended]
        if not live:
            break
        prefixes = np.array([one.tokens for _, one in live], np.int64).reshape(len(live), place)
        logs = np.asarray(next_tokens(prefixes, np.array([row for row, _ in live])), np.float64)
        if not np.isfinite(logs.max(-1)).all():
            raise ValueError(
                "the network gives no numbers for the next token: its training diverged, begin another with a smaller rate"
            )
        told = iter(logs)
        for row in range(samples):
            kept = beams[row]
            rows_of = [next(told) if not one.ended else None for one in kept]
            if place < len(forced):
                pairs = zip(kept, rows_of, strict=True)
                beams[row] = [one if of is None else _extend(one, forced[place], of, end) for one, of in pairs]
            elif choosing.way == "beam":
                beams[row] = _best(kept, rows_of, choosing, end)
            else:
                of = rows_of[0]
                if of is not None:
                    beams[row] = [_extend(kept[0], _choose(of, choosing, row, place), of, end)]
    return [sorted(kept, key=lambda one: -one.score(choosing.penalty)) for kept in beams]


def shape_probabilities(logs: Array, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Array:
    """The probabilities that tokens are drawn from: made sharper (below 1) or flatter, cut, and brought to a sum of 1.

    ``logs`` are the network's logarithms, of one place. Of tokens as probable as each other the earlier one stays.
    """
    if temperature == 0:
        found = np.zeros(len(logs))
        found[int(logs.argmax())] = 1.0
        return found
    # The greatest first becomes 0: a small temperature overflows nothing.
    found = np.exp((logs - logs.max()) / temperature)
    order = np.argsort(-logs, kind="stable")
    if 0 < top_k < len(logs):
        found[order[top_k:]] = 0.0
    if top_p < 1:
        before = np.cumsum(found[order]) - found[order]
        found[order[before >= top_p * found.sum()]] = 0.0
    return np.asarray(found / found.sum())


def _choose(logs: Array, choosing: SamplingOptions, row: int, place: int) -> int:
    if choosing.way == "greedy":
        return int(logs.argmax())
    shares = shape_probabilities(logs, choosing.temperature, choosing.top_k, choosing.top_p)
    # A number for each sample and place: going on word by word draws what writing at once does.
    drawn = np.random.default_rng([choosing.seed, place]).random(row + 1)[row]
    sums = np.cumsum(shares)
    return int(np.searchsorted(sums, drawn * sums[-1], side="right"))


def _extend(one: Hypothesis, token: int, logs: Array, end: int | None) -> Hypothesis:
    told = float(logs[token])
    return Hypothesis((*one.tokens, int(token)), one.log_probability + told, (*one.each, told), token == end)


def _best(
    kept: list[Hypothesis], rows_of: list[Array | None], choosing: SamplingOptions, end: int | None
) -> list[Hypothesis]:
    """The best of all texts that are ended and all that go on by one token."""
    candidates: list[tuple[float, Hypothesis, int]] = []
    for one, logs in zip(kept, rows_of, strict=True):
        if logs is None:
            candidates.append((one.score(choosing.penalty), one, -1))
            continue
        best = np.argsort(-logs, kind="stable")[: choosing.width]
        longer = ((5 + len(one.tokens) + 1) / 6) ** choosing.penalty
        candidates += [((one.log_probability + float(logs[token])) / longer, one, int(token)) for token in best]
    candidates.sort(key=lambda each: -each[0])
    follows = {id(one): logs for one, logs in zip(kept, rows_of, strict=True)}
    found = []
    for _, one, token in candidates[: choosing.width]:
        logs = follows[id(one)]
        found.append(one if logs is None else _extend(one, token, logs, end))
    return found
