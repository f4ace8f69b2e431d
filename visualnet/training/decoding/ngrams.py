"""A model of a language by counting: interpolated n-grams, what a network that writes on has to beat.

Chen and Goodman 1999, An empirical study of smoothing techniques for language modeling: each count is lowered by a discount, and what that
frees goes to the next lower order. Kneser-Ney counts there behind how many different tokens a token stands, not how often; absolute
discounting counts how often.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import log
from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]
Context = tuple[int, ...]


Discounts = tuple[float, float, float]
"""What is taken of a count of 1, of 2, and of 3 or more."""
LEAST = 0.01
"""No discount is less: what was never seen must not be impossible."""
TRIED = (0.05, 0.2, 0.5, 0.8, 0.95)


class _Order(NamedTuple):
    """The counts of one order: for each context how often each token follows; and the discounts that these counts suggest."""

    follows: Mapping[Context, Mapping[int, int]]
    discounts: Discounts


class Ngrams:
    """An n-gram model of pieces of text. Contexts do not reach over the beginning of a piece, as those of a network do not."""

    def __init__(self, text: Array, following: Array, order: int, words: int, continuation: bool = True) -> None:
        """``text`` and ``following`` (piece, place) are tokens and those that come next; ``words`` how many different ones there are.
        ``continuation``: lower orders count as Kneser and Ney do."""
        self.order, self.words = order, words
        self.orders = [_count(text, following, length, continuation and length < order - 1) for length in range(order)]
        self.discount = 0.0
        """The same discount for all counts; 0 for those that the counts suggest."""
        self._known: dict[tuple[Context, int], float] = {}

    def log_loss(self, text: Array, following: Array, discount: float = 0.0) -> float:
        """−log of the probability of the token that follows, on average over all places, in nats."""
        if discount != self.discount:
            self.discount, self._known = discount, {}
        reach, total = self.order - 1, 0.0
        for tokens, nexts in zip(text.tolist(), following.tolist(), strict=True):
            for place, token in enumerate(nexts):
                total -= log(
                    self.probability(tuple(tokens[max(0, place + 1 - reach) : place + 1]) if reach else (), token)
                )
        return total / following.size

    def probability(self, context: Context, token: int) -> float:
        """How probable a token is behind a context, of which the last ``order`` − 1 tokens count."""
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        found = self._known.get((context, token))
        if found is not None:
            return found
        shorter = self.probability(context[1:], token) if context else 1.0 / self.words
        counts, suggested = self.orders[len(context)]
        follows = counts.get(context)
        if follows:
            taken = (self.discount,) * 3 if self.discount else suggested
            total = sum(follows.values())
            freed = sum(min(taken[min(count, 3) - 1], count) for count in follows.values())
            count = follows.get(token, 0)
            kept = max(count - taken[min(count, 3) - 1], 0.0) if count else 0.0
            shorter = kept / total + freed / total * shorter
        self._known[context, token] = shorter
        return shorter


class Best(NamedTuple):
    """The n-gram model with the least loss: its order, its kind of lower counts, its discount (0: suggested), and the loss in nats."""

    order: int
    continuation: bool
    discount: float
    loss: float


def best_ngrams(train: tuple[Array, Array], held_out: tuple[Array, Array], words: int, most: int) -> Best:
    """The best that n-grams up to the order ``most`` can do here: order, smoothing and discount are chosen by the held-out loss itself."""
    tried = []
    for order in range(1, most + 1):
        for continuation in (True, False) if order > 1 else (False,):
            model = Ngrams(*train, order, words, continuation)
            losses = {discount: model.log_loss(*held_out, discount) for discount in (0.0, *TRIED)}
            discount = min(losses, key=losses.__getitem__)
            tried.append(Best(order, continuation, discount, losses[discount]))
    return min(tried, key=lambda one: one.loss)


def _count(text: Array, following: Array, length: int, continuation: bool) -> _Order:
    """How often each token follows each context of a length; with ``continuation`` behind how many different tokens it does, but at the
    beginning of a piece, where nothing stands before, how often."""
    counts: defaultdict[Context, Counter[int]] = defaultdict(Counter)
    seen: set[tuple[int, ...]] = set()
    for tokens, nexts in zip(text.tolist(), following.tolist(), strict=True):
        for place in range(max(length - 1, 0), len(nexts)):
            start = place + 1 - length
            context, token = tuple(tokens[start : place + 1]), nexts[place]
            if not continuation or start == 0:
                counts[context][token] += 1
                continue
            longer = (tokens[start - 1], *context, token)
            if longer not in seen:
                seen.add(longer)
                counts[context][token] += 1
    return _Order(counts, _suggest_discounts(counts))


def _suggest_discounts(counts: Mapping[Context, Mapping[int, int]]) -> Discounts:
    """The discounts of modified Kneser-Ney, from how many counts of 1, 2, 3 and 4 there are (Chen and Goodman, section 5)."""
    of = Counter(min(count, 5) for follows in counts.values() for count in follows.values())
    share = of[1] / (of[1] + 2 * of[2]) if of[1] else 0.5
    found = [n - (n + 1) * share * of[n + 1] / of[n] if of[n] else share for n in (1, 2, 3)]
    one, two, three = (min(max(value, LEAST), float(n)) for n, value in enumerate(found, 1))
    return one, two, three
