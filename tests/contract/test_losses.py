"""What every loss and metric promises, walked over the registry: what is ignored counts nothing, what is weighed counts as much as it
weighs, and what batches tell adds up to what all samples tell together."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.contract.evaluate import compute, outputs
from visualnet.layers import LAYERS, Layer, Spec
from visualnet.layers.declaration.calls import Ref
from visualnet.layers.declaration.layer import Pattern, ShapeError

SAMPLES, CLASSES, SIZES = 6, 4, {"K": (4,), "D": (5,), "*": (3, 2)}
LOSSES = [tag for tag, kind in LAYERS.items() if kind.role == "loss"]
METRICS = [tag for tag, kind in LAYERS.items() if kind.role == "metric"]
IGNORING = [tag for tag in (*LOSSES, *METRICS) if "ignore_index" in LAYERS[tag].params]


def drawn(tag: str, seed: int = 0) -> list[Tensor]:
    """Tensors that fit a loss or a metric, each number within what any of them takes."""
    generator = torch.Generator().manual_seed(seed)

    def one(pattern: Pattern) -> Tensor:
        size = (SAMPLES, *(n for axis in pattern.axes for n in SIZES[axis]))
        if pattern.dtype == "int":
            return torch.randint(0, CLASSES, size, generator=generator)
        numbers = torch.rand(size, generator=generator) * 0.8 + 0.1
        return (numbers > 0.5).float() if pattern.dtype == "any" else numbers

    return [one(pattern) for pattern in LAYERS[tag]().inputs().values()]


def told(layer: Layer, tensors: list[Tensor]) -> Tensor:
    arriving = dict(zip(layer.inputs(), tensors, strict=True))
    return next(iter(outputs(layer, None, arriving, frozenset(layer.outputs())).values()))


def counted(layer: Layer, tensors: list[Tensor]) -> Tensor | None:
    arriving = dict(zip(layer.inputs(), tensors, strict=True))
    tree = layer.counts(*map(Ref, arriving))
    return None if tree is None else compute(tree, None, arriving, {})


# --- what is not asked -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", IGNORING)
@pytest.mark.parametrize("ignore_index", [-100, -1, 2])
def test_what_is_ignored_counts_nothing(tag: str, ignore_index: int) -> None:
    """With some places ignored it tells what it tells of the others alone, whatever is answered there."""
    logits, target = drawn(tag)
    where = torch.rand(target.shape, generator=torch.Generator().manual_seed(1)) < 0.4
    ignored = torch.where(where, ignore_index, target)
    params: dict[str, Any] = {"k": 2} if tag == "top_k_accuracy" else {}
    layer = LAYERS[tag]({**params, "ignore_index": ignore_index})
    found = told(layer, [logits, ignored])
    # The same numbers as rows, one for each place that is asked, and nothing ignored among them.
    yes_no = tag == "binary_accuracy"
    rows = logits if yes_no else logits.movedim(1, -1)
    asked = ignored != ignore_index
    rest = LAYERS[tag]({**params, "ignore_index": -999})
    torch.testing.assert_close(found, told(rest, [rows[asked], target[asked]]))
    other = torch.where(where if yes_no else where.unsqueeze(1), -logits, logits)
    torch.testing.assert_close(told(layer, [other, ignored]), found)
    assert not torch.equal(told(rest, [other, target]), told(rest, [logits, target])), "the others would have mattered"


@pytest.mark.parametrize("tag", IGNORING)
def test_over_nothing_it_is_nan_and_counts_nothing(tag: str) -> None:
    """As torch has it; so that a batch that asks nothing is a gap, not a zero, and leaves the epoch as it is."""
    logits, target = drawn(tag)
    layer = LAYERS[tag]({"k": 2} if tag == "top_k_accuracy" else {})
    nothing = [logits, torch.full_like(target, -100)]
    assert told(layer, nothing).isnan()
    counts = counted(layer, nothing)
    assert counts is not None and counts.sum() == 0


def test_the_index_that_is_ignored_is_torchs_own() -> None:
    assert {LAYERS[tag].params["ignore_index"].default for tag in IGNORING} == {-100}
    assert {"cross_entropy", "nll", "accuracy", "top_k_accuracy", "precision", "recall", "f1", "iou", "dice"} <= set(
        IGNORING
    )


# --- weights -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_class_weights_are_torchs(reduction: str, smoothing: float) -> None:
    logits, target = drawn("cross_entropy")
    target[1] = -100
    weights = (0.5, 2.0, 0.0, 1.5)
    params = {"class_weights": weights, "reduction": reduction}
    options: dict[str, Any] = {"weight": torch.tensor(weights), "reduction": reduction}
    ours = told(LAYERS["cross_entropy"]({**params, "label_smoothing": smoothing}), [logits, target])
    assert torch.equal(ours, F.cross_entropy(logits, target, label_smoothing=smoothing, **options))
    logs = logits.log_softmax(1)
    assert torch.equal(told(LAYERS["nll"](params), [logs, target]), F.nll_loss(logs, target, **options))


def test_class_weights_are_as_many_as_classes() -> None:
    with pytest.raises(ValueError, match="there are 3 class weights; 4×3×2 has 4 classes"):
        LAYERS["cross_entropy"]({"class_weights": (1, 1, 1)}).shape((4, 3, 2), (3, 2))


def test_where_yes_is_rare_it_can_count_more() -> None:
    x, target = torch.randn(5, 3), (torch.rand(5, 3) > 0.7).long()
    ours = told(LAYERS["bce_with_logits"]({"pos_weight": 4.0}), [x, target])
    wanted = F.binary_cross_entropy_with_logits(x, target.float(), pos_weight=torch.tensor(4.0))
    assert torch.equal(ours, wanted)


@pytest.mark.parametrize("tag", LOSSES)
def test_a_sample_of_weight_zero_is_as_if_not_there(tag: str) -> None:
    """Weights 1 change nothing; weights 1 and 0 leave the loss of the first samples alone."""
    tensors, plain, weighted = drawn(tag), LAYERS[tag](), LAYERS[tag]({"sample_weights": True})
    assert list(weighted.inputs())[-1] == "sample_weight"
    torch.testing.assert_close(told(weighted, [*tensors, torch.ones(SAMPLES)]), told(plain, tensors))
    half = torch.tensor([1.0] * 3 + [0.0] * 3)
    torch.testing.assert_close(told(weighted, [*tensors, half]), told(plain, [t[:3] for t in tensors]))
    twice = LAYERS[tag]({"sample_weights": True, "reduction": "none"})
    values = told(LAYERS[tag]({"reduction": "none"}), tensors)
    assert torch.equal(told(twice, [*tensors, 2 * torch.ones(SAMPLES)]), 2 * values)


@pytest.mark.parametrize("tag", ["cross_entropy", "nll", "mse", "bce", "huber"])
def test_each_pixel_can_weigh_its_own(tag: str) -> None:
    tensors = drawn(tag)
    values = told(LAYERS[tag]({"reduction": "none"}), tensors)
    weight = torch.rand(values.shape)
    found = told(LAYERS[tag]({"sample_weights": True}), [*tensors, weight])
    torch.testing.assert_close(found, (weight * values).sum() / weight.sum())
    with pytest.raises(ValueError, match="one for each sample"):
        LAYERS[tag]({"sample_weights": True}).shape(*(tuple(t.shape[1:]) for t in tensors), (7,))


def test_pixels_classes_and_what_is_ignored_weigh_together() -> None:
    logits, target = drawn("cross_entropy")
    target[0, 0] = -100
    weight, of_class = torch.rand(target.shape), torch.tensor([0.5, 2.0, 1.0, 1.5])
    layer = LAYERS["cross_entropy"]({"sample_weights": True, "class_weights": tuple(of_class.tolist())})
    values = F.cross_entropy(logits, target, weight=of_class, reduction="none")
    both = weight * of_class[target.clamp(min=0)] * (target != -100)
    torch.testing.assert_close(told(layer, [logits, target, weight]), (weight * values).sum() / both.sum())
    torch.testing.assert_close(counted(layer, [logits, target, weight]), both.sum())


# --- reductions --------------------------------------------------------------------------------------------------------------------

OWN_VALUES = {
    "kl_divergence": "added up for each sample",
    "kl_normal": "torch has none",
    "dice_loss": "torch has none",
    "value_loss": "torch has none",
    "gradient_penalty": "torch has none",
    "flow_nll": "torch has none",
    "gaussian_nll": "takes the variance, not its logarithm",
}


@pytest.mark.parametrize("tag", LOSSES)
def test_mean_sum_and_none_are_of_the_same_values(tag: str) -> None:
    tensors = drawn(tag)
    mean, total, values = (told(LAYERS[tag]({"reduction": r}), tensors) for r in ("mean", "sum", "none"))
    assert mean.shape == total.shape == () and values.shape[0] == SAMPLES
    torch.testing.assert_close(mean, values.mean())
    torch.testing.assert_close(total, values.sum())
    by_sample = LAYERS[tag]({"reduction": "batchmean"})
    torch.testing.assert_close(told(by_sample, tensors), total / SAMPLES)
    weights = torch.rand(SAMPLES)
    weighted = LAYERS[tag]({"reduction": "batchmean", "sample_weights": True})
    wanted = (values.reshape(SAMPLES, -1).sum(1) * weights).mean()
    torch.testing.assert_close(told(weighted, [*tensors, weights]), wanted)


@pytest.mark.parametrize("tag", [tag for tag in LOSSES if tag not in OWN_VALUES])
@pytest.mark.parametrize("reduction", ["sum", "none"])
def test_reductions_are_torchs(tag: str, reduction: str) -> None:
    tensors = drawn(tag)
    name = LAYERS[tag].function.removeprefix("F.")  # type: ignore[attr-defined]
    floats = [
        t.float() if p.dtype == "any" else t for t, p in zip(tensors, LAYERS[tag]().inputs().values(), strict=True)
    ]
    assert torch.equal(
        told(LAYERS[tag]({"reduction": reduction}), tensors), getattr(F, name)(*floats, reduction=reduction)
    )


def test_a_value_for_each_sample_is_no_objective() -> None:
    for tag in LOSSES:
        kind = LAYERS[tag]
        assert kind({"reduction": "none"}).role == ""
        assert (kind.role, kind({"reduction": "sum"}).role) == ("loss", "loss")
        assert kind({"reduction": "none"}).unread() and not kind().unread()
        (port,) = kind({"reduction": "none"}).outputs().values()
        assert port.batched and not next(iter(kind().outputs().values())).batched


def test_a_negative_weight_makes_the_largest_value_the_best() -> None:
    assert (LAYERS["value_loss"]({"weight": -0.5}).better, LAYERS["value_loss"]().better) == ("max", "min")


# --- batches add up ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", [*LOSSES, *METRICS])
def test_batches_weighed_by_what_they_count_give_what_all_samples_give(tag: str) -> None:
    """Three batches of 1, 2 and 3 samples, of which different shares are asked."""
    tensors = drawn(tag, seed=3)
    params: dict[str, Any] = {"k": 2} if tag == "top_k_accuracy" else {}
    if tag in IGNORING:
        tensors[1][0, 1:] = tensors[1][1] = tensors[1][5, 0] = -100
    for more in ({}, {"sample_weights": True}) if tag in LOSSES else ({}, {"only_class": 1}):
        if not more.keys() <= LAYERS[tag].params.keys():
            continue
        layer = LAYERS[tag]({**params, **more})
        given = [*tensors, torch.rand(SAMPLES)] if "sample_weights" in more else tensors
        batches = [[t[a:b] for t in given] for a, b in ((0, 1), (1, 3), (3, 6))]
        counts = [counted(layer, batch) for batch in batches]
        whole = told(layer, given)
        if (settle := layer.settle(Ref("counts"))) is not None:
            found = compute(settle, None, {"counts": sum(counts)}, {})  # type: ignore[arg-type]
        else:
            sizes = [float(n if c is None else c) for n, c in zip((1, 2, 3), counts, strict=True)]
            values = [told(layer, batch).item() for batch in batches]
            found = torch.tensor(sum(v * n for v, n in zip(values, sizes, strict=True) if n) / sum(sizes))
        torch.testing.assert_close(found, whole, rtol=1e-5, atol=1e-6)


def test_a_mean_of_batch_means_would_be_another_number() -> None:
    """What the counts are for: five asked places are not worth as much as fifty."""
    layer, logits = LAYERS["accuracy"](), torch.eye(4).repeat(5, 1)
    target = torch.tensor([0, 1, 2, 3] * 5)
    target[:9] = -100
    target[9] = 0  # of the first ten, one is asked, and answered wrongly
    halves = [told(layer, [logits[i : i + 10], target[i : i + 10]]).item() for i in (0, 10)]
    assert halves == [0, 1]
    assert told(layer, [logits, target]).item() == pytest.approx(10 / 11)


# --- by hand -----------------------------------------------------------------------------------------------------------------------


def test_overlaps_by_hand() -> None:
    """Eight pixels: two are ink, one of them is found, one is called by mistake, one is not asked."""
    target = torch.tensor([[1, 1, 0, 0, 0, 0, 0, -100]])
    called = torch.tensor([[1, 0, 1, 0, 0, 0, 0, 1]])
    logits = F.one_hot(called, 3).movedim(-1, 1).float()
    wanted = {
        "iou": (4 / 6, 1 / 3),
        "dice": (8 / 10, 2 / 4),
        "f1": (8 / 10, 2 / 4),
        "precision": (4 / 5, 1 / 2),
        "recall": (4 / 5, 1 / 2),
    }
    for tag, (paper, ink) in wanted.items():
        for params, value in (({}, (paper + ink) / 2), ({"only_class": 0}, paper), ({"only_class": 1}, ink)):
            assert told(LAYERS[tag](params), [logits, target]).item() == pytest.approx(value), tag
        assert told(LAYERS[tag]({"only_class": 2}), [logits, target]).isnan(), "no such class occurs"


def test_the_divergence_is_that_of_torchs_distributions() -> None:
    mean, log_var = torch.randn(7, 3), torch.randn(7, 3)
    normal = torch.distributions.Normal
    wanted = torch.distributions.kl_divergence(normal(mean, (log_var / 2).exp()), normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(told(LAYERS["kl_normal"]({"reduction": "none"}), [mean, log_var]), wanted)
    torch.testing.assert_close(told(LAYERS["kl_normal"](), [mean, log_var]), wanted.mean())


def test_a_value_is_its_own_loss_and_may_be_negative() -> None:
    x = torch.randn(5, 3, 2) - 4
    assert torch.equal(told(LAYERS["value_loss"](), [x]), x.mean()) and x.mean() < 0
    assert math.isclose(LAYERS["value_loss"]({"weight": "-beta / 4"}, {"beta": 2}).values()["weight"], -0.5)


# --- what does not fit --------------------------------------------------------------------------------------------------------------


def refusal(layer: Layer, sizes: tuple[tuple[int, ...], ...]) -> str:
    """The words with which it refuses these sizes; empty where it takes them, or their rank is refused before it is asked."""
    try:
        layer.infer([Spec(size) for size in sizes])
    except ShapeError as fault:
        return str(fault)
    except (IndexError, ValueError):
        return ""
    return ""


def test_a_refusal_tells_the_size_that_came() -> None:
    """Whatever is given besides the right sizes: where the words tell a port's size, it is the one that arrived there."""
    told = set()
    for tag in (*LOSSES, *METRICS):
        layer = LAYERS[tag]()
        ports = list(layer.inputs())
        for sizes in itertools.product(((5,), (7,), (5, 4), (), (2, 3, 4)), repeat=len(ports)):
            words = refusal(layer, sizes)
            for port, size in zip(ports, sizes, strict=True):
                for found in re.findall(rf"\b(?:the )?{port} (?:has size|is) ([\d×]+)", words):
                    assert found == ("×".join(map(str, size)) or "1"), (tag, sizes, words)
                    told.add((tag, port))
    assert len(told) > 10
