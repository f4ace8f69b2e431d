"""Attributions of the chosen sample by each method, as results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from visualnet.core.text.format import format_number, format_percent
from visualnet.figures.charts.observed.attribution import AttributedPart
from visualnet.training.observations.attribution.baselines import make_baselines, sample_background
from visualnet.training.observations.attribution.class_activation import enlarge, weigh_maps
from visualnet.training.observations.attribution.gradients import (
    input_gradients,
    integrate_gradients,
    smooth_gradients,
)
from visualnet.training.observations.attribution.occlusion import occlude
from visualnet.training.observations.attribution.players import Coalitions, divide_entries, spread_values
from visualnet.training.observations.attribution.sample_parts import (
    kind_of,
    name_places,
    pack,
    place_map,
    show_sample,
)
from visualnet.training.observations.attribution.scores import Scorer
from visualnet.training.observations.attribution.shapley import (
    MOST_ENUMERATED,
    enumerate_shapley,
    fit_shapley,
    sample_shapley,
)
from visualnet.training.observations.observation import CannotObserve, Result, Subject


def observe_gradient(scorer: Scorer, times_input: bool) -> Result:
    """The size of the gradient at each place; or the gradient times the input, signed, from the mean of the data."""
    samples = scorer.samples()
    gradients = input_gradients(scorer, samples)
    if not times_input:
        return _result(scorer, gradients, size=True)
    return _result(scorer, [g * x for g, x in zip(gradients, samples, strict=True)])


def observe_smooth_gradient(scorer: Scorer, noise: float, count: int, seed: int) -> Result:
    """SmoothGrad: the size of the mean gradient under noise."""
    found = smooth_gradients(scorer, scorer.samples(), noise, count, scorer.context.generator(seed))
    return _result(scorer, found, size=True, told=f"the mean of {count} gradients")


def observe_integrated_gradients(scorer: Scorer, baseline: str, steps: int) -> Result:
    """Integrated gradients, with how nearly they add up."""
    found = integrate_gradients(scorer, scorer.samples(), make_baselines(scorer, baseline), steps)
    total = float(sum(share.double().sum() for share in found.shares))
    change = found.score - found.baseline
    off = f" ({format_percent(found.error / abs(change))} off)" if change else ""
    told = f"the shares add up to {format_number(total)}, the score changes by {format_number(change)} from the baseline{off}"
    arrays = {"score": found.score, "baseline_score": found.baseline, "completeness_error": found.error}
    return _result(scorer, found.shares, told=told, arrays=arrays)


def observe_occlusion(scorer: Scorer, patch: int, stride: int, baseline: str) -> Result:
    """By how much the score falls where each part is covered; a word or a column at a time where there is no image."""
    samples, covers = scorer.samples(), make_baselines(scorer, baseline)
    parts = []
    for number, (entry, sample, cover) in enumerate(zip(scorer.entries, samples, covers, strict=True)):
        kind = kind_of(entry.shown)
        axes = (sample.dim() - 2, sample.dim() - 1) if kind == "image" else (1,)
        wide, step = (patch, stride) if kind in ("image", "series") else (1, 1)
        sizes = tuple(min(wide, sample.shape[axis]) for axis in axes)
        if sample.dim() < 2:
            raise CannotObserve("This input is one number: there is nothing in it to cover part by part.")

        def score(changed: Tensor, number: int = number) -> Tensor:
            rest = [x.expand(len(changed), *x.shape[1:]) for x in samples]
            return scorer(*rest[:number], changed, *rest[number + 1 :])

        scorer.context.check(number / len(samples))
        found = occlude(score, sample, cover, sizes, (step,) * len(axes), axes)
        mean = found.mean if kind != "series" else np.repeat(found.mean[:, None], sample.shape[2], 1)
        parts.append(make_part(scorer, number, np.asarray(mean, np.float32)))
    return pack(parts, _note(scorer, "where red was covered the score fell"))


def observe_shapley(scorer: Scorer, method: str, baseline: str, pieces: int, evaluations: int, seed: int) -> Result:
    """Shapley values of columns, words or pieces: exact by enumeration for few of them, else drawn."""
    players = divide_entries(scorer.entries, pieces)
    background = sample_background(scorer, 16) if baseline == "samples" else make_baselines(scorer, baseline)
    coalitions = Coalitions(scorer, players, scorer.samples(), background)
    generator = np.random.default_rng(seed)
    if players.number <= MOST_ENUMERATED:
        found, how = (
            enumerate_shapley(coalitions, players.number),
            f"exact, over all {1 << players.number:,} coalitions",
        )
    elif method == "kernel":
        found = fit_shapley(coalitions, players.number, evaluations, generator, scorer.context.check)
        how = f"Kernel SHAP of {evaluations:,} coalitions of {players.number} parts"
    else:
        orders = max(evaluations // (players.number + 1), 2)
        found = sample_shapley(coalitions, players.number, orders, generator, scorer.context.check)
        error = format_number(float(found.errors.max()))
        how = f"{2 * max(orders // 2, 1)} drawn orders of {players.number} parts, standard error at most {error}"
    parts = [
        make_part(scorer, n, _mapped(scorer, n, spread_values(players, found.values, n)))
        for n in range(len(scorer.entries))
    ]
    told = f"from {format_number(found.nobody)} with nothing shown to {format_number(found.all)} with all; {how}"
    return pack(
        parts, _note(scorer, told), values=found.values, errors=found.errors, nobody=found.nobody, all=found.all
    )


def observe_class_activation(scorer: Scorer, subject: Subject, positive: bool) -> Result:
    """Grad-CAM at a layer, in the size of the image."""
    entry_number = next((n for n, e in enumerate(scorer.entries) if kind_of(e.shown) in ("image", "series")), None)
    if entry_number is None:
        raise CannotObserve("Grad-CAM lies over an image or a series, and this network is shown neither.")
    entry = scorer.entries[entry_number]
    port = scorer.context.scores_port
    with torch.enable_grad():
        tensors = [x.detach().clone().requires_grad_() for x in scorer.samples()]
        values = scorer.values([subject, port], tensors)
        maps, score = values[subject], scorer.pick(values[port]).sum()
    if maps.dim() < 3:
        raise CannotObserve(
            "Grad-CAM needs maps with places: choose a convolution, or what follows one before it is flattened."
        )
    (gradient,) = scorer.context.gradients(score, [maps]) if maps.requires_grad else (None,)
    if gradient is None:
        raise CannotObserve(
            "The score does not depend on this layer: choose one on the way from the input to the answer."
        )
    found = weigh_maps(maps.detach(), gradient, positive)
    kind = kind_of(entry.shown)
    extents = tuple(map(int, entry.shown.shape[-2:] if kind == "image" else entry.shown.shape[:1]))
    if found.dim() - 1 != len(extents):
        raise CannotObserve("The maps of this layer have other axes than the input, so that they cannot lie over it.")
    over = enlarge(found, extents)[0].float().cpu().numpy()
    if kind == "series":
        over = np.repeat(over[:, None], int(entry.shown.shape[1]), 1)
    places = "×".join(map(str, found.shape[1:]))
    raw = found[0].float().cpu().numpy()
    return pack([make_part(scorer, entry_number, over)], _note(scorer, f"a map of {places} places, enlarged"), maps=raw)


def _result(
    scorer: Scorer, found: Sequence[Tensor], size: bool = False, told: str = "", arrays: dict[str, Any] | None = None
) -> Result:
    parts = []
    more: dict[str, Any] = dict(arrays or {})
    for number, (entry, values) in enumerate(zip(scorer.entries, found, strict=True)):
        plain = values[0].detach().float().cpu().numpy()
        parts.append(make_part(scorer, number, place_map(plain, kind_of(entry.shown), entry.is_embedded, size)))
        more[f"values_{number}"] = plain
    return pack(parts, _note(scorer, told), **more)


def make_part(scorer: Scorer, number: int, over: np.ndarray) -> AttributedPart:
    """A map over its input, as it was before normalisation."""
    entry = scorer.entries[number]
    field, data = scorer.field(entry), scorer.context.data
    values = scorer.batch[field][0].cpu().numpy()
    if field in data.mean and values.dtype.kind == "f":
        values = (values[None] * data.std[field] + data.mean[field])[0]
    kind = kind_of(entry.shown)
    names = name_places(data, field, values) if kind != "image" else ()
    title = scorer.context.model.analysis.main.nodes[entry.source].node.name
    sample = show_sample(values, kind) if kind != "words" else np.zeros(0, np.float32)
    if kind == "series":
        names = name_places(data, field, values[0])
    return AttributedPart(kind, title, over, sample, names)


def _mapped(scorer: Scorer, number: int, values: np.ndarray) -> np.ndarray:
    """Values of players, shaped to broadcast, as a map of the entry's places."""
    entry = scorer.entries[number]
    kind = kind_of(entry.shown)
    if kind == "image":
        return values.reshape(values.shape[-2:])
    if kind == "series":
        return np.repeat(values.reshape(-1, 1), int(entry.shown.shape[1]), 1)
    return values.reshape(-1)


def _note(scorer: Scorer, told: str = "") -> str:
    explained = scorer.explained
    what = "Share" if explained.is_share else "Score"
    first = f"{what} of {explained.name}: {format_number(scorer.score)}"
    return f"{first}; {told}" if told else first
