"""The cells of the Neural Network Zoo by hand: at rest nothing is drawn by chance."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from tests.twins.comparing import Sizes


class Bumps(nn.Module):
    """Distances by the binomial formula, unlike the layer's own differences."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.centres, self.widths = nn.Parameter(torch.zeros(count, 2)), nn.Parameter(torch.zeros(count))

    def forward(self, x: Tensor) -> Tensor:
        squared = (x * x).sum(1, keepdim=True) - 2 * x @ self.centres.T + (self.centres**2).sum(1)
        return torch.exp(-squared / (2 * self.widths.exp() ** 2))


def bumps(count: int, c: Sizes) -> nn.Module:
    return nn.Sequential(Bumps(count), nn.Linear(count, 2))


def autoencoder(code: int, hidden: type[nn.Module], c: Sizes) -> nn.Module:
    """Both penalties belong to the training alone."""
    encode = (nn.Flatten(), nn.Linear(784, 128), hidden(), nn.Linear(128, code), nn.Sigmoid())
    decode = (nn.Linear(code, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))
    return nn.Sequential(*encode, *decode)


def extreme(c: Sizes) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 500), nn.Sigmoid(), nn.Linear(500, 10))


class Echoes(nn.Module):
    """A reservoir stepped by hand."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.cell, self.read = nn.RNNCell(28, 300), nn.Linear(28 * 300, 10)

    def forward(self, x: Tensor) -> Tensor:
        state, heard = x.new_zeros(len(x), 300), []
        for row in x[:, 0].unbind(1):
            state = self.cell(row, state)
            heard.append(state)
        return self.read(torch.cat(heard, 1))


class Transitions(nn.Module):
    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(28, 28))

    def forward(self, text: Tensor) -> Tensor:
        return (f.one_hot(text, 28).float() @ self.table).transpose(1, 2)


def _raise(code: int) -> list[nn.Module]:
    up = (nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid())
    return [nn.Linear(code, 1568), nn.ReLU(), nn.Unflatten(1, (32, 7, 7)), *up]


def deconvolutional(c: Sizes) -> nn.Module:
    return nn.Sequential(nn.Embedding(10, 16), *_raise(16))


class Graphics(nn.Module):
    """At rest the code is its mean."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        down = (nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(), nn.Flatten())
        self.down = nn.Sequential(*down)
        self.mean, self.log_var = nn.Linear(1568, 16), nn.Linear(1568, 16)
        self.up = nn.Sequential(*_raise(16))

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = self.up(self.mean(self.down(x)))
        return answer


class Restricted(nn.Module):
    """One step there and back, by probabilities; the states of its chains are kept, and say nothing at rest."""

    def __init__(self, visible: int, hidden: int, chains: int = 0) -> None:
        super().__init__()
        if chains:
            self.register_buffer("states", torch.zeros(chains, visible))
        self.w = nn.Parameter(torch.zeros(hidden, visible))
        self.c, self.b = nn.Parameter(torch.zeros(hidden)), nn.Parameter(torch.zeros(visible))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = (x @ self.w.T + self.c).sigmoid()
        return hidden, (hidden @ self.w + self.b).sigmoid()


class Imagining(nn.Module):
    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.machine = Restricted(784, 128, 100)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden, again = self.machine(x.flatten(1))
        return again.reshape(-1, 1, 28, 28), hidden


class Belief(nn.Module):
    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.first, self.second, self.read = Restricted(784, 128), Restricted(128, 64), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Any:
        return self.read(self.second(self.first(x.flatten(1))[0])[0])


class Memory(nn.Module):
    """Each unit of each pattern asked by itself."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(64, 64))

    def forward(self, x: Tensor) -> Tensor:
        w = ((self.w + self.w.T) / 2).fill_diagonal_(0)
        states = torch.where(x >= 0, 1.0, -1.0)
        for state in states:
            for _ in range(5):
                for unit in range(64):
                    state[unit] = 1.0 if w[unit].dot(state) > 0 else -1.0
        return states


class Machine(nn.Module):
    """A Boltzmann machine by its probabilities: first the hidden units with the visible ones held, then all."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.w, self.b = nn.Parameter(torch.zeros(80, 80)), nn.Parameter(torch.zeros(80))

    def forward(self, x: Tensor) -> Tensor:
        w = ((self.w + self.w.T) / 2).fill_diagonal_(0)
        state = torch.cat([x / 2 + 0.5, torch.full((len(x), 16), 0.5)], 1)
        for unit in [*range(64, 80), *range(80)]:
            state[:, unit] = torch.sigmoid(state @ w[unit] + self.b[unit])
        return state[:, :64]


class Map(nn.Module):
    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(100, 784))
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        best = torch.cdist(x.flatten(1), self.w).argmin(1)
        return torch.stack([best // 10, best % 10], 1).float()


class Liquid(nn.Module):
    """Neurons that fire, step by step; the reader sees every seventh trace."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.hear, self.among = nn.Linear(28, 300, bias=False), nn.Linear(300, 300, bias=False)
        self.read = nn.Linear(4 * 300, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        charge, spiked, trace = (x.new_zeros(len(x), 300) for _ in range(3))
        spikes, seen = [], []
        for step in range(28):
            charge = torch.where(spiked > 0, 0.0, 0.8 * charge) + self.hear(x[:, 0, step]) + self.among(spiked)
            spiked = torch.heaviside(charge - 1, torch.zeros(()))
            trace = 0.8 * trace + spiked
            spikes.append(spiked)
            if step % 7 == 6:
                seen.append(trace)
        return torch.stack(spikes, 1), self.read(torch.cat(seen, 1))


class Turing(nn.Module):
    """Equations 2 to 9 of the paper: shifts as a sum over rows, content by normalised rows."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.bits, self.length = int(c["bits"]), int(c["length"])
        self.controller = nn.LSTMCell(self.bits + 1 + 8, 64)
        self.reads, self.writes = nn.Linear(64, 14), nn.Linear(64, 30)
        self.score = nn.Linear(72, self.bits)

    def address(self, memory: Tensor, said: Tensor, before: Tensor) -> Tensor:
        unit = f.normalize(said[:, :8], dim=1)
        alike = torch.einsum("brw,bw->br", f.normalize(memory, dim=2), unit)
        content = torch.softmax(f.softplus(said[:, 8:9]) * alike, 1)
        gate = torch.sigmoid(said[:, 9:10])
        gated = gate * content + (1 - gate) * before
        shares = torch.softmax(said[:, 10:13], 1)
        rows = torch.arange(16)
        moved = sum(shares[:, at, None] * gated[:, (rows - by) % 16] for at, by in enumerate((-1, 0, 1)))
        sharp = moved ** (1 + f.softplus(said[:, 13:14]))
        return sharp / sharp.sum(1, keepdim=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        memory, state = torch.full((len(x), 16, 8), 1e-6), None
        read_at = write_at = torch.eye(16)[:1].expand(len(x), -1)
        read = torch.tanh(memory[:, 0])
        heard, reads, writes = [], [], []
        for step in range(2 * self.length + 1):
            state = self.controller(torch.cat([x[:, step], read], 1), state)
            said = self.writes(state[0])
            write_at = self.address(memory, said[:, :14], write_at)
            erase, add = torch.sigmoid(said[:, 14:22]), torch.tanh(said[:, 22:])
            memory = memory * (1 - torch.einsum("br,bw->brw", write_at, erase))
            memory = memory + torch.einsum("br,bw->brw", write_at, add)
            read_at = self.address(memory, self.reads(state[0]), read_at)
            read = torch.einsum("br,brw->bw", read_at, memory)
            heard.append(torch.cat([state[0], read], 1))
            reads.append(read_at)
            writes.append(write_at)
        answer = self.score(torch.stack(heard[self.length + 1 :], 1))
        return answer, torch.stack(reads, 1), torch.stack(writes, 1)
