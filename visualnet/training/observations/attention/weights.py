"""The attention weights of the chosen sample, from the port that hands them out or from inside a layer that does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from visualnet.training.observations.attention.places import PORT
from visualnet.training.observations.context import ObservationContext, as_array
from visualnet.training.observations.module_calls import recorded_calls
from visualnet.training.observations.observation import CannotObserve, Subject

Floats = NDArray[np.float32]


def attention_weights(context: ObservationContext, subjects: Sequence[Subject]) -> dict[Subject, Floats]:
    """The weights (heads, queries, sources) of these attention layers for the chosen sample; the network runs once.

    Raises:
        CannotObserve: a layer was not run, or shows no weights.
    """
    inner = {subject: _inner_module(context, subject) for subject in subjects if subject[1] != PORT}
    ports = [subject if subject[1] == PORT else (subject[0], _output(context, subject)) for subject in subjects]
    modules = {str(at): module for at, module in enumerate(inner.values())}
    with recorded_calls(modules) as calls:
        values = context.values(ports)
    found = {subject: _with_heads(as_array(values[subject][0])) for subject in subjects if subject[1] == PORT}
    for at, (subject, module) in enumerate(inner.items()):
        call = calls.get(str(at))
        if call is None:
            raise CannotObserve("This layer computed its attention in one piece, so that no weights can be shown.")
        with torch.no_grad():
            options: dict[str, Any] = {**call.kwargs, "need_weights": True, "average_attn_weights": False}
            _, weights = module(*call.args[:3], **_named(call.args[3:]), **options)
        found[subject] = _with_heads(as_array(weights[0]))
    return {subject: found[subject] for subject in subjects}


def _named(rest: tuple[Any, ...]) -> dict[str, Any]:
    """The arguments behind query, key and value, by the names that torch's attention gives them."""
    names = ("key_padding_mask", "need_weights", "attn_mask", "average_attn_weights", "is_causal")
    return {name: value for name, value in zip(names, rest, strict=False) if name not in names[1::2]}


def _with_heads(weights: Floats) -> Floats:
    return weights if weights.ndim == 3 else weights[None]


def _inner_module(context: ObservationContext, subject: Subject) -> nn.Module:
    path, name = subject
    module = context.module(path)
    if module is None:
        raise KeyError(path)
    return module.get_submodule(name)


def _output(context: ObservationContext, subject: Subject) -> str:
    facts = context.model.analysis.find(subject[0])
    if facts is None:
        raise KeyError(subject[0])
    return next(iter(facts.outputs))
