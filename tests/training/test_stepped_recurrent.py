"""Sequences of different lengths are read as if each stood alone, and truncated back-propagation is that of a loop that detaches."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from visualnet.analysis import infer
from visualnet.api.graph import Graph
from visualnet.compiling.extra_modules import count_steps
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.project import MAIN

KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
STEPS, WIDTH = 9, 3


def drawn(kind: str, **params: object) -> Graph:
    """A recurrent layer over a text; with ``packed`` it reads as many words as there are."""
    net = Graph("reader")
    text = net.input(STEPS, dtype="int")
    if params.get("packed"):
        params["lengths"] = net.sequence_lengths(text)
    words = net.embedding(text, num_embeddings=7, embedding_dim=WIDTH)
    read = net.apply(kind, words, hidden_size=4, num_layers=2, name="reader", **params)
    net.output(read["output"])
    net.output(read["h_n"])
    return net


def alone(kind: str, net: nn.Module) -> nn.Module:
    """torch's own layer with the same weights."""
    plain = KINDS[kind](WIDTH, 4, num_layers=2, batch_first=True)
    plain.load_state_dict(net.reader.state_dict())
    return plain


def states_of(given: Tensor | tuple[Tensor, Tensor]) -> Tensor:
    return given[0] if isinstance(given, tuple) else given


@pytest.mark.parametrize("truncate", [0, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_each_sequence_is_read_to_its_own_end(kind: str, truncate: int) -> None:
    model = compile_project(drawn(kind, packed=True, truncate=truncate).project, seed=0)
    plain = alone(kind, model.net)
    lengths = [9, 1, 4, 0, 5, 8]
    text = torch.zeros(len(lengths), STEPS, dtype=torch.int64)
    for row, length in zip(text, lengths, strict=True):
        row[:length] = torch.randint(1, 7, (length,))
    output, state = model.net(text).values()
    for i, length in enumerate(lengths):
        assert not output[i, length:].any()
        if not length:
            assert not state[i].any()
            continue
        wanted, last = plain(model.net.embedding.weight[text[i : i + 1, :length]])
        assert torch.allclose(output[i, :length], wanted[0], atol=1e-6)
        assert torch.allclose(state[i], states_of(last)[:, 0], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_go_back_within_the_steps(kind: str) -> None:
    model = compile_project(drawn(kind, truncate=4).project, seed=0)
    plain = alone(kind, model.net)
    text = torch.randint(0, 7, (3, STEPS))
    words = model.net.embedding.weight.detach()[text]
    model.net(text)[model.outputs[0]][:, -1].sum().backward()
    state, outputs = None, []
    for part in words.split(4, 1):
        output, state = plain(part, state)
        state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        outputs.append(output)
    torch.cat(outputs, 1)[:, -1].sum().backward()
    for (name, own), other in zip(model.net.reader.named_parameters(), plain.parameters(), strict=True):
        assert torch.allclose(own.grad, other.grad, atol=1e-6), name
    # The last step is the first of its part: no word before it has a part in the gradient.
    reached = torch.unique(text[:, 8])
    asked = model.net.embedding.weight.grad.abs().sum(1).nonzero().reshape(-1)
    assert set(asked.tolist()) == set(reached.tolist())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_last_state_keeps_the_gradient_of_its_own_part(kind: str, packed: bool) -> None:
    """Also that of a sequence which ended in an earlier part: each alone, in a loop that detaches between parts."""
    model = compile_project(drawn(kind, packed=packed, truncate=4).project, seed=0)
    plain = alone(kind, model.net)
    text = torch.zeros(5, STEPS, dtype=torch.int64)
    lengths = [9, 1, 4, 5, 8] if packed else [STEPS] * 5
    for row, length in zip(text, lengths, strict=True):
        row[:length] = torch.randint(1, 7, (length,))
    model.net(text)[model.outputs[1]].sum().backward()
    for row, length in zip(text, lengths, strict=True):
        state = None
        for part in model.net.embedding.weight.detach()[row[None, :length]].split(4, 1):
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state
            _, state = plain(part, state if state is None or isinstance(state, tuple) else state.detach())
        states_of(state).sum().backward()
    for (name, own), other in zip(model.net.reader.named_parameters(), plain.parameters(), strict=True):
        assert own.grad is not None, name
        assert torch.allclose(own.grad, other.grad, atol=1e-5), name
    assert model.net.reader.weight_hh_l0.grad.abs().sum() > 0


def test_reading_both_ways_cannot_be_truncated() -> None:
    net = drawn("gru", truncate=4)
    node = next(n for n in net.project.graph if n.name == "reader")
    both = edits.set_params(net.project, MAIN, [node.id], {"bidirectional": True})
    words = [p.words for p in infer(both).problems]
    assert any("no state that could go on" in one for one in words), words


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=4))
def test_steps_are_counted_to_the_last_word(rows: list[list[int]]) -> None:
    wanted = [max((at + 1 for at, word in enumerate(row) if word != 2), default=0) for row in rows]
    assert count_steps(torch.tensor(rows), 2).tolist() == wanted
