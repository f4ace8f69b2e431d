"""What is drawn of a layer: the sentences say the figures that the formulas give, and no drawing grows with a file's numbers."""

from __future__ import annotations

import pytest

from visualnet.figures.layer_diagrams import (
    MOST_CELLS,
    STAMPED,
    describe,
    flat_spread,
    flat_window,
    spread_cells,
    steps,
    window_cells,
)
from visualnet.layers import LAYERS
from visualnet.layers.declaration.drawings import Drawing, SlidingWindow, Spread

SHOWN = {
    "conv_transpose2d": (
        (1, 4, 5),
        {"stride": 2, "kernel_size": 3},
        "Cell 2, 2 stamps rows 3 to 5 and columns 3 to 5 of 9×11; where stamps meet they add up.",
    ),
    "conv_transpose1d": ((1, 6), {"stride": 3}, "Cell 2 stamps cells 4 to 5 of 17; where stamps meet they add up."),
    "conv1d": ((1, 12), {"kernel_size": 3}, "10 places. Place 2 reads cells 2 to 4."),
    "conv2d": ((1, 9, 9), {"kernel_size": 1}, "9×9 places. Place 2, 2 reads row 2 and column 2."),
    "conv3d": ((1, 6, 7, 8), {"kernel_size": 3}, "5×6 places. Place 2, 2 reads rows 2 to 4 and columns 2 to 4."),
    "embedding": (
        (7,),
        {"num_embeddings": 50, "embedding_dim": 8},
        "Index 1 reads row 1 of 50×8 numbers; 7 indices a sample.",
    ),
    "gru": (
        (9, 5),
        {"hidden_size": 16},
        "6 of 9 steps: step 2 reads 5 features and hands on h of 16 numbers, for each of 1 layer.",
    ),
    "batch_norm2d": ((6, 4, 5), {}, "6 means for the whole batch, each over 20 numbers of every sample."),
    "layer_norm": ((7, 12), {}, "7 means for each sample on its own, each over 12 numbers."),
    "linear": ((20,), {"out_features": 3}, "3×20 weights + 3 biases = 63."),
    "multihead_attention": ((7, 16), {"num_heads": 4}, "4 heads of 4 features each: 7 places look at 7."),
}


def drawing(tag: str) -> Drawing:
    shape, params, _ = SHOWN[tag]
    layer = LAYERS[tag](params)
    found = layer.drawing(shape, *[None] * (len(layer.inputs()) - 1))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("tag", SHOWN)
def test_every_drawing_says_its_figures(tag: str) -> None:
    rows, columns = steps(drawing(tag))
    assert describe(drawing(tag), (min(1, rows - 1), min(1, columns - 1))) == SHOWN[tag][2]


def test_nothing_moves_and_nothing_is_said_where_nothing_is_drawn() -> None:
    assert steps(None) == (1, 1)
    assert describe(None, (0, 0)) == ""


def test_drawings_stay_small_whatever_a_file_says() -> None:
    large = flat_window(SlidingWindow("HW", (10**6,) * 2, (10**5,) * 2, (3,) * 2, ((0, 0),) * 2, (1,) * 2))
    assert window_cells(large) == (MOST_CELLS, MOST_CELLS)
    spread = flat_spread(Spread("L", (10**6,), (10**5,), (3,), (0,), (0,), (1,)))
    assert spread_cells(spread) == (1, STAMPED)
