"""What a form shows of a node: its layer's parameters, or its block's with what is told of them."""

from __future__ import annotations

from visualnet.core.graph import Node
from visualnet.core.project import Block, ParameterDescription, Project
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Code
from visualnet.layers.node_params import default_value, form_params


def test_a_layer_shows_what_it_declares_but_no_code() -> None:
    key, params = form_params(Project(), Node(id="n1", kind="conv2d", name="conv"))
    assert key == "conv2d" and [p.name for p in params] == list(LAYERS["conv2d"].params)
    (own,) = [kind for kind in LAYERS.values() if any(isinstance(p, Code) for p in kind.params.values())]
    _, params = form_params(Project(), Node(id="n1", kind=own.tag, name="own"))
    assert params and not any(isinstance(p, Code) for p in params)


def test_a_block_s_parameters_have_its_bounds_and_another_key_once_they_change() -> None:
    node = Node(id="n1", kind="block:stem", name="stem")
    block = Block(params={"width": 6}, about={"width": ParameterDescription(note="Filters.", low=2)})
    key, (width,) = form_params(Project(blocks={"stem": block}), node)
    assert (width.name, width.default, width.low, width.doc) == ("width", 6, 2, "Filters.")  # type: ignore[attr-defined]
    other, _ = form_params(Project(blocks={"stem": Block(params={"width": 7})}), node)
    assert other != key
    assert form_params(Project(), node) == (None, [])


def test_defaults_are_the_layer_s_or_the_block_s() -> None:
    conv = Node(id="n1", kind="conv2d", name="conv")
    assert default_value(Project(), conv, "stride") == LAYERS["conv2d"].params["stride"].default
    assert default_value(Project(), conv, "no such") is None
    stem = Node(id="n2", kind="block:stem", name="stem")
    assert default_value(Project(blocks={"stem": Block(params={"width": 6})}), stem, "width") == 6
    assert default_value(Project(), stem, "width") is None
