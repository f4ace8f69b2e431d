"""What of a sample takes part in a coalition: columns, words, pieces of an image or of a series; and what a coalition is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.attribution.entries import AttributedInput
from visualnet.training.observations.attribution.gradients import Score
from visualnet.training.observations.attribution.sample_parts import kind_of
from visualnet.training.observations.attribution.shapley import Masks, Numbers

MOST_ROWS = 128
"""So many changed samples go through the network at once."""


class Players(NamedTuple):
    """For each entry the player of each place, shaped to broadcast against what stands there, and their ``number``."""

    places: tuple[NDArray[np.int64], ...]
    number: int


def divide_entries(entries: Sequence[AttributedInput], pieces: int) -> Players:
    """Players of all entries together: each column, each word, ``pieces`` × ``pieces`` parts of an image, ``pieces`` times of a series."""
    found: list[NDArray[np.int64]] = []
    count = 0
    for entry in entries:
        kind, shape = kind_of(entry.shown), tuple(map(int, entry.spec.shape))
        if kind == "image":
            rows, columns = _parts(shape[-2], pieces), _parts(shape[-1], pieces)
            places = rows[:, None] * (int(columns.max()) + 1) + columns
            places = places.reshape((1,) * (len(shape) - 2) + places.shape)
        elif kind == "series":
            places = _parts(shape[0], pieces)[:, None]
        elif entry.is_embedded:
            first = shape[0] if len(shape) > 1 else 1
            places = np.arange(first).reshape((first,) + (1,) * (len(shape) - 1))
        else:
            places = np.arange(int(np.prod(shape))).reshape(shape)
        found.append((places + count).astype(np.int64))
        count += int(places.max()) + 1
    return Players(tuple(found), count)


def spread_values(players: Players, values: Numbers, number: int) -> NDArray[np.float32]:
    """The values of the players at the places of one entry."""
    return np.asarray(values[players.places[number]], np.float32)


class Coalitions:
    """What coalitions are worth: the score of the sample, where who does not take part is as in the background, whose mean is taken."""

    def __init__(self, score: Score, players: Players, sample: Sequence[Tensor], background: Sequence[Tensor]) -> None:
        self.score, self.sample, self.background = score, sample, background
        self.places = [torch.from_numpy(places).to(x.device) for places, x in zip(players.places, sample, strict=True)]

    def __call__(self, masks: Masks) -> Numbers:
        size = len(self.background[0])
        rows = max(MOST_ROWS // size, 1)
        found = [self._worth(masks[at : at + rows]) for at in range(0, len(masks), rows)]
        return np.concatenate(found)

    def _worth(self, masks: Masks) -> Numbers:
        chosen = torch.from_numpy(masks)
        mixed = []
        for x, others, places in zip(self.sample, self.background, self.places, strict=True):
            joined = chosen.to(x.device)[:, places][:, None]
            both = torch.where(joined, x[None], others[None])
            mixed.append(both.reshape(-1, *x.shape[1:]))
        with torch.no_grad():
            scores = self.score(*mixed).double().cpu().numpy()
        worth: Numbers = scores.reshape(len(masks), -1).mean(1)
        return worth


def _parts(extent: int, pieces: int) -> NDArray[np.int64]:
    return (np.arange(extent) * min(pieces, extent) // extent).astype(np.int64)
