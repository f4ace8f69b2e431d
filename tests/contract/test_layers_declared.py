"""Each declaration is whole: words for a person, values that read, tags that never change, pages and schema that are current."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from visualnet.api.publish import json_schema
from visualnet.core.graph import BLOCK_PREFIX
from visualnet.layers import FAMILIES, LAYERS
from visualnet.layers.declaration.layer import BadParams, Fault, read_ports
from visualnet.layers.declaration.params import Bool, Choice, Float, Floats, Int, Ints, Text
from visualnet.layers.publish import docs_page

ROOT = Path(__file__).parents[2]
TAGS = Path(__file__).with_name("tags.txt")
HOLDS = ("", "same", "probabilities", "fractions", "nonnegative", "logarithms", "watched")
every = pytest.mark.parametrize("tag", list(LAYERS))


def test_every_tag_that_files_may_hold_is_still_known() -> None:
    """Files of every release open for ever: a tag, once out, is never renamed or dropped. New ones are added to the list."""
    frozen = TAGS.read_text(encoding="utf-8").split()
    assert sorted(LAYERS) == sorted(frozen)
    assert frozen == sorted(set(frozen))


def test_the_palette_shows_families_in_their_order() -> None:
    order = [list(FAMILIES).index(kind.family) for kind in LAYERS.values()]
    assert order == sorted(order)
    labels = [kind.label for kind in LAYERS.values()]
    assert len(set(labels)) == len(labels)


@every
def test_it_says_what_it_is(tag: str) -> None:
    kind = LAYERS[tag]
    assert kind.tag == tag
    assert not tag.startswith(BLOCK_PREFIX)
    summary = kind.summary()
    assert 10 <= len(summary) <= 140, summary
    assert summary[0].isupper()
    assert summary.endswith(".")
    assert len(kind.label) <= 30
    assert kind.keywords or kind.role == "input"
    assert kind.holds in HOLDS
    assert all(key in HOLDS and words for port in kind.refuses.values() for key, words in port.items())
    assert set(kind.refuses) | set(kind.doubts) <= set(kind().inputs())
    for axes, words in (item for port in kind.doubts.values() for item in port.items()):
        assert "{" not in words.format(*range(axes))


@every
def test_ports_have_names_and_axes(tag: str) -> None:
    layer = LAYERS[tag]()
    ports = {**layer.inputs(), **layer.outputs()}
    assert ports
    for name, pattern in ports.items():
        assert name.isidentifier(), name
        assert pattern.dtype in ("float", "int", "bool", "any", "same"), name
        assert len(set(pattern.axes)) == len(pattern.axes), name
    # What the line says are the ports with the defaults.
    sides = [read_ports(side) for side in layer.ports.split("->")]
    assert [list(side) for side in sides] == [list(layer.inputs()), list(layer.outputs())]


@every
def test_parameters_have_words_and_defaults_that_read(tag: str) -> None:
    kind = LAYERS[tag]
    for name, param in kind.params.items():
        assert param.doc.endswith("."), name
        assert param.doc[0].isupper(), name
        assert param.read(param.default, {}) == param.default, name
        assert param.short(param.default) is not None
        json.dumps(param.schema())
    layer = kind()
    assert layer.values() == {name: p.default for name, p in kind.params.items()}
    assert kind(layer.values()).values() == layer.values()


@every
def test_the_default_card_fits(tag: str) -> None:
    card = LAYERS[tag]().card()
    assert len(card) <= 28, card
    assert card == card.strip()


@every
def test_wrong_values_are_refused_in_words(tag: str) -> None:
    """Whatever stands in a file, the answer is a value or words that name the parameter."""
    kind = LAYERS[tag]
    wrong: list[Any] = [
        None,
        True,
        "",
        "1 +",
        "unknown_name",
        "2**64",
        10**12,
        -(10**12),
        1.5,
        (),
        (1,) * 9,
        ((1,),),
        {"a": 1},
    ]
    for name, param in kind.params.items():
        for value in wrong:
            got, faults = _tried(tag, name, value)
            if faults:
                assert [f.at for f in faults] == [name]
                assert 5 < len(faults[0].words) < 300, faults
            else:
                assert param.read(value, {}) == got


def _tried(tag: str, name: str, value: Any) -> tuple[Any, tuple[Fault, ...]]:
    try:
        return LAYERS[tag]({name: value}).values()[name], ()
    except BadParams as error:
        return None, error.faults


@every
def test_bounds_keep_torch_from_hanging(tag: str) -> None:
    caps = {"num_layers": 64, "num_heads": 1024, "nhead": 1024, "sections": 64, "inputs": 64, "axes": 8}
    for name, param in LAYERS[tag].params.items():
        if isinstance(param, Int | Float | Ints | Floats):
            assert -1e9 <= param.low < param.high <= caps.get(name, 1e9), name
        else:
            assert isinstance(param, Bool | Choice | Text) or name == "field", name
            if isinstance(param, Text):
                assert param.longest <= 65_536, name


def test_an_unknown_parameter_is_a_warning_and_stays_harmless() -> None:
    layer = LAYERS["linear"]({"out_features": 3, "colour": "red"})
    assert [(f.at, f.severity) for f in layer.unknown] == [("colour", "warning")]
    assert layer.values() == {"out_features": 3, "bias": True}


def test_the_reference_page_is_current() -> None:
    written = (ROOT / "docs" / docs_page.NAME).read_text(encoding="utf-8")
    assert written == docs_page.text(), "run: python -m visualnet.layers.publish.docs_page"


def test_the_schema_is_current() -> None:
    written = json_schema.path().read_text(encoding="utf-8")
    assert written == json_schema.text(), "run: python -m visualnet.api.publish.json_schema"


SAME = {
    **dict.fromkeys(
        [f"{kind}Pad{n}d" for kind in ("Circular", "Constant", "Reflection", "Replication", "Zero") for n in "123"],
        "pad",
    ),
    "BCELoss": "bce",
    "BCEWithLogitsLoss": "bce_with_logits",
    "CosineEmbeddingLoss": "cosine_embedding",
    "CrossEntropyLoss": "cross_entropy",
    "CrossMapLRN2d": "local_response_norm",
    "GaussianNLLLoss": "gaussian_nll",
    "HingeEmbeddingLoss": "hinge_embedding",
    "HuberLoss": "huber",
    "KLDivLoss": "kl_divergence",
    "L1Loss": "l1",
    "MSELoss": "mse",
    "MarginRankingLoss": "margin_ranking",
    "MultiLabelMarginLoss": "multilabel_margin",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin",
    "MultiMarginLoss": "hinge",
    "NLLLoss": "nll",
    "NLLLoss2d": "nll",
    "PoissonNLLLoss": "poisson_nll",
    "SmoothL1Loss": "smooth_l1",
    "SoftMarginLoss": "soft_margin",
    "Softmax2d": "softmax",
    "TripletMarginLoss": "triplet",
    "Unflatten": "reshape",
    "UpsamplingBilinear2d": "upsample",
    "UpsamplingNearest2d": "upsample",
}
"""What torch calls otherwise."""
CONTAINERS = {
    "Module", "Container", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel",
    "RNNBase", "RNNCellBase",
}  # fmt: skip


def test_every_layer_of_torch_is_declared_or_left_with_a_reason() -> None:
    from torch import nn

    modules = {n for n, c in vars(nn).items() if isinstance(c, type) and issubclass(c, nn.Module)}
    ours = {kind.__name__.casefold() for kind in LAYERS.values()}
    missing = {
        name
        for name in modules - CONTAINERS - SAME.keys() - docs_page.LEFT.keys()
        if name.casefold() not in ours and not name.startswith("Lazy")
    }
    assert not missing
    assert set(SAME.values()) <= LAYERS.keys() and not set(docs_page.LEFT) & ours
    page = docs_page.text()
    assert all(f"`nn.{name}` {why}" in page for name, why in docs_page.LEFT.items())


def test_losses_and_metrics_say_what_is_better() -> None:
    for tag, kind in LAYERS.items():
        assert kind.better in (
            ("min",) if kind.role == "loss" else ("min", "max") if kind.role == "metric" else ("",)
        ), tag
