"""The parameters that layers of different kinds have in common."""

from __future__ import annotations

from visualnet.layers import LAYERS
from visualnet.layers.declaration.common_params import common_params


def test_what_is_shared_keeps_the_bounds_of_all() -> None:
    conv, pool = (list(LAYERS[k].params.values()) for k in ("conv2d", "max_pool2d"))
    for param in common_params([conv, pool]):
        for kind in ("conv2d", "max_pool2d"):
            assert param.low >= LAYERS[kind].params[param.name].low or not hasattr(param, "low")  # type: ignore[attr-defined]
    assert [p.name for p in common_params([conv])] == [p.name for p in conv]
