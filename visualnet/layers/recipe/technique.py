"""What a technique of training declares, and its rule as formulas with the figures of a recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from visualnet.core.expressions import Scope, parse_rule
from visualnet.layers.declaration.notation import Derivation, notate, signs
from visualnet.layers.declaration.params import Param
from visualnet.layers.param_words import param_words

Values = Mapping[str, Any]
"""Settings by name, as figures."""
LETTERS: Mapping[str, str] = {
    "lr": "η",
    "momentum": "μ",
    "weight_decay": "λ",
    "beta1": "β_1",
    "beta2": "β_2",
    "eps": "ε",
    "alpha": "α",
    "rho": "ρ",
    "gamma": "γ",
    "power": "p",
    "step_size": "s",
    "lowest": "l",
    "factor": "γ",
    "momentum_decay": "ψ",
    "lr_decay": "δ",
    "accumulate": "n",
    "l1": "λ",
    "clip_norm": "c",
    "clip_value": "c",
    "ema_decay": "d",
    "label_smoothing": "ε",
    "discount": "γ",
    "epsilon": "ε",
    "epsilon_start": "ε_0",
    "epsilon_end": "ε_1",
    "epsilon_steps": "T",
    "target_rate": "τ",
    "q_next": "Q_n",
    "mu": "μ_t",
    "mu_next": "μ_n",
    "product": "M",
    "pi": "π",
    "warm": "μ_t",
}
"""The letters of papers and courses for the names in rules. A name that ends in ``_new`` is what the rule gives: ``m_new`` is ``m′``."""
MEANINGS: Mapping[str, str] = {
    "lr": "learning rate",
    "g": "gradient",
    "w": "weight",
    "t": "number of the step, from 1 on",
    "m": "mean of gradients",
    "v": "mean of their squares",
    "b": "velocity",
    "s": "sum of their squares",
    "u": "greatest of them, fading",
    "d": "mean of squared steps",
    "h": "greatest mean of squares so far",
    "a": "mean of gradients",
    "e": "epochs so far",
    "E": "epochs in all",
    "F": "epochs of the cycle",
}


class Rule(NamedTuple):
    """One line of an update: what is computed anew, and from what (arithmetic with ``sqrt``, ``cos``, ``sign`` …).

    ``when`` names the setting without which the line does not hold, ``unless`` the one with which it does not.
    """

    lead: str
    text: str
    when: str = ""
    unless: str = ""


@dataclass(frozen=True)
class Technique:
    """Something that a recipe can say. ``torch`` is the class or function of torch, below ``torch.``; ``arguments`` names those of its
    arguments that are made of other fields. The first of ``params`` is what matters; those with ``more`` are folded away."""

    name: str
    words: str
    params: Mapping[str, Param]
    rules: tuple[Rule, ...]
    paper: str = ""
    torch: str = ""
    arguments: Mapping[str, Callable[[Values], Any]] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)

    def is_on(self, values: Values) -> bool:
        """Whether settings ask for it, of what is off while its first field stands at its default."""
        first = next(iter(self.params.values()))
        return bool(values[first.name] != first.default)

    def rules_for(self, values: Values) -> tuple[Rule, ...]:
        """The lines that hold with these settings."""
        return tuple(
            rule
            for rule in self.rules
            if (not rule.when or values.get(rule.when)) and not (rule.unless and values.get(rule.unless))
        )

    def derivations(self, values: Values) -> tuple[Derivation, ...]:
        """The rule, line by line, with the figures of these settings where a letter has one."""
        return tuple(self.derive(rule, values) for rule in self.rules_for(values))

    def derive(self, rule: Rule, values: Values) -> Derivation:
        """One line of the rule, with figures for the letters that ``values`` knows."""
        formula = parse_rule(rule.text)
        figures: Scope = {
            name: value
            for name in sorted(formula.names())
            if isinstance(value := values.get(name), int | float) and not isinstance(value, bool)
        }
        letters = {name: letter_of(name) for name in formula.names()}
        tree = notate(formula, figures, letters)
        order = dict.fromkeys(sign.key for sign in signs(tree) if sign.key)
        told = {**MEANINGS, **self.meanings}
        legend = tuple(
            (letters[name].replace("_", ""), meaning, name)
            for name in order
            if (meaning := told.get(name) or (param_words(self.params[name]).lower() if name in self.params else ""))
        )
        return Derivation(letter_of(rule.lead), tree, "", True, legend)


def letter_of(name: str) -> str:
    """The letter that stands for a name in a rule."""
    if name.endswith("_new"):
        return letter_of(name.removesuffix("_new")) + "′"
    return LETTERS.get(name, name)


def declare(**params: Param) -> dict[str, Param]:
    """Fields by name."""
    for name, param in params.items():
        param.name = name
    return params


def declare_live(**params: Param) -> dict[str, Param]:
    """Fields by name that can be changed while a run goes on: from the next step on, where they say nothing else."""
    for param in params.values():
        param.live = param.live or "step"
    return declare(**params)
