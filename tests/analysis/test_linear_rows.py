"""Two linear layers in a row: where it is said, what is offered, and that no published network is told so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.drawing import look, only, project
from visualnet.analysis import infer
from visualnet.analysis.inference.linear_rows import CODE
from visualnet.analysis.repair.search import repairs
from visualnet.core.storage import project_file
from visualnet.data.registry import fields_or_none
from visualnet.templates.index import Template, template_list

ROW = "i:input a:linear b:linear o:output i>a a>b b>o"
WIDTHS: dict[str, Any] = {"i": {"size": (10,)}, "a": {"out_features": 20}, "b": {"out_features": 5}}


def test_an_activation_is_offered_and_ends_it() -> None:
    drawn = project(ROW, **WIDTHS)
    analysis = infer(drawn)
    hint = only(analysis, CODE)
    assert (hint.severity, hint.node, hint.at) == ("hint", "n3", "x")
    first, second = repairs(drawn, hint, analysis)
    assert first.words == "Insert ReLU between “a” and “b”" and "Tanh" in second.words
    assert not [p for p in infer(first.edit(drawn)).problems if p.code == CODE]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("i:input a:linear r:relu b:linear o:output i>a a>r r>b b>o", {}),
        (ROW, {"a": {"out_features": 4}}),
        (ROW, {"a": {"out_features": 20, "_trainable": False}}),
        ("i:input a:linear b:linear c:output o:output i>a a>b a>c b>o", {}),
    ],
    ids=["an activation between", "a bottleneck", "frozen", "read elsewhere too"],
)
def test_what_is_meant_is_not_told(text: str, changed: dict[str, Any]) -> None:
    assert not [p for p in look(text, **(WIDTHS | changed)).problems if p.code == CODE]


@pytest.mark.few(40)
@pytest.mark.parametrize("template", template_list(), ids=lambda t: t.name)
def test_no_published_network_is_told_so(template: Template) -> None:
    opened = project_file.load(template.path)
    assert not [p for p in infer(opened, None, fields_or_none(opened.data)).problems if p.code == CODE]
