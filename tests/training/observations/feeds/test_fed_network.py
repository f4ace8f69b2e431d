"""A network with fed ports computes what the same network with other weights or inputs would."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.observations.feeds.rig import Rig
from visualnet.training.observations.feeds.feed import Feed, find_heads, find_units, why_not


@pytest.fixture(scope="module")
def lenet() -> Rig:
    return Rig("lenet5")


@pytest.fixture(scope="module")
def vit() -> Rig:
    return Rig("vit-small")


@pytest.mark.few(2)
@pytest.mark.parametrize("template", ["lenet5", "vit-small", "gru-classifier-small", "autoencoder"])
@torch.no_grad()
def test_what_flows_there_fed_anywhere_changes_no_bit(template: str) -> None:
    rig = Rig(template)
    plain, batch = rig.answer(), rig.batch(0, 1, 2)
    ports = [
        (path, port) for path, facts in rig.analysis.walk() for port in facts.leaving if facts.leaving[port].batched
    ]
    reached = [port for port in ports if rig.net.is_computed(port)]
    assert len(reached) >= 8
    for port in reached:
        value = rig.net.values([port], batch)[port]
        assert torch.equal(rig.answer(replace={port: value}), plain), port
        if value.is_floating_point():
            assert torch.equal(rig.answer(Feed(port, "scale", figures=(1.0,))), plain), port
            assert torch.equal(rig.answer(Feed(port, "noise", share=0.0)), plain), port


@torch.no_grad()
def test_a_channel_switched_off_is_the_network_whose_filter_is_zero(lenet: Rig) -> None:
    port = lenet.port("conv1")
    fed = lenet.answer(Feed(port, "zeros", (2, 4)))
    assert not torch.equal(fed, lenet.answer())
    conv = lenet.model.net.conv1
    kept = conv.weight.detach().clone(), conv.bias.detach().clone()
    for tensor in (conv.weight, conv.bias):
        tensor[[2, 4]] = 0
    assert torch.allclose(lenet.answer(), fed, atol=1e-6)
    conv.weight.copy_(kept[0])
    conv.bias.copy_(kept[1])
    # A unit of a dense layer: the column that reads it is zero.
    fed = lenet.answer(Feed(lenet.port("relu3"), "zeros", (7,)))
    fc = lenet.model.net.fc2
    kept_fc = fc.weight.detach().clone()
    fc.weight[:, 7] = 0
    assert torch.allclose(lenet.answer(), fed, atol=1e-6)
    fc.weight.copy_(kept_fc)


@torch.no_grad()
def test_another_samples_value_brings_its_answer(lenet: Rig) -> None:
    for name in ("image", "conv1", "pool2", "fc2", "logits"):
        fed = lenet.answer(Feed(lenet.port(name), "sample", sample=9))
        assert torch.allclose(fed, lenet.answer(samples=(9,)).expand_as(fed), atol=1e-5), name


@torch.no_grad()
def test_the_mean_is_that_of_the_validation_samples_and_follows_the_weights(lenet: Rig) -> None:
    port = lenet.port("relu3")
    view = lenet.model.view([port])

    def mean() -> Tensor:
        return torch.cat([view(*batch)[0] for batch in lenet.batches()]).mean(0)

    batch = lenet.batch(0)
    assert torch.allclose(lenet.net.values([port], batch, [Feed(port, "mean")])[port][0], mean(), atol=1e-6)
    lenet.model.net.fc1.bias.add_(0.5)
    assert torch.allclose(lenet.net.values([port], batch, [Feed(port, "mean")])[port][0], mean(), atol=1e-6)
    lenet.model.net.fc1.bias.sub_(0.5)


@torch.no_grad()
def test_feeds_act_in_the_order_of_the_network_and_each_on_what_is_left(lenet: Rig) -> None:
    first, second = lenet.port("conv1"), lenet.port("fc1")
    feeds = [Feed(second, "scale", figures=(2.0,)), Feed(first, "zeros")]
    found = lenet.net.values([second], lenet.batch(0), feeds)[second]
    zero = lenet.net.values([second], lenet.batch(0), [Feed(first, "zeros")])[second]
    assert torch.equal(found, zero * 2)
    assert torch.equal(lenet.net.originals(lenet.batch(0), feeds)[second], zero)
    # Two feeds of different units of one port; one that is off; one at a port that is gone.
    both = [Feed(first, "zeros", (0,)), Feed(first, "values", (1,), (3.0,)), Feed(first, "zeros", on=False)]
    maps = lenet.net.values([first], lenet.batch(0), [*both, Feed((("n99",), "y"))])[first]
    plain = lenet.net.values([first], lenet.batch(0))[first]
    assert (maps[:, 0] == 0).all() and (maps[:, 1] == 3).all() and torch.equal(maps[:, 2:], plain[:, 2:])
    # What an observation puts there counts more than what a person feeds there.
    assert torch.equal(
        lenet.answer(Feed(first, "zeros"), samples=(0,), replace={first: plain}), lenet.answer(samples=(0,))
    )


@torch.no_grad()
def test_one_repetition_of_a_block_is_fed_alone(vit: Rig) -> None:
    second, third = vit.port("encoder#1", "fc1"), vit.port("encoder#2", "fc1")
    plain = vit.net.values([second, third], vit.batch(0))
    fed = vit.net.values([second, third], vit.batch(0), [Feed(second, "scale", figures=(3.0,))])
    assert torch.equal(fed[second], plain[second] * 3) and not torch.equal(fed[third], plain[third])
    # What enters a block is fed inside it alone; what leaves the one before is another port.
    inside, outside = vit.port("encoder", "x"), vit.port("positions")
    fed = vit.net.values([inside, outside], vit.batch(0), [Feed(inside, "zeros")])
    assert not fed[inside].any() and fed[outside].any()


@torch.no_grad()
def test_a_head_switched_off_is_the_network_without_its_columns(vit: Rig) -> None:
    port = vit.port("encoder#1", "attention")
    attention = next(m for n, m in vit.model.net.named_modules() if n.endswith("1.attention"))
    assert isinstance(attention, torch.nn.MultiheadAttention)
    plain, before = vit.answer(), attention.out_proj.weight.detach().clone()
    fed = vit.answer(Feed(port, "zeros", (2,), heads=True))
    faint = vit.answer(Feed(port, "scale", (0, 2), (0.5, 0.0), heads=True))
    assert torch.equal(attention.out_proj.weight, before), "no weight is touched"
    size = attention.head_dim
    attention.out_proj.weight[:, 2 * size : 3 * size] = 0
    assert torch.allclose(vit.answer(), fed, atol=1e-5) and not torch.allclose(plain, fed, atol=1e-3)
    attention.out_proj.weight[:, :size] *= 0.5
    assert torch.allclose(vit.answer(), faint, atol=1e-5)
    attention.out_proj.weight.copy_(before)
    assert torch.equal(vit.answer(Feed(port, "scale", figures=(1.0,), heads=True)), plain)
    # The maps of a later layer follow, those of an earlier one do not.
    later, earlier = vit.port("encoder#2", "attention", out="weights"), vit.port("encoder", "attention", out="weights")
    off = vit.net.values([later, earlier], vit.batch(0), [Feed(port, "zeros", heads=True)])
    usual = vit.net.values([later, earlier], vit.batch(0))
    assert torch.equal(off[earlier], usual[earlier]) and not torch.equal(off[later], usual[later])


def test_units_and_heads_are_read_from_what_is_declared(lenet: Rig, vit: Rig) -> None:
    def units(rig: Rig, *names: str) -> Any:
        path, port = rig.port(*names)
        return find_units(rig.analysis.find(path).leaving[port])  # type: ignore[union-attr]

    assert units(lenet, "conv2") == (0, 16, "channel") and units(lenet, "fc1") == (0, 120, "unit")
    assert units(vit, "positions") == (1, 64, "feature") and units(lenet, "label") is None
    facts = [vit.analysis.find(vit.port(*names)[0]) for names in (("encoder", "attention"), ("encoder", "fc1"))]
    assert [find_heads(one) for one in facts if one is not None] == [4, 0]


def test_feeding_needs_no_gradient_and_lets_one_through(lenet: Rig) -> None:
    port, answer = lenet.port("conv1"), lenet.port("logits")
    value = lenet.net.values([port], lenet.batch(0))[port].detach().requires_grad_()
    found = lenet.net.values(
        [answer], lenet.batch(0), [Feed(lenet.port("relu3"), "scale", figures=(2.0,))], {port: value}
    )
    (gradient,) = torch.autograd.grad(found[answer].sum(), value)
    assert gradient.shape == value.shape and gradient.any()
    assert all(p.grad is None for p in lenet.model.net.parameters())


def test_a_feed_that_no_longer_fits_does_nothing_and_says_why(lenet: Rig) -> None:
    path, port = lenet.port("conv1")
    facts = lenet.analysis.find(path)
    told = {
        Feed((("n99",), "y")): "no longer in the network",
        Feed((path, port), units=(9,)): "Only 6 channels",
        Feed((path, port), "scale", figures=(1.0, 2.0)): "2 figures cannot be given to 6 channels",
        Feed((path, port), "drawing"): "Nothing is drawn",
    }
    for feed, words in told.items():
        assert words in why_not(feed, facts if feed.port[0] == path else None)
        assert torch.equal(lenet.answer(feed), lenet.answer())
    label = lenet.port("label")
    assert "does not fit" in why_not(Feed(label, "mean"), lenet.analysis.find(label[0]))
    assert why_not(Feed((path, port), "scale"), facts) == ""
