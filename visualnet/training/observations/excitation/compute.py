"""What a unit answers to, as results: projected back, found among the samples, and made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from visualnet.analysis.receptive_field import AxisField, receptive
from visualnet.core.text.format import capitalize_first, format_number
from visualnet.layers.declaration.layer import Spec
from visualnet.training.observations.attribution.compute import make_part
from visualnet.training.observations.attribution.sample_parts import (
    kind_of,
    name_places,
    pack,
    place_map,
    show_sample,
)
from visualnet.training.observations.attribution.scores import Scorer
from visualnet.training.observations.excitation.ascent import Regularisation, ascend
from visualnet.training.observations.excitation.rectification import RectifiedGradients
from visualnet.training.observations.excitation.strongest import StrongActivation, cut_patch, find_strongest
from visualnet.training.observations.excitation.units import channel_axis, choose_unit, map_arrays
from visualnet.training.observations.observation import CannotObserve, Result, Subject

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

Place = tuple[int | None, ...]
AT_ONCE = 32
"""So many samples go through the network at once."""


def spec_at(context: ObservationContext, subject: Subject) -> Spec:
    """What leaves the port."""
    facts = context.model.analysis.find(subject[0])
    if facts is None or subject[1] not in facts.leaving:
        raise KeyError(subject)
    return facts.leaving[subject[1]]


def observe_projection(
    context: ObservationContext, subject: Subject, channel: int | None, place: Place, guided: bool
) -> Result:
    """A unit projected back to the input through rectified gradients."""
    scorer = Scorer(context)
    with torch.enable_grad(), RectifiedGradients(guided) as rectified:
        tensors = [x.detach().clone().requires_grad_() for x in scorer.samples()]
        values = scorer.values([subject], tensors)[subject]
        unit = choose_unit(values[0], spec_at(context, subject), channel, place)
        chosen = values[(0, *unit.at)]
    found = context.gradients(chosen, tensors)
    if all(one is None for one in found):
        raise CannotObserve("This unit does not depend on what the network is shown: choose a layer behind its inputs.")
    parts = []
    arrays: dict[str, Any] = {"value": chosen.item(), "unit": unit.at, **map_arrays(values[0], unit)}
    for number, (entry, one, x) in enumerate(zip(scorer.entries, found, tensors, strict=True)):
        values_back = (torch.zeros_like(x) if one is None else one)[0].detach().float().cpu().numpy()
        parts.append(make_part(scorer, number, place_map(values_back, kind_of(entry.shown), entry.is_embedded, False)))
        arrays[f"values_{number}"] = values_back
    told = f"{unit.describe()} has the value {format_number(chosen.item())} here"
    if not rectified.met:
        told += "; no ReLU is on the way, so that this is the plain gradient"
    return pack(parts, capitalize_first(told), **arrays)


def observe_strongest(
    context: ObservationContext, subject: Subject, channel: int | None, count: int, searched: int, cut: bool
) -> Result:
    """The samples of the validation set in which a channel is strongest, with the patch that its place sees."""
    spec = spec_at(context, subject)
    places = context.places(searched)
    axis = channel_axis(spec)
    if channel is None:
        channel = choose_unit(context.values([subject])[subject][0], spec, None, ()).channel
    elif channel >= spec.shape[axis]:
        raise CannotObserve(
            f"There are {spec.shape[axis]} channels here, numbered from 0: there is no channel {channel}."
        )
    found = find_strongest(_chunks(context, subject, places), channel, count, axis + 1)
    return _show_strongest(context, subject, found, f"channel {channel}, strongest among {len(places):,} samples", cut)


def _chunks(context: ObservationContext, subject: Subject, places: np.ndarray) -> Iterator[tuple[np.ndarray, Tensor]]:
    for at in range(0, len(places), AT_ONCE):
        context.check(at / len(places))
        some = places[at : at + AT_ONCE]
        yield some, context.values([subject], context.batch(some))[subject]


def _show_strongest(
    context: ObservationContext, subject: Subject, found: Sequence[StrongActivation], told: str, cut: bool
) -> Result:
    field = context.input_fields[0]
    shown = context.data.fields[field]
    kind = kind_of(shown)
    names = context.class_names
    labels = context.data.known("label") if "label" in context.data.fields else None
    titles = []
    for one in found:
        label = f" · {names[int(labels[one.sample])]}" if labels is not None and len(names) and labels.ndim == 1 else ""
        titles.append(f"{format_number(one.value)}{label}")
    samples = [context.raw(field, one.sample) for one in found]
    sight = next((f for f in receptive(context.model.analysis, subject[0]) if not f.unknown), None)
    arrays: dict[str, Any] = {
        "values": np.array([one.value for one in found], np.float32),
        "samples": np.array([one.sample for one in found], np.int64),
    }
    if kind == "image":
        is_cut = cut and sight is not None and not sight.whole and len(sight.size) == 2
        arrays["tiles"] = np.stack(
            [_tile(v, sight if is_cut else None, one) for v, one in zip(samples, found, strict=True)]
        )
        words: dict[str, tuple[str, ...]] = {"titles": tuple(titles)}
        told += (
            f"; each patch is the {'×'.join(map(str, sight.size))} cells that the place sees"
            if is_cut and sight
            else ""
        )
    else:
        words = {"titles": tuple(titles), "told": tuple(_tell(context, field, v) for v in samples)}
    return Result(arrays, words, capitalize_first(told))


def _tile(values: np.ndarray, sight: AxisField | None, one: StrongActivation) -> np.ndarray:
    """A sample, or the patch that a place sees, as colours (H, W, 3)."""
    shown = show_sample(values, "image")
    planes = np.repeat(shown[None], 3, 0) if shown.ndim == 2 else shown.transpose(2, 0, 1)
    if sight is not None:
        start = [s + p * j for s, p, j in zip(sight.start, one.place, sight.jump, strict=True)]
        planes = cut_patch(planes, start, sight.size, 0.5)
    return np.asarray((planes.transpose(1, 2, 0) * 255 + 0.5).clip(0, 255), np.uint8)


def _tell(context: ObservationContext, field: str, values: np.ndarray) -> str:
    names = name_places(context.data, field, values)
    if context.data.fields[field].dtype == "int":
        return ("" if max(map(len, names), default=0) == 1 else " ").join(name for name in names if name.strip("·"))
    flat = np.asarray(values).reshape(-1)[:12]
    return ", ".join(f"{name} {format_number(float(v))}" for name, v in zip(names, flat, strict=False))


def observe_ascent(
    context: ObservationContext,
    subject: Subject,
    channel: int | None,
    whole: bool,
    steps: int,
    rate: float,
    held_back: Regularisation,
    seed: int,
) -> Result:
    """An input made from noise by gradient ascent so that a channel is strong: at its middle place, or as a ``whole``."""
    scorer = Scorer(context)
    number = next((n for n, entry in enumerate(scorer.entries) if not entry.is_embedded), None)
    if number is None:
        raise CannotObserve(
            "Words are not real numbers, so that none can be made by ascent: look at the strongest samples instead."
        )
    entry, samples, spec = scorer.entries[number], scorer.samples(), spec_at(context, subject)
    if channel is None:
        channel = choose_unit(context.values([subject])[subject][0], spec, None, ()).channel
    elif channel >= spec.shape[channel_axis(spec)]:
        raise CannotObserve(
            f"There are {spec.shape[channel_axis(spec)]} channels here, numbered from 0: there is no channel {channel}."
        )
    axis = channel_axis(spec) + 1

    def unit(x: Tensor) -> Tensor:
        tensors = [*samples[:number], x, *samples[number + 1 :]]
        values = scorer.values([subject], tensors)[subject].select(axis, channel)
        if values.dim() < 2:
            return values.mean()
        if not whole:
            middle = np.ravel_multi_index([n // 2 for n in values.shape[1:]], values.shape[1:])
            return values.flatten(1)[:, middle].mean()
        # Of a convolution the mean alone says nothing of its pattern: what is not at an edge adds up to the same.
        return F.leaky_relu(values).mean()

    shape = tuple(map(int, entry.spec.shape))
    with torch.enable_grad():
        depends = unit(torch.zeros((1, *shape), device=context.device, requires_grad=True)).requires_grad
    if not depends:
        raise CannotObserve("This unit does not depend on the first input: choose a layer behind it.")
    found = ascend(unit, shape, steps, rate, held_back, context.generator(seed), context.device, context.check)
    values = found.image[0].float().cpu().numpy()
    field, data = scorer.field(entry), context.data
    if field in data.mean:
        values = (values[None] * data.std[field] + data.mean[field])[0]
    kind = kind_of(entry.shown)
    arrays = {
        "values": np.array(found.values, np.float32),
        "image": np.asarray(values, np.float32),
        "shown": _stretch(values, kind),
    }
    names = name_places(data, field, values) if kind == "bars" else ()
    what = f"Channel {channel}" if whole or len(spec.shape) < 2 else f"Channel {channel} in the middle"
    told = f"{what}: from {format_number(found.values[0])} to {format_number(found.values[-1])} in {steps} steps"
    if found.values[-1] <= 0.01 * abs(found.values[0]):
        told += "; it stayed silent from this start: try another seed, or more steps"
    return Result(arrays, {"kind": (kind,), "names": names}, told)


def _stretch(values: np.ndarray, kind: str) -> np.ndarray:
    """An image whose least value is black and whose greatest is white: what was made keeps to no bounds."""
    if kind != "image":
        return np.asarray(values, np.float32)
    low, high = float(values.min()), float(values.max())
    return show_sample((values - low) / ((high - low) or 1.0), kind)
