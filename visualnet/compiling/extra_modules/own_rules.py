"""Modules with a learning rule of their own. Each gives a number whose gradient is that rule."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class RadialBasis(nn.Module):
    """exp(−‖x − centre‖² / 2·width²) for each centre; the rows of weight are the centres."""

    def __init__(self, in_features: int, out_features: int, spread: float, width: float) -> None:
        super().__init__()
        self.spread, self.width = spread, width
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.log_width = nn.Parameter(torch.empty(out_features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, 0.0, self.spread)
        nn.init.constant_(self.log_width, math.log(self.width))

    def forward(self, x: Tensor) -> Tensor:
        squared = (x.unsqueeze(-2) - self.weight).square().sum(-1)
        return torch.exp(-0.5 * squared * torch.exp(-2 * self.log_width))


class KohonenMap(nn.Module):
    """Place of the most similar unit, its distance, and ½·Σ h·‖x − w‖² of each sample.

    The gradient of the last is Kohonen's rule. While training the radius shrinks with each batch.
    """

    steps: Tensor
    at: Tensor

    def __init__(
        self, in_features: int, rows: int, columns: int, radius: float, last: float, shrinking: int
    ) -> None:
        super().__init__()
        self.radius, self.last, self.shrinking = radius, last, shrinking
        self.weight = nn.Parameter(torch.empty(rows * columns, in_features))
        self.register_buffer("steps", torch.zeros(()))
        units = torch.arange(rows * columns)
        places = torch.stack([units // columns, units % columns], 1).float()
        self.register_buffer("at", places, persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.uniform_(self.weight, 0.0, 0.1)
        nn.init.zeros_(self.steps)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        squared = (x.unsqueeze(1) - self.weight).square().sum(-1)
        nearest, best = squared.min(1)
        share = (self.steps / self.shrinking).clamp(0, 1)
        radius = self.radius * (self.last / self.radius) ** share
        if self.training:
            self.steps += 1
        far = (self.at[best].unsqueeze(1) - self.at).square().sum(-1)
        pull = torch.exp(-0.5 * far / radius.square())
        distance = nearest.clamp(min=1e-12).sqrt()
        return self.at[best].to(x.dtype), distance, 0.5 * (pull * squared).sum(1)


class HopfieldMemory(nn.Module):
    """The pattern of +1 and −1 that x comes to, and −½·xᵀWx of each sample.

    The gradient of the energy is Hebb's rule. W counts as symmetric and without a diagonal.
    """

    def __init__(self, features: int, sweeps: int) -> None:
        super().__init__()
        self.sweeps = sweeps
        self.weight = nn.Parameter(torch.zeros(features, features))

    def reset_parameters(self) -> None:
        nn.init.zeros_(self.weight)

    def couplings(self) -> Tensor:
        both = 0.5 * (self.weight + self.weight.t())
        return both - torch.diag(both.diagonal())

    @torch.no_grad()
    def recall(self, x: Tensor) -> Tensor:
        weight = self.couplings()
        state = torch.where(x < 0, -1.0, 1.0).to(x.dtype)
        for _ in range(self.sweeps):
            for unit in range(len(weight)):
                field = (state @ weight[:, unit : unit + 1]).squeeze(1)
                state[:, unit] = torch.where(field == 0, state[:, unit], field.sign())
        return state

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.recall(x), -0.5 * ((x @ self.couplings()) * x).sum(1)


class RestrictedBoltzmannMachine(nn.Module):
    """Probabilities of the hidden units, x reconstructed in k steps, and F(x) − F(reconstructed).

    The gradient of the last is contrastive divergence. At rest probabilities go on, not draws.
    With chains its second part is, in training, the mean of F over as many states of 0 and 1, which
    each batch leads k steps on from where the last one left them: it is persistent.
    """

    states: Tensor

    def __init__(self, visible: int, hidden: int, k: int, chains: int = 0) -> None:
        super().__init__()
        self.k, self.chains = k, chains
        self.weight = nn.Parameter(torch.empty(hidden, visible))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))
        self.visible_bias = nn.Parameter(torch.zeros(visible))
        if chains:
            self.register_buffer("states", torch.zeros(chains, visible))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, 0.0, 0.01)
        nn.init.zeros_(self.hidden_bias)
        nn.init.zeros_(self.visible_bias)
        if self.chains:
            nn.init.uniform_(self.states).round_()

    def hidden_logits(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight, self.hidden_bias)

    def free_energy(self, x: Tensor, logits: Tensor) -> Tensor:
        return -(x * self.visible_bias).sum(1) - nn.functional.softplus(logits).sum(1)

    @torch.no_grad()
    def reconstruct(self, x: Tensor) -> Tensor:
        for _ in range(self.k):
            hidden = torch.sigmoid(self.hidden_logits(x))
            if self.training:
                hidden = (torch.rand_like(hidden) < hidden).to(x.dtype)
            x = torch.sigmoid(nn.functional.linear(hidden, self.weight.t(), self.visible_bias))
        return x

    @torch.no_grad()
    def lead_on(self) -> Tensor:
        states = self.states.clone()
        for _ in range(self.k):
            hidden = torch.bernoulli(torch.sigmoid(self.hidden_logits(states)))
            visible = nn.functional.linear(hidden, self.weight.t(), self.visible_bias)
            states = torch.bernoulli(torch.sigmoid(visible))
        self.states.copy_(states)
        return states

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        again = self.reconstruct(x)
        logits = self.hidden_logits(x)
        persists = self.chains > 0 and self.training
        free = self.lead_on() if persists else again
        beside = self.free_energy(free, self.hidden_logits(free))
        contrast = self.free_energy(x, logits) - (beside.mean() if persists else beside)
        return torch.sigmoid(logits), again, contrast


class BoltzmannMachine(nn.Module):
    """Probabilities of hidden and of visible units, and E(held at x) − E(free) of each sample.

    The gradient of the last is Boltzmann's rule. At rest probabilities go on instead of draws.
    """

    def __init__(self, visible: int, hidden: int, k: int) -> None:
        super().__init__()
        self.visible, self.k = visible, k
        self.weight = nn.Parameter(torch.empty(visible + hidden, visible + hidden))
        self.bias = nn.Parameter(torch.zeros(visible + hidden))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, 0.0, 0.01)
        nn.init.zeros_(self.bias)

    def couplings(self) -> Tensor:
        both = 0.5 * (self.weight + self.weight.t())
        return both - torch.diag(both.diagonal())

    def energy(self, state: Tensor) -> Tensor:
        return -0.5 * ((state @ self.couplings()) * state).sum(1) - (state * self.bias).sum(1)

    @torch.no_grad()
    def gibbs_sweeps(self, state: Tensor, first: int) -> tuple[Tensor, Tensor]:
        """The state after k sweeps over the units from the first one on, and their last chances."""
        weight, state = self.couplings(), state.clone()
        chances = state.clone()
        for _ in range(self.k):
            for unit in range(first, len(weight)):
                field = (state @ weight[:, unit : unit + 1]).squeeze(1)
                chance = torch.sigmoid(field + self.bias[unit])
                chances[:, unit] = chance
                if self.training:
                    chance = (torch.rand_like(chance) < chance).to(chance.dtype)
                state[:, unit] = chance
        return state, chances

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        unknown = x.new_full([len(x), len(self.bias) - self.visible], 0.5)
        held, chances = self.gibbs_sweeps(torch.cat([x.detach(), unknown], 1), self.visible)
        free, reconstructed = self.gibbs_sweeps(held, 0)
        hidden, again = chances[:, self.visible :], reconstructed[:, : self.visible]
        return hidden, again, self.energy(held) - self.energy(free)
