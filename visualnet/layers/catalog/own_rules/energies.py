"""Layers with an energy: what they have learned lies low. Hopfield's memory, and Boltzmann machines with and without restriction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Shape, Sized, layer, sized
from visualnet.layers.declaration.params import count
from visualnet.layers.energies import PairwiseEnergy, symmetric

_RECALL = parse("(sweeps + 1)*D*D")
_GIBBS = parse("(2*k + 2)*D*hidden_features")
_ALL_UNITS = parse("(D + hidden_features)*(k*(D + 2*hidden_features) + 2*(D + hidden_features))")


@layer(
    "hopfield",
    family="dense",
    label="Hopfield",
    ports="x: D -> recalled: D, energy:",
    rare=True,
    keywords="associative memory hebb attractor recall pattern energy",
)
class Hopfield(PairwiseEnergy):
    """Recall a stored pattern of +1 and −1 from a damaged one: every unit follows the others, one after the other, until all agree.

    energy = −½·xᵀWx, W symmetric with a diagonal of 0. Its gradient is Hebb's rule −x·xᵀ: with Value as loss behind it, a step of
    SGD stores what arrives. recalled is what x becomes after the sweeps; no gradient goes through it. W begins at 0.
    """

    paper = "Hopfield, Neural networks and physical systems with emergent collective computational abilities, 1982"
    levels = (-1.0, 1.0)
    imagines = "recalled"
    sweeps: int = count(5, "How often each unit is asked at most.", high=1000, card=True, phrase="{} sweeps")

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return {"recalled": shapes[0], "energy": ()}

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(out_features=shapes[0][0], in_features=shapes[0][0])}

    def macs(self, *shapes: Shape) -> int:
        return derive(_RECALL, {"sweeps": self.sweeps, "D": shapes[0][0]})

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.HopfieldMemory", int(shapes[0][0]), self.sweeps)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = m(*refs)
        return {"recalled": made[0], "energy": made[1]}

    def pairs(self, tensors: Mapping[str, Any]) -> tuple[Any, Any]:
        weight = symmetric(tensors["weight"])
        return weight, weight.new_zeros(len(weight))


class _Machine(PairwiseEnergy):
    """What both Boltzmann machines have in common."""

    imagines: ClassVar[str] = "again"
    says: ClassVar[str] = "hidden"
    hidden_features: int = count(64, "How many hidden units.", high=1 << 20, card=True, phrase="{} hidden")
    k: int = count(
        1, "So many steps of Gibbs sampling lead from the data to what is imagined.", high=1000, phrase="k {}"
    )

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return {"hidden": (self.hidden_features,), "again": shapes[0], "contrast": ()}

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = m(*refs)
        return {"hidden": made[0], "again": made[1], "contrast": made[2]}


@layer(
    "rbm",
    family="dense",
    label="Restricted Boltzmann machine",
    ports="x: D -> hidden: F, again: D, contrast:",
    holds="fractions",
    random=True,
    rare=True,
    keywords="rbm contrastive divergence persistent pcd gibbs energy hinton belief net unsupervised",
)
class RestrictedBoltzmann(_Machine):
    """Learn which numbers from 0 to 1 occur together, without labels: hidden units say what was seen, and imagine it again.

    hidden = σ(W·x + c). contrast = F(x) − F(x_k), with the free energy F(x) = −b·x − Σ log(1 + e^(c + W·x)) and x_k imagined in k steps
    of Gibbs sampling: through Value as loss its gradient is contrastive divergence. again is x_k as probabilities; no gradient goes
    through it. At rest nothing is drawn, probabilities go on instead. Parameters: hidden_features·D + D + hidden_features.

    With chains, in training contrast = F(x) − mean F(s) over as many states s of 0 and 1, drawn by chance at first, which each batch leads
    k steps on from where they were (persistent contrastive divergence): they wander away from the data, so that there too the energy is
    learned, and what is sampled later from nothing looks like the data. They are kept with the weights.
    """

    paper = (
        "Hinton, Training products of experts by minimizing contrastive divergence, 2002; chains: Tieleman, Training restricted Boltzmann "
        "machines using approximations to the likelihood gradient, 2008"
    )
    chains: int = count(
        0,
        "States of its own that wander on from batch to batch beside the data; 0: it begins at the data each time.",
        low=0,
        high=100_000,
        phrase="{} chains",
    )

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {
            "weight": sized(hidden_features=self.hidden_features, in_features=shapes[0][0]),
            "hidden_bias": sized(hidden_features=self.hidden_features),
            "visible_bias": sized(in_features=shapes[0][0]),
        }

    def buffers(self, *shapes: Shape) -> dict[str, Sized]:
        return {"states": sized(chains=self.chains, in_features=shapes[0][0])} if self.chains else {}

    def macs(self, *shapes: Shape) -> int:
        return derive(_GIBBS, {"k": self.k, "D": shapes[0][0], "hidden_features": self.hidden_features})

    def module(self, *shapes: Shape) -> ModuleCall:
        chains = {"chains": self.chains} if self.chains else {}
        return ModuleCall(
            "extra_modules.RestrictedBoltzmannMachine", int(shapes[0][0]), self.hidden_features, self.k, **chains
        )

    def pairs(self, tensors: Mapping[str, Any]) -> tuple[Any, Any]:
        weight, hidden, visible = (tensors[name] for name in ("weight", "hidden_bias", "visible_bias"))
        size, units = len(visible), len(visible) + len(hidden)
        couplings, bias = weight.new_zeros((units, units)), weight.new_zeros(units)
        couplings[size:, :size], couplings[:size, size:] = weight, weight.t()
        bias[:size], bias[size:] = visible, hidden
        return couplings, bias

    def apart(self, visible: int, units: int) -> Sequence[slice]:
        return [slice(visible, units), slice(0, visible)]


@layer(
    "boltzmann",
    family="dense",
    label="Boltzmann machine",
    ports="x: D -> hidden: F, again: D, contrast:",
    holds="fractions",
    random=True,
    rare=True,
    keywords="gibbs sampling energy stochastic hinton sejnowski unsupervised recurrent",
)
class Boltzmann(_Machine):
    """Units that are 0 or 1 by chance, each joined to each: the machine learns to imagine what it is shown.

    contrast = E(s⁺) − E(s⁻), E(s) = −½·sᵀWs − b·s, W symmetric with a diagonal of 0. In s⁺ the visible units are held at x, in s⁻ all have
    run free; both by k sweeps of Gibbs sampling, unit by unit. Through Value as loss its gradient is the rule s⁻s⁻ᵀ − s⁺s⁺ᵀ. hidden and
    again are probabilities without a gradient. Slow: for some hundred units.
    """

    paper = "Ackley, Hinton and Sejnowski, A learning algorithm for Boltzmann machines, 1985"

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        units = shapes[0][0] + self.hidden_features
        return {"weight": sized(units=units, others=units), "bias": sized(units=units)}

    def macs(self, *shapes: Shape) -> int:
        return derive(_ALL_UNITS, {"k": self.k, "D": shapes[0][0], "hidden_features": self.hidden_features})

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.BoltzmannMachine", int(shapes[0][0]), self.hidden_features, self.k)

    def pairs(self, tensors: Mapping[str, Any]) -> tuple[Any, Any]:
        return symmetric(tensors["weight"]), tensors["bias"]
