"""What the observations of attention give is what torch's layers compute, with the words of the right text."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.contract.observed_networks import NETWORKS
from tests.training.nets import chain
from tests.training.observations.observing import Observed, compiled, look, observed, see, subjects, values
from visualnet.core.project import DataChoice, Recipe
from visualnet.figures.sequences.heat_map import HeatMaps
from visualnet.training.observations.observation import find_observations


@pytest.fixture
def translator(monkeypatch: pytest.MonkeyPatch) -> Observed:
    """A small transformer that reads one sequence and writes another of the same length."""
    monkeypatch.setitem(NETWORKS, "transformer", "transformer-small")
    return observed("transformer")


def by_hand(module: torch.nn.MultiheadAttention, query: torch.Tensor, key: torch.Tensor, causal: bool) -> torch.Tensor:
    """softmax(Q·Kᵀ / √d) for each head, from the projections' weights."""
    size, heads = module.embed_dim, module.num_heads
    wq, wk, _ = module.in_proj_weight.chunk(3)
    bq, bk, _ = module.in_proj_bias.chunk(3)
    q, k = query @ wq.T + bq, key @ wk.T + bk
    found = []
    for head in range(heads):
        part = slice(head * size // heads, (head + 1) * size // heads)
        scores = q[:, part] @ k[:, part].T / math.sqrt(size / heads)
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -math.inf)
        found.append(scores.softmax(-1))
    return torch.stack(found).detach()


def test_weights_are_those_of_the_formula_over_the_patches_of_the_image() -> None:
    found = observed("attention")
    every = subjects(found, "attention")
    assert [found.analysis.name_of(path) for path, _ in every] == [f"encoder {i} › attention" for i in (1, 2, 3)]
    for path, port in every:
        module = found.context.module(path)
        assert isinstance(module, torch.nn.MultiheadAttention)
        result = see(found, "attention", (path, port), sample=4)
        x = _arriving(found, module, (path, "output"), 4)
        assert np.allclose(result.arrays["weights"], by_hand(module, x[0], x[1], False), atol=1e-5)
        assert result.arrays["grid"].tolist() == [7, 7, 0]
        assert np.array_equal(result.arrays["image"], found.data.whole("image")[found.data.validation[4]])


def _arriving(
    found: Observed, module: torch.nn.Module, port: tuple[tuple[str, ...], str], sample: int
) -> list[torch.Tensor]:
    """Query and key that a module is called with, heard by a hook of the test's own."""
    heard: list[torch.Tensor] = []

    def note(_: torch.nn.Module, args: tuple[torch.Tensor, ...]) -> None:
        heard[:] = [args[0][0], args[1][0]]

    handle = module.register_forward_pre_hook(note)
    values(found, port, sample)
    handle.remove()
    return heard


def test_words_are_those_of_the_text_that_arrives_there(translator: Observed) -> None:
    names = {translator.analysis.name_of(path): (path, port) for path, port in subjects(translator, "attention")}
    place = translator.data.validation[1]
    source, written = (tuple(map(str, translator.data.whole(f)[place].tolist())) for f in ("source", "written"))
    assert source != written
    for name, queries, sources in (
        ("encoder 2 › attention", source, source),
        ("decoder 1 › attention", written, written),
        ("decoder 2 › attention", written, written),
        ("decoder 2 › cross_attention", written, source),
    ):
        words = {
            k: tuple("0" if w == "·" else w for w in v)
            for k, v in see(translator, "attention", names[name]).words.items()
        }
        assert (words["queries"], words["sources"]) == (queries, sources), name


def test_rollout_follows_one_sequence_through_its_own_self_attention(translator: Observed) -> None:
    names = {translator.analysis.name_of(path): (path, port) for path, port in subjects(translator, "attention")}
    expected = np.eye(8)
    for name in ("decoder 1 › attention", "decoder 2 › attention"):
        weights = values(translator, names[name]).numpy().mean(0)
        expected = (0.5 * weights + 0.5 * np.eye(8)) @ expected
    result = see(translator, "attention_rollout", names["decoder 2 › attention"])
    assert np.allclose(result.arrays["weights"][0], expected, atol=1e-5)
    assert result.note.startswith("Over 2 self-attention layers")
    told = look(translator, "attention_rollout", names["decoder 1 › cross_attention"])
    assert isinstance(told, str) and "from one sequence into another" in told
    shortcut = see(translator, "attention_rollout", names["decoder 2 › attention"], residual=1.0)
    assert np.array_equal(shortcut.arrays["weights"][0], np.eye(8))


def test_entropy_of_every_head(translator: Observed) -> None:
    result = see(translator, "attention_entropy", ((), ""))
    every = subjects(translator, "attention")
    for row, subject in enumerate(every):
        weights = values(translator, subject).double().numpy()
        parts = np.where(weights > 0, -weights * np.log2(np.maximum(weights, 1e-300)), 0)
        assert np.allclose(result.arrays["entropy"][row], parts.sum(-1).mean(-1), atol=1e-5)
    chart = find_observations()["attention_entropy"]().draw(result, [(0, result)])
    assert isinstance(chart, HeatMaps)
    assert chart.row_names == tuple(translator.analysis.name_of(path) for path, _ in every)
    assert chart.panels[0].high == pytest.approx(3.0), "eight sources: three bits at most"


@pytest.mark.parametrize("kind", ["transformer_encoder", "transformer_encoder_layer"])
@pytest.mark.parametrize("norm_first", [False, True])
def test_layers_that_do_not_hand_out_their_weights_show_them_too(kind: str, norm_first: bool) -> None:
    options = {"nhead": 2, "dim_feedforward": 16, "causal": True, "norm_first": norm_first}
    project = chain(
        [
            ("embedding", {"num_embeddings": 28, "embedding_dim": 8}),
            (kind, options),
            ("linear", {"out_features": 28}),
            ("permute", {"dims": (2, 1)}),
        ],
        DataChoice(name="letters", options={"n": 60, "context": 6}, normalise=False),
        Recipe(),
        ("input", {"field": "text", "size": (6,), "dtype": "int"}),
        ("target", {"field": "following", "size": (6,)}),
        "cross_entropy",
    )
    found = compiled(project)
    every = subjects(found, "attention")
    inner = ["layers.0.self_attn", "layers.1.self_attn"] if kind == "transformer_encoder" else ["self_attn"]
    assert [port for _, port in every] == inner
    seen = []
    for path, port in every:
        whole = found.context.module(path)
        assert whole is not None
        module = whole.get_submodule(port)
        assert isinstance(module, torch.nn.MultiheadAttention)
        before = [len(part._forward_pre_hooks) for part in whole.modules()]
        result = see(found, "attention", (path, port), sample=2)
        assert [len(part._forward_pre_hooks) for part in whole.modules()] == before
        query, key = _arriving(found, module, (path, "y"), 2)
        assert np.allclose(result.arrays["weights"], by_hand(module, query, key, True), atol=1e-5)
        assert not np.triu(result.arrays["weights"], 1).any(), "nothing looks ahead"
        assert set("".join(result.words["queries"])) <= set("·abcdefghijklmnopqrstuvwxyz.")
        seen.append(result.arrays["weights"])
    total = np.eye(6)
    for weights in seen:
        total = (0.5 * weights.mean(0) + 0.5 * np.eye(6)) @ total
    assert np.allclose(see(found, "attention_rollout", every[-1], sample=2).arrays["weights"][0], total, atol=1e-5)


def test_long_sequences_have_small_maps_beside_their_weights() -> None:
    found = compiled(
        chain(
            [
                ("embedding", {"num_embeddings": 28, "embedding_dim": 8}),
                ("multihead_attention", {"num_heads": 2}),
                ("linear", {"out_features": 28}),
                ("permute", {"dims": (2, 1)}),
            ],
            DataChoice(name="letters", options={"n": 40, "context": 600}, normalise=False),
            Recipe(),
            ("input", {"field": "text", "size": (600,), "dtype": "int"}),
            ("target", {"field": "following", "size": (600,)}),
            "cross_entropy",
        )
    )
    (subject,) = subjects(found, "attention")
    result = see(found, "attention", subject)
    weights, maps = result.arrays["weights"], result.arrays["maps"]
    assert weights.shape == (2, 600, 600)
    assert maps.shape == (2, 200, 200)
    assert np.array_equal(maps, weights.reshape(2, 200, 3, 200, 3).max((2, 4)))
