"""What is drawn of a layer is what its formulas say."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.graphs import random_project
from visualnet.analysis import infer
from visualnet.layers import LAYERS
from visualnet.layers.declare import Layer, Misfit
from visualnet.layers.drawings import Heads, Matrix, Window

SLIDING = [
    k for k in LAYERS.values() if {"kernel_size", "stride"} <= k.params.keys() and k.drawing is not Layer.drawing
]


def test_all_that_slide_say_so() -> None:
    assert {"conv1d", "conv2d", "max_pool2d", "avg_pool2d"} <= {k.tag for k in SLIDING}


@given(st.data())
def test_the_window_slides_as_often_as_the_formula_says(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(SLIDING))
    plain = kind()
    axes = len(plain.values()["kernel_size"])
    raw = {}
    for name, low, high in (("kernel_size", 1, 5), ("stride", 1, 4), ("padding", 0, 3), ("dilation", 1, 3)):
        if name in kind.params:
            raw[name] = tuple(data.draw(st.integers(low, high)) for _ in range(axes))
    if "padding" in raw and kind.tag.startswith("conv") and data.draw(st.booleans()):
        raw["padding"] = data.draw(st.sampled_from(["same", "valid"]))
        raw["stride"] = (1,) * axes
    if "ceil_mode" in kind.params:
        raw["ceil_mode"] = data.draw(st.booleans())
    layer = kind(raw)
    shape = (2, *(data.draw(st.integers(1, 24)) for _ in range(axes)))
    faults = [f for f in layer.check(shape) if f.severity == "error"]
    try:
        result = layer.shape(shape)
    except Misfit:
        return
    out = next(iter(result.values())) if isinstance(result, dict) else result
    if faults or any(n < 1 for n in out):
        return
    drawing = layer.drawing(shape)
    assert isinstance(drawing, Window)
    assert tuple(drawing.steps(a) for a in range(axes)) == tuple(out[1:])
    for axis in range(axes):
        last = drawing.taps(axis, drawing.steps(axis) - 1)
        assert last[0] < drawing.total(axis)
        assert drawing.up or last[-1] + drawing.unread(axis) == drawing.total(axis) - 1


def test_matrix_and_heads_count_what_the_weights_count() -> None:
    seen: Counter[type] = Counter()
    for seed in range(400):
        for _, facts in infer(random_project(seed)).walk():
            if facts.layer is None or not facts.known:
                continue
            drawing = facts.layer.drawing(*facts.shapes)
            seen[type(drawing)] += 1
            if isinstance(drawing, Matrix) and not facts.shared:
                assert drawing.weights == sum(w.total for w in facts.weights.values())
                assert drawing.weights - drawing.outputs * drawing.bias == facts.macs / drawing.positions
            if isinstance(drawing, Heads):
                assert (drawing.heads, drawing.queries, drawing.keys) == facts.leaving["weights"].shape
                assert drawing.each * drawing.heads == drawing.features
    assert seen[Matrix] > 10
    assert seen[Heads] > 5
