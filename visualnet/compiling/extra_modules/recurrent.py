"""Recurrent layers that read sequences of different lengths, or truncate back-propagation."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class SteppedRNN(nn.RNN):
    """``nn.RNN`` with each sample's number of steps, or truncated back-propagation."""

    def __init__(self, *sizes: int, truncate: int = 0, **options: Any) -> None:
        super().__init__(*sizes, **options)
        self.truncate = truncate

    def forward(self, *given: Any, lengths: Tensor | None = None, **named: Any) -> Any:
        return run_in_parts(super().forward, lengths, self.truncate, *given, **named)


class SteppedLSTM(nn.LSTM):
    """``nn.LSTM`` with each sample's number of steps, or truncated back-propagation."""

    def __init__(self, *sizes: int, truncate: int = 0, **options: Any) -> None:
        super().__init__(*sizes, **options)
        self.truncate = truncate

    def forward(self, *given: Any, lengths: Tensor | None = None, **named: Any) -> Any:
        return run_in_parts(super().forward, lengths, self.truncate, *given, **named)


class SteppedGRU(nn.GRU):
    """``nn.GRU`` with each sample's number of steps, or truncated back-propagation."""

    def __init__(self, *sizes: int, truncate: int = 0, **options: Any) -> None:
        super().__init__(*sizes, **options)
        self.truncate = truncate

    def forward(self, *given: Any, lengths: Tensor | None = None, **named: Any) -> Any:
        return run_in_parts(super().forward, lengths, self.truncate, *given, **named)


def run_in_parts(
    read: Any, lengths: Tensor | None, truncate: int, x: Tensor, start: Any = None
) -> tuple[Tensor, Any]:
    """Outputs and last states that ``read`` gives for x (batch, step, feature).

    After the last of its ``lengths`` steps a sample has output 0, and its state stays. Every
    ``truncate`` steps (0: never) the state goes on without its gradient: back-propagation through
    time is truncated there (Williams and Peng, 1990). The last states keep theirs.
    """
    outputs, state, last, left = [], start, start, lengths
    for part in torch.split(x, truncate or x.shape[1], 1):
        steps = part.shape[1]
        if left is None:
            output, last = read(part, state)
        else:
            # torch packs no empty sequence: a step is read then, and not kept.
            here = left.clamp(1, steps).cpu()
            packed = nn.utils.rnn.pack_padded_sequence(part, here, True, enforce_sorted=False)
            packed, now = read(packed, state)
            output, _ = nn.utils.rnn.pad_packed_sequence(packed, True, total_length=steps)
            output = output * (left > 0)[:, None, None]
            last = keep_states(left > 0, now, last)
            left = left - steps
        outputs.append(output)
        state = last
        if truncate:
            state = tuple(s.detach() for s in last) if isinstance(last, tuple) else last.detach()
    return torch.cat(outputs, 1), last


def keep_states(reads: Tensor, now: Any, before: Any) -> Any:
    """For each sample its states (layer, batch, number) now if it reads, else those before."""
    if isinstance(now, tuple):
        old = before if before is not None else (None,) * len(now)
        return tuple(keep_states(reads, s, b) for s, b in zip(now, old, strict=True))
    kept = torch.zeros_like(now) if before is None else before
    return torch.where(reads[None, :, None], now, kept)


def count_steps(indices: Tensor, padding_idx: int) -> Tensor:
    """How many places of each sequence (batch, step) there are up to the last with a word."""
    places = torch.arange(1, indices.shape[1] + 1, device=indices.device)
    return ((indices != padding_idx) * places).amax(1)
