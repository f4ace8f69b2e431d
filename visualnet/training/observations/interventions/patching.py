"""Another sample's values put in the place of this one's: at every node in turn, or blended step by step at one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from visualnet.training.observations.context import ObservationContext, as_array
from visualnet.training.observations.observation import CannotObserve, Result
from visualnet.training.observations.probe_targets import ProbePort

AT_ONCE = 32
"""Of so many ports the other sample's values are held at once."""


def patch(context: ObservationContext, ports: Sequence[ProbePort], other: int) -> Result:
    """How much of the other sample's answer each port's value brings back.

    With the answers s of this sample, o of the other, and p where the port is patched: ⟨p − s, o − s⟩ / |o − s|². It is 0 where nothing
    changes and 1 where the other's answer comes out.

    Raises:
        CannotObserve: both samples get the same answer.
    """
    there = [port for port in ports if context.has(port)]
    given = _batch_of(context, other)
    own, theirs = context.scores().double(), context.scores(given).double()
    way = theirs - own
    length = float((way * way).sum())
    if not there or length == 0.0:
        raise CannotObserve(
            "The network gives both samples the very same answer: choose another sample in the settings."
        )
    brought: list[float] = []
    for at in range(0, len(there), AT_ONCE):
        chosen = there[at : at + AT_ONCE]
        donors = context.values(chosen, given)
        for port in chosen:
            patched = context.scores(replace={port: donors[port]}).double()
            brought.append(float(((patched - own) * way).sum()) / length)
            context.check(len(brought) / len(there))
    words = {"nodes": _names(context, there)}
    return Result({"brought": np.array(brought, np.float32)}, words, _about(context, other))


def interpolate(context: ObservationContext, subject: ProbePort, other: int, steps: int) -> Result:
    """The answers where the value of a port goes from this sample's to the other's in equal steps."""
    here, there = context.values([subject])[subject], context.values([subject], _batch_of(context, other))[subject]
    shares = np.linspace(0, 1, steps)
    answers = []
    for share in shares:
        # Both ends are the very values that flow there, without a rounding error.
        blend = here if share == 0 else there if share == 1 else here + float(share) * (there - here)
        answers.append(_as_shares(context, context.scores(replace={subject: blend}))[0])
        context.check(len(answers) / steps)
    words = {"classes": context.class_names} if _is_classes(context, answers[0][None]) else {}
    arrays = {"answers": np.stack([as_array(answer) for answer in answers]), "shares": shares.astype(np.float32)}
    return Result(arrays, words, _about(context, other))


def _batch_of(context: ObservationContext, other: int) -> dict[str, Tensor]:
    """A batch of the other sample; beside an own sample, what that does not say."""
    shown = context.data.shown
    return context.batch([int(shown[min(other, len(shown) - 1)])])


def _is_classes(context: ObservationContext, scores: Tensor) -> bool:
    return scores.dim() == 2 and len(context.class_names) == scores.shape[1] > 1


def _as_shares(context: ObservationContext, scores: Tensor) -> Tensor:
    """Scores of classes as probabilities."""
    if not _is_classes(context, scores):
        return scores
    node, port = context.scores_port
    spec = context.model.analysis.at(node).leaving[port]
    return scores if spec.holds in ("probabilities", "fractions") else torch.softmax(scores, 1)


def _names(context: ObservationContext, ports: Sequence[ProbePort]) -> tuple[str, ...]:
    """The nodes by name, with the port where several of a node are listed."""
    times = Counter(path for path, _ in ports)
    names = [(context.model.analysis.name_of(path), path, port) for path, port in ports]
    return tuple(name if times[path] == 1 else f"{name} · {port}" for name, path, port in names)


def _about(context: ObservationContext, other: int) -> str:
    shown = len(context.data.shown)
    this = "your sample" if context.own else f"sample {context.sample}"
    return f"From {this} to sample {min(other, shown - 1)} of the validation set."
