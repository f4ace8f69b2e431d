"""A liquid of spiking neurons and a neural Turing machine: what each must do by its definition, and that their templates learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from visualnet.compiling.extra_modules import NeuralTuringMachine, SpikingNeurons, find_place, fire
from visualnet.compiling.module import compile_project
from visualnet.core.storage import project_file
from visualnet.data.generators.texts import copying
from visualnet.resources import resource


def neurons(**options: float) -> SpikingNeurons:
    torch.manual_seed(0)
    given = {"decay": 0.5, "fade": 0.5, "connected": 0.0, "gain": 1.0, **options}
    return SpikingNeurons(1, 40, *given.values())


def test_a_neuron_alone_fires_when_its_leaky_sum_is_above_one() -> None:
    """Inputs of 0.6 with half of the potential left: 0.6, 0.9, 1.05 fires, and from 0 again; the trace halves in between."""
    alone = neurons()
    with torch.no_grad():
        alone.weight_ih.fill_(1.0)
        spikes, trace = alone(torch.full((1, 7, 1), 0.6))
    assert spikes[0, :, 0].tolist() == [0, 0, 1, 0, 0, 1, 0]
    torch.testing.assert_close(trace[0, 2:, 0], torch.tensor([1.0, 0.5, 0.25, 1.125, 0.5625]))


def test_one_neuron_in_five_inhibits_and_the_share_joined_is_as_said() -> None:
    weight = neurons(connected=0.25).weight_hh.detach()
    inhibiting = (weight < 0).any(0)
    assert int(inhibiting.sum()) == 8
    assert (weight[:, inhibiting] <= 0).all() and (weight[:, ~inhibiting] >= 0).all()
    assert float((weight != 0).float().mean()) == pytest.approx(0.25, abs=0.05)
    assert (neurons(connected=0.0).weight_hh == 0).all()


def test_a_spike_is_a_step_whose_gradient_is_the_surrogate() -> None:
    over = torch.linspace(-2, 2, 9, requires_grad=True)
    spikes = fire(over)
    assert spikes.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    spikes.sum().backward()
    torch.testing.assert_close(over.grad, 1 / (1 + over.detach().abs()) ** 2)


def said(width: int, key: Tensor, strength: float, gate: float, shift: int, sharp: float) -> Tensor:
    """What a head is told: a key, and four numbers that are as good as certain where they are large."""
    shifts = [30.0 if at == shift + 1 else -30.0 for at in range(3)]
    return torch.cat([key, torch.tensor([strength, gate, *shifts, sharp])])[None]


@settings(max_examples=40)
@given(st.integers(3, 9), st.integers(0, 8), st.sampled_from([-1, 0, 1]))
def test_a_head_shifts_from_where_it_was(rows: int, at: int, shift: int) -> None:
    before = torch.eye(rows)[at % rows][None]
    place = find_place(torch.rand(1, rows, 4), said(4, torch.rand(4), 1.0, -30.0, shift, 0.0), before)
    assert int(place.argmax()) == (at + shift) % rows
    assert float(place.max()) > 0.99


@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1), st.integers(2, 8))
def test_a_place_is_a_share_of_rows_and_finds_the_row_like_the_key(seed: int, rows: int) -> None:
    torch.manual_seed(seed)
    memory = torch.linalg.qr(torch.randn(8, rows))[0].T[None]
    wanted = seed % rows
    place = find_place(memory, said(8, memory[0, wanted], 60.0, 30.0, 0, 0.0), torch.full((1, rows), 1 / rows))
    assert float(place.sum()) == pytest.approx(1.0, abs=1e-5) and float(place.min()) >= 0
    assert int(place.argmax()) == wanted and float(place.max()) > 0.99


def test_a_machine_that_is_told_to_writes_a_row_and_reads_it_again() -> None:
    """The heads stay at the first row: what is added there in the first step is read in it."""
    torch.manual_seed(0)
    machine = NeuralTuringMachine(2, 3, 4, 2)
    with torch.no_grad():
        for head in (machine.read_head, machine.write_head):
            head.weight.zero_()
            head.bias.copy_(torch.tensor([0, 0, 0, -30.0, -30, 30, -30, 0, *[30.0] * (len(head.bias) - 8)]))
        output, read, written = machine(torch.rand(1, 1, 2))
    assert int(read.argmax()) == int(written.argmax()) == 0
    torch.testing.assert_close(output[0, 0, 3:], torch.ones(2), atol=1e-3, rtol=0)


def test_rows_to_copy_are_shown_marked_and_wanted_again() -> None:
    made = copying(30, 5, 3, 1)
    sequence, copy = made["sequence"], made["copy"]
    assert sequence.shape == (30, 11, 4) and copy.shape == (30, 5, 3)
    assert np.array_equal(sequence[:, :5, :3], copy) and set(np.unique(copy)) == {0.0, 1.0}
    assert (sequence[:, 5, 3] == 1).all() and sequence[:, 5:, :3].sum() == 0 and sequence[..., 3].sum() == 30
    assert np.array_equal(copying(30, 5, 3, 1)["copy"], copy) and not np.array_equal(copying(30, 5, 3, 2)["copy"], copy)


def test_the_liquid_is_frozen_and_its_reader_learns() -> None:
    net = compile_project(project_file.load(resource("templates", "liquid-state.vnet")), seed=0).net
    assert not any(p.requires_grad for p in net.liquid.parameters())
    assert all(p.requires_grad for p in net.logits.parameters())
    spikes = net.liquid(torch.randn(2, 28, 28))[0]
    assert set(spikes.unique().tolist()) == {0.0, 1.0} and 0.02 < float(spikes.mean()) < 0.5


def test_a_small_machine_learns_to_copy_two_rows() -> None:
    """A whole training in a second: far above the half of all bits that guessing gets, on rows not seen."""
    torch.manual_seed(0)
    made = {name: torch.tensor(array) for name, array in copying(600, 2, 2, 0).items()}
    machine, score = NeuralTuringMachine(3, 16, 4, 4), torch.nn.Linear(20, 2)
    optimizer = torch.optim.Adam([*machine.parameters(), *score.parameters()], 0.02)
    for at in range(0, 500, 20):
        optimizer.zero_grad()
        answer = score(machine(made["sequence"][at : at + 20])[0][:, 3:])
        torch.nn.functional.binary_cross_entropy_with_logits(answer, made["copy"][at : at + 20]).backward()
        optimizer.step()
    with torch.no_grad():
        answer = score(machine(made["sequence"][500:])[0][:, 3:])
    assert float(((answer > 0) == (made["copy"][500:] > 0)).float().mean()) > 0.7
