"""What a checkpoint keeps of play and of what is remembered of it, and how both go on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from visualnet.training.checkpoints import TENSOR_TYPES
from visualnet.training.loop.procedures.q_play import QPlay

START = "procedure."
_ROWS = ("seen", "after", "action", "reward", "ended")
Header = Mapping[str, tuple[tuple[int, ...], str]]
"""Shape and type of each tensor by its name."""


def play_tensors(play: QPlay, following: Sequence[Tensor]) -> dict[str, Tensor]:
    """What is remembered, how chance goes on, and the weights of the target network."""
    kept = min(play.played, play.size)
    found = {name: getattr(play, name)[:kept] for name in _ROWS}
    found["taken"] = torch.tensor(play.world.taken, dtype=torch.int64)
    found["chance"] = torch.tensor(play.chance.getstate()[1], dtype=torch.int64)
    found["generator"] = play.generator.get_state()
    found["done"] = torch.tensor(play.done, dtype=torch.float64).reshape(-1, 2)
    found |= {f"lagging.{at}": tensor for at, tensor in enumerate(following)}
    return {START + name: tensor for name, tensor in found.items()}


def play_numbers(play: QPlay) -> dict[str, float | None]:
    """How far the play is, and its episode."""
    reward, length = play.last or (None, None)
    return {
        "played": play.played,
        "running": float(play.now is not None),
        "seed": play.world.seed,
        "total": play.total,
        "chosen": play.chosen,
        "last_reward": reward,
        "last_length": length,
    }


def expected_tensors(now: Mapping[str, Tensor], header: Header) -> Header:
    """Shapes and types as they would be told now, but for how much was remembered."""
    kept = header.get(START + "reward", ((0,), ""))[0]
    free = {START + name for name in ("taken", "done")}
    found = {}
    for name, tensor in now.items():
        shape = tuple(tensor.shape)
        if name.removeprefix(START) in _ROWS:
            shape = (*kept[:1], *shape[1:])
        elif name in free and name in header:
            shape = (*header[name][0][:1], *shape[1:])
        found[name] = shape, TENSOR_TYPES[tensor.dtype]
    return found


def restore_play(
    play: QPlay, following: Sequence[Tensor], found: Mapping[str, Tensor], numbers: Mapping[str, Any]
) -> None:
    """Put back what was kept, and play the episode as far as it was.

    Raises:
        ValueError: it does not fit; the words say what.
    """
    own = {name.removeprefix(START): tensor for name, tensor in found.items() if name.startswith(START)}
    played, kept = int(numbers.get("played") or 0), len(own["reward"])
    if kept > play.size or kept != min(played, play.size):
        raise ValueError(
            f"it remembers {kept:,} of {played:,} steps, and the buffer has room for {play.size:,}: the run goes on with the "
            "buffer that it began with"
        )
    for name in _ROWS:
        getattr(play, name)[:kept] = own[name]
    play.played = played
    play.chance.setstate((3, tuple(own["chance"].tolist()), None))
    play.generator.set_state(own["generator"])
    for mine, kept_tensor in zip(following, (own[f"lagging.{at}"] for at in range(len(following))), strict=True):
        mine.copy_(kept_tensor)
    play.done = [(reward, int(length)) for reward, length in own["done"].tolist()]
    reward, length = numbers.get("last_reward"), numbers.get("last_length")
    play.last = None if reward is None or length is None else (reward, int(length))
    play.chosen = -1 if (chosen := numbers.get("chosen")) is None else int(chosen)
    play.total, play.now = float(numbers.get("total") or 0.0), None
    seed, taken = int(numbers.get("seed") or 0), own["taken"].tolist()
    play.world.seed, play.world.taken = seed, taken
    if numbers.get("running"):
        play.now = play.world.begin(seed)
        for action in taken:
            play.now, *_ = play.world.step(action)
        last = play.after[(played - 1) % play.size].numpy() if taken else play.now
        if not np.array_equal(play.now, last):
            raise ValueError(
                "the environment does not play the same as when the run was stopped; was it another version?"
            )
