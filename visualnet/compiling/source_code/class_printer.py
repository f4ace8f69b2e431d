"""One class of printed Python for every place where a block stands: its constructor.

The places are rendered side by side: where their figures agree the figure is printed, where they differ it becomes an argument of the
constructor. Places whose structure differs get a class each.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from torch import nn

from visualnet.compiling import weight_init
from visualnet.compiling.fx_emitter import plain, resolve
from visualnet.compiling.plan import PlanSheet, PlanStep
from visualnet.compiling.source_code.argument_printer import Figures, key, same
from visualnet.compiling.source_code.code_layout import lay_out, write_literal
from visualnet.compiling.source_code.statements import Statements, axes_of
from visualnet.layers.declaration.calls import ModuleCall

_PER_AXIS = ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size")
_AXES = {"C": "in_channels", "D": "in_features"}
"""What the extent of an input's axis is called as an argument."""


class Printed:
    """A class that has been printed: its name, and for each place the arguments with which it is made."""

    def __init__(self, name: str, figures: Figures, places: Sequence[PlanSheet], lines: list[str]) -> None:
        self.name, self.figures, self.lines = name, figures, lines
        self.place = {id(sheet): at for at, sheet in enumerate(places)}

    def arguments(self, sheet: PlanSheet) -> tuple[Any, ...]:
        return self.figures.at(self.place[id(sheet)])


class ClassBodyPrinter:
    """Prints the insides of the class of some places of one block.

    Raises:
        Mismatch: the places differ in more than figures.
    """

    def __init__(self, places: Sequence[PlanSheet], known: Mapping[int, Printed], taken: frozenset[str]) -> None:
        self.places, self.known, self.taken = places, known, taken
        self.first = places[0]
        axes = {_AXES[letter]: extents for letter, extents in axes_of(places).items() if letter in _AXES}
        modules = {step.module for step in self.first.modules}
        self.figures = Figures([sheet.scope for sheet in places], axes, modules, taken)
        self.statements = Statements(places, self.figures, taken)
        same([s.name for s in sheet.steps] for sheet in places)
        same([s.name for s in sheet.modules] for sheet in places)

    def construction(self) -> list[str]:
        """Each module with its first weights, in the order in which the program makes them: the same seed gives both the same."""
        lines = []
        ties = []
        for at, step in enumerate(self.first.modules):
            abreast = [sheet.modules[at] for sheet in self.places]
            made = self._chain(abreast) if step.inside else self._make([s.make for s in abreast if s.make])
            lines += lay_out(f"self.{step.module} = {made}", 2)
            if (step.facts.weights or step.facts.shared) and not step.inside:
                same(each.facts.init.tag for each in abreast)
                inits = [each.facts.init for each in abreast]
                for line in weight_init.print_lines(inits, f"self.{step.module}", self.figures.text):
                    lines += lay_out(line, 2)
            lines += same(self._afterwards(each) for each in abreast)
            ties += same(self._ties(each) for each in abreast)
        return lines + ties  # an owner may stand behind those who share its weights

    def _afterwards(self, step: PlanStep) -> list[str]:
        """Weights and statistics that stay as they are."""
        own, lines = f"self.{step.module}", []
        if not step.facts.node.trainable and (step.facts.parameters or step.inside):
            lines.append(f"{own}.requires_grad_(False)")
        if _has_fixed_statistics(step):
            lines.append(f"fix_statistics({own})")
        return lines

    def _ties(self, step: PlanStep) -> list[str]:
        """Weights taken over from another module."""
        names = [attribute_path(name) for name in step.tie.names] if step.tie else []
        return [f"self.{step.module}.{name} = self.{step.tie.owner}.{name}" for name in names if step.tie]

    def _make(self, makes: Sequence[ModuleCall]) -> str:
        name = same(m.name for m in makes)
        home, _, bare = name.partition(".")
        signature = [] if home == "own" else _signature(resolve(name))
        count = same(len(m.args) for m in makes)
        parts = []
        for at in range(count):
            wish, _ = signature[at] if at < len(signature) else ("value", inspect.Parameter.empty)
            parts.append(self.figures.text([_fold(wish, plain(m.args[at])) for m in makes], wish))
        while (
            parts
            and count <= len(signature)
            and all(key(m.args[len(parts) - 1]) == key(signature[len(parts) - 1][1]) for m in makes)
        ):
            parts.pop()
        defaults = dict(signature)
        for word in same(list(m.kwargs) for m in makes):
            default = defaults.get(word, inspect.Parameter.empty)
            values = [_fold(word, plain(m.kwargs[word]), default) for m in makes]
            if any(key(v) != key(default) for v in values):
                parts.append(f"{word}={self.figures.text(values, word)}")
        return f"{name if home == 'nn' else bare}({', '.join(parts)})"

    def _chain(self, steps: Sequence[PlanStep]) -> str:
        """A block's construction, or a ``nn.Sequential`` of its repetitions; equal neighbours are written once."""
        single = same(len(step.inside) == 1 for step in steps)
        runs = [self.runs(step) for step in steps]
        parts = []
        for at in range(same(map(len, runs))):
            made = self._instance([run[at][0] for run in runs])
            times = self.figures.text([len(run[at]) for run in runs], "repeats")
            parts.append(made if times == "1" else f"*({made} for _ in range({times}))")
        several = "Chain" if len(steps[0].args) > 1 else "nn.Sequential"
        inside = (len(steps) == 1 and self._counted(runs[0])) or ", ".join(parts)
        return parts[0] if single else f"{several}({inside})"

    def _counted(self, runs: Sequence[Sequence[PlanSheet]]) -> str:
        """Repetitions of which one argument grows evenly, as a ``range``; empty for all others."""
        printed = [self.known[id(run[0])] for run in runs]
        # Classes of different names may have different numbers of arguments.
        if len(runs) < 4 or any(len(run) > 1 for run in runs) or len({p.name for p in printed}) > 1:
            return ""
        vectors = list(zip(*(p.arguments(run[0]) for p, run in zip(printed, runs, strict=True)), strict=True))
        growing = [at for at, v in enumerate(vectors) if len({repr(key(n)) for n in v}) > 1]
        if len(growing) != 1:
            return ""
        (at,) = growing
        counted = vectors[at]
        if not all(type(n) is int for n in counted):
            return ""
        by = counted[1] - counted[0]
        until = counted[-1] + by
        if counted != tuple(range(counted[0], until, by)):
            return ""
        words = printed[0].figures.names()
        given = [f"{word}={'n' if i == at else write_literal(vectors[i][0])}" for i, word in enumerate(words)]
        bounds = ", ".join(map(str, (counted[0], until) if by == 1 else (counted[0], until, by)))
        return f"*({printed[0].name}({', '.join(given)}) for n in range({bounds}))"

    def runs(self, step: PlanStep) -> list[list[PlanSheet]]:
        """A block's repetitions; equal neighbours together."""
        return [list(group) for _, group in groupby(step.inside, key=self._run)]

    def _run(self, sheet: PlanSheet) -> tuple[str, str]:
        printed = self.known[id(sheet)]
        return printed.name, repr(printed.arguments(sheet))

    def _instance(self, sheets: Sequence[PlanSheet]) -> str:
        printed = [self.known[id(sheet)] for sheet in sheets]
        name = same(p.name for p in printed)
        vectors = zip(*(p.arguments(sheet) for p, sheet in zip(printed, sheets, strict=True)), strict=True)
        given = [
            f"{word}={self.figures.text(list(v), word)}"
            for word, v in zip(printed[0].figures.names(), vectors, strict=True)
        ]
        return f"{name}({', '.join(given)})"


def _has_fixed_statistics(step: PlanStep) -> bool:
    """Whether something that is frozen here keeps running statistics, its own or another node's."""
    node = step.facts.node
    return not node.trainable and node.statistics == "fixed" and bool(step.facts.buffered or step.tie)


def _signature(made: Callable[..., Any]) -> list[tuple[str, Any]]:
    """The constructor's argument names and defaults. torch's recurrent layers hide theirs behind ``*args`` in a base class."""
    for base in inspect.getmro(made) if inspect.isclass(made) else ():
        if base is nn.Module or "__init__" not in vars(base):
            continue
        parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            hidden = parameters[0].name == "mode" if parameters else False
            return [(p.name, p.default) for p in parameters[hidden:] if p.kind is not p.VAR_POSITIONAL]
    return []


def _fold(name: str, value: Any, default: Any = None) -> Any:
    """``(5, 5)`` as ``5`` where torch takes one number for every axis."""
    folds = name in _PER_AXIS or (isinstance(default, int) and not isinstance(default, bool))
    if folds and isinstance(value, tuple) and value and len(set(value)) == 1:
        return value[0]
    return value


def attribute_path(name: str) -> str:
    """A weight's name as Python reaches it: ``layers.0.norm.weight`` is ``layers[0].norm.weight``."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", name)
