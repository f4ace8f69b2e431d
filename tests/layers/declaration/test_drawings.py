"""What is drawn of a layer is what its formulas say."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Amount
from tests.graphs import random_project
from visualnet.analysis import infer
from visualnet.layers import LAYERS
from visualnet.layers.declaration.drawings import Heads, Matrix, NormalizedGroup, SlidingWindow, Spread, Table, Unrolled
from visualnet.layers.declaration.layer import Layer, ShapeError

WINDOWED = [
    k for k in LAYERS.values() if {"kernel_size", "stride"} <= k.params.keys() and k.drawing is not Layer.drawing
]
SLIDING = [k for k in WINDOWED if "output_padding" not in k.params]
STAMPING = [k for k in WINDOWED if "output_padding" in k.params]


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
    except ShapeError:
        return
    out = next(iter(result.values())) if isinstance(result, dict) else result
    if faults or any(n < 1 for n in out):
        return
    drawing = layer.drawing(shape)
    assert isinstance(drawing, SlidingWindow)
    assert tuple(drawing.steps(a) for a in range(axes)) == tuple(out[1:])
    for axis in range(axes):
        last = drawing.taps(axis, drawing.steps(axis) - 1)
        assert last[0] < drawing.total(axis)
        assert drawing.up or last[-1] + drawing.unread(axis) == drawing.total(axis) - 1


@given(st.data())
def test_what_is_stamped_is_as_large_as_the_formula_says(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(STAMPING))
    axes = len(kind().values()["kernel_size"])
    bounds = (("kernel_size", 1, 5), ("stride", 1, 4), ("padding", 0, 3), ("dilation", 1, 3), ("output_padding", 0, 2))
    raw = {name: tuple(data.draw(st.integers(low, high)) for _ in range(axes)) for name, low, high in bounds}
    layer = kind(raw)
    shape = (2, *(data.draw(st.integers(1, 9)) for _ in range(axes)))
    drawing = layer.drawing(shape)
    assert isinstance(drawing, Spread)
    sizes = layer.shape(shape)[1:]  # type: ignore[index]
    for axis, size in enumerate(sizes):
        if size > 0:
            assert len(drawing.kept(axis)) == size
        stamped = {c for i in range(shape[1 + axis]) for c in drawing.stamps(axis, i)}
        assert max(stamped) + 1 + raw["output_padding"][axis] == drawing.total(axis)


def test_stamps_are_those_of_torch() -> None:
    """One cell that is 1, a kernel of ones: what is not 0 afterwards is what the drawing says that the cell stamps."""
    import torch

    layer = LAYERS["conv_transpose2d"](
        {"out_channels": 1, "kernel_size": (3, 2), "stride": (2, 3), "padding": (1, 0), "dilation": (2, 1)}
    )
    drawing = layer.drawing((1, 4, 5))
    assert isinstance(drawing, Spread)
    made = torch.nn.ConvTranspose2d(1, 1, (3, 2), (2, 3), (1, 0), bias=False, dilation=(2, 1))
    torch.nn.init.ones_(made.weight)
    x = torch.zeros(1, 1, 4, 5)
    x[0, 0, 1, 2] = 1
    hit = made(x)[0, 0].detach().nonzero().tolist()
    rows, columns = (
        [c - drawing.padding[a] for c in drawing.stamps(a, i) if c in drawing.kept(a)] for a, i in ((0, 1), (1, 2))
    )
    assert hit == [[r, c] for r in rows for c in columns]


def test_tables_steps_and_means_are_those_of_the_layers() -> None:
    table = LAYERS["embedding"]({"num_embeddings": 50, "embedding_dim": 8})
    drawing = table.drawing((7,))
    assert isinstance(drawing, Table)
    assert drawing.rows * drawing.width == sum(w.total for w in table.weights((7,)).values())
    lstm = LAYERS["lstm"]({"hidden_size": 16, "num_layers": 2, "bidirectional": True})
    unrolled = lstm.drawing((9, 5), None, None)
    assert isinstance(unrolled, Unrolled)
    shapes = lstm.shape((9, 5), None, None)
    assert shapes["h_n"] == (unrolled.states_count, unrolled.hidden)  # type: ignore[index,call-overload]
    assert (unrolled.steps, unrolled.hidden * unrolled.directions) == shapes["output"]  # type: ignore[index,call-overload]
    slabs = {
        "batch_norm2d": ((6, 4, 5), (6, 20)),
        "instance_norm2d": ((6, 4, 5), (6, 20)),
        "group_norm": ((8, 4, 5), (4, 40)),
        "layer_norm": ((7, 12), (7, 12)),
    }
    for tag, (shape, (means, over)) in slabs.items():
        slab = LAYERS[tag]().drawing(shape)
        assert isinstance(slab, NormalizedGroup)
        assert (slab.means, slab.over) == (means, over), tag
        assert slab.means * slab.over == slab.channels * slab.places
    assert LAYERS["batch_norm2d"]().drawing((6, 4, 5)).batch  # type: ignore[union-attr]


@pytest.mark.wide
@pytest.mark.more
def test_matrix_and_heads_count_what_the_weights_count(amount: Amount) -> None:
    seen, graphs = Counter[type](), amount(50, wide=150, thorough=150)
    for seed in range(graphs):
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
    assert seen[Matrix] > graphs / 15
    assert seen[Heads] > graphs / 50
