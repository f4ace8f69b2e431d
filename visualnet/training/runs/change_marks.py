"""What was changed while a run went on, settings and the network, as marks for its curves: a letter at a step, and the words to it."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.training.recipe.live_settings import SettingChange, describe_change, merge_changes
from visualnet.training.runs.run_model import RunModel

BURST_S = 1.5
"""Changes of the same settings that follow each other sooner are one: a slider was dragged."""


class RunMark(NamedTuple):
    """Something that happened in a run at a step. ``letter`` stands at the curves, ``words`` say what."""

    step: int
    letter: str
    words: str

    @property
    def sentence(self) -> str:
        """“step 1,240: learning rate 0.01 → 0.001”."""
        return f"step {self.step:,}: {self.words}"


class _Burst(NamedTuple):
    step: int
    until: float
    changes: tuple[SettingChange, ...]


def find_marks(model: RunModel) -> list[RunMark]:
    """The marks of a run in order."""
    bursts: list[_Burst] = []
    for event in model.changes:
        one = _Burst(event.step, event.time, event.changes)
        if bursts and (joined := _join(bursts[-1], one)) is not None:
            bursts[-1] = joined
        else:
            bursts.append(one)
    told = [(burst.step, "; ".join(map(describe_change, burst.changes))) for burst in bursts]
    told += [(event.step, f"the network was changed: {event.words}") for event in model.networks]
    return [
        RunMark(step, letter_of(at), words) for at, (step, words) in enumerate(sorted(told, key=lambda one: one[0]))
    ]


def _join(first: _Burst, second: _Burst) -> _Burst | None:
    """Both as one, where the second goes on with what the first changed; None where it does not, or takes it back."""
    if not 0 <= second.until - first.until < BURST_S:
        return None
    if {one.setting for one in first.changes} != {one.setting for one in second.changes}:
        return None
    merged = merge_changes((*first.changes, *second.changes))
    return _Burst(first.step, second.until, merged) if len(merged) == len(first.changes) else None


def letter_of(number: int) -> str:
    """A, B … Z, AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
