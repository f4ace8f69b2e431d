"""Heads are offered where there is one attention with weights, and nowhere else: a feed that cannot be made ends the looking."""

from __future__ import annotations

import pytest

import visualnet as vn
from visualnet.training.observations.feeds.feed import find_heads


@pytest.mark.parametrize(
    ("kind", "options", "heads"),
    [
        ("multihead_attention", {"num_heads": 4}, 4),
        ("transformer_encoder_layer", {"nhead": 4}, 4),
        ("transformer_encoder", {"nhead": 4, "num_layers": 2}, 0),
        ("scaled_dot_product_attention", {"num_heads": 4}, 0),
        ("transformer_decoder_layer", {"nhead": 4}, 0),
    ],
)
def test_heads_are_offered_where_one_attention_has_weights(kind: str, options: dict[str, int], heads: int) -> None:
    net = vn.Graph("net")
    x = net.input(6, 8)
    several = {"scaled_dot_product_attention": 3, "transformer_decoder_layer": 2}.get(kind, 1)
    out = getattr(net, kind)(*[x] * several, **options)
    first = out[0] if isinstance(out, tuple) else out
    net.output(first)
    facts = next(facts for _, facts in net.analysis.walk() if facts.layer is not None and facts.node.kind == kind)
    assert find_heads(facts) == heads
