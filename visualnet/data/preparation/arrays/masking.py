"""Hiding words of a text, so that a network learns to fill them in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NOT_ASKED = -100
"""What stands in a target where nothing is asked: the number that losses and metrics ignore unless they are told another."""
AS_MASK, AS_OTHER = 0.8, 0.1
"""Of what is asked so much becomes the mask, and so much another token; the rest stays (Devlin et al. 2018, section 3.1)."""


def hide_tokens(
    row: Sequence[int],
    groups: Sequence[Sequence[int]],
    share: float,
    mask: int,
    others: Sequence[int],
    rng: np.random.Generator,
) -> tuple[list[int], list[int]]:
    """The tokens as they are shown, and at each place the token that is asked, −100 where none is.

    ``groups`` are places that are hidden together (the pieces of a word); of them a share is drawn, one at least where there is any.
    ``mask`` is the number that hides, ``others`` are those that a token may be replaced by.
    """
    shown, asked = list(row), [NOT_ASKED] * len(row)
    wanted = max(round(share * len(groups)), 1)
    for chosen in rng.permutation(len(groups))[:wanted]:
        how = rng.random()
        for place in groups[chosen]:
            asked[place] = row[place]
            if how < AS_MASK:
                shown[place] = mask
            elif how < AS_MASK + AS_OTHER:
                shown[place] = int(others[rng.integers(len(others))])
    return shown, asked


def words_of(names: Sequence[str]) -> list[list[int]]:
    """The places of tokens with these names, those of a word together: a word is letters and digits that follow each other."""
    words: list[list[int]] = []
    ended = True
    for place, name in enumerate(names):
        if not name.strip():
            ended = True
            continue
        if ended or not name[0].isalnum():
            words.append([])
        words[-1].append(place)
        ended = not name[-1].isalnum()
    return words
