"""One class of printed Python for every place where a block stands.

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

from visualnet.compiling.emit import plain, resolve
from visualnet.compiling.names import safe_name
from visualnet.compiling.plan import Sheet, Step
from visualnet.compiling.spelling import Figures, Text, key, same, where
from visualnet.core.graph import Port
from visualnet.layers.calls import Make

WIDTH = 100
_PER_AXIS = ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size")


class Printed:
    """A class that has been printed: its name, and for each place the arguments with which it is made."""

    def __init__(self, name: str, figures: Figures, places: Sequence[Sheet], lines: list[str]) -> None:
        self.name, self.figures, self.lines = name, figures, lines
        self.place = {id(sheet): at for at, sheet in enumerate(places)}

    def arguments(self, sheet: Sheet) -> tuple[Any, ...]:
        return self.figures.at(self.place[id(sheet)])


class Body:
    """Prints the insides of the class of some places of one block."""

    def __init__(self, places: Sequence[Sheet], known: Mapping[int, Printed], taken: frozenset[str]) -> None:
        self.places, self.known, self.taken = places, known, taken
        self.first = places[0]
        self.figures = Figures([sheet.scope for sheet in places])
        same([s.name for s in sheet.steps] for sheet in places)
        same([s.name for s in sheet.modules] for sheet in places)

    def abreast(self, steps: str, at: int) -> list[Step]:
        """The same step in every place."""
        return [getattr(sheet, steps)[at] for sheet in self.places]

    # --- __init__ ------------------------------------------------------------------------------------------------------------------

    def construction(self) -> list[str]:
        lines = []
        after = []
        for at, step in enumerate(self.first.modules):
            abreast = self.abreast("modules", at)
            made = self._chain(abreast) if step.inside else self._make([s.make for s in abreast if s.make])
            lines += wrapped(f"self.{step.module} = {made}")
            after += same(self._afterwards(each) for each in abreast)
        return lines + after

    def _afterwards(self, step: Step) -> list[str]:
        """Other first weights, weights taken over, weights that stay as they are."""
        lines = []
        own = f"self.{step.module}"
        init = step.facts.node.init
        weights = [name for name in step.facts.weights if not step.tie or name not in step.tie.names]
        for name in weights if init.kind != "default" and not step.inside else ():
            if init.kind == "zeros" or "bias" in name.rpartition(".")[2]:
                lines.append(f"nn.init.zeros_({own}.{spelled(name)})")
            elif len(step.facts.weights[name]) >= 2:
                std = f", std={init.std!r}" if init.kind == "normal" else ""
                lines.append(f"nn.init.{init.kind}_({own}.{spelled(name)}{std})")
        if not step.facts.node.trainable and (step.facts.parameters or step.inside):
            lines.append(f"{own}.requires_grad_(False)")
        if step.tie:
            names = map(spelled, step.tie.names)
            lines += [f"{own}.{name} = self.{step.tie.owner}.{name}" for name in names]
        return lines

    def _make(self, makes: Sequence[Make]) -> str:
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

    def _chain(self, steps: Sequence[Step]) -> str:
        """A block's construction, or a ``nn.Sequential`` of its repetitions; equal neighbours are written once."""
        single = same(len(step.inside) == 1 for step in steps)
        runs = [self.runs(step) for step in steps]
        parts = []
        for at in range(same(map(len, runs))):
            made = self._instance([run[at][0] for run in runs])
            times = self.figures.text([len(run[at]) for run in runs], "repeats")
            parts.append(made if times == "1" else f"*({made} for _ in range({times}))")
        several = "Chain" if len(steps[0].args) > 1 else "nn.Sequential"
        return parts[0] if single else f"{several}({', '.join(parts)})"

    def runs(self, step: Step) -> list[list[Sheet]]:
        """A block's repetitions; equal neighbours together."""
        return [list(group) for _, group in groupby(step.inside, key=self._run)]

    def _run(self, sheet: Sheet) -> tuple[str, str]:
        printed = self.known[id(sheet)]
        return printed.name, repr(printed.arguments(sheet))

    def _instance(self, sheets: Sequence[Sheet]) -> str:
        printed = [self.known[id(sheet)] for sheet in sheets]
        name = same(p.name for p in printed)
        vectors = zip(*(p.arguments(sheet) for p, sheet in zip(printed, sheets, strict=True)), strict=True)
        given = [
            f"{word}={self.figures.text(list(v), word)}"
            for word, v in zip(printed[0].figures.names(), vectors, strict=True)
        ]
        return f"{name}({', '.join(given)})"

    # --- forward -------------------------------------------------------------------------------------------------------------------

    def statements(
        self, answers: Sequence[Port], env: dict[Port, str], steps: Sequence[Step] | None = None
    ) -> list[str]:
        """The lines that compute these ports. ``env`` names what is there already, and is filled."""
        chosen = list(self.first.steps) if steps is None else list(steps)
        names = {s.name for s in (*self.first.inputs, *self.first.steps)} | set(env.values()) | self.taken
        running = next((name for name in ("x", "h", "y") if name not in names), "")
        readers: dict[Port, list[str]] = {}
        for step in chosen:
            for source in step.args.values():
                if source is not None:
                    readers.setdefault(source, []).append(step.id)
        for port in answers:
            readers.setdefault(port, []).append("")
        lines = []
        order = {step.id: at for at, step in enumerate(self.first.steps)}
        for at, step in enumerate(chosen):
            following = chosen[at + 1].id if at + 1 < len(chosen) else ""
            read = [p for p in step.facts.outputs if Port(step.id, p) in readers]
            passed = len(read) == 1 and set(readers[Port(step.id, read[0])]) == {following}
            lines += self._statement(order[step.id], read, env, running if passed and running else "", names)
        return lines

    def _statement(
        self, at: int, ports: Sequence[str], env: dict[Port, str], running: str, names: set[str]
    ) -> list[str]:
        steps = self.abreast("steps", at)
        step = steps[0]
        refs = {port: env[source] if source is not None else "None" for port, source in step.args.items()}
        comment = self._shape(steps)
        if step.inside:
            return self._call(step, refs, env, running, names, comment)
        trees = [s.forward(s.used) for s in steps]
        text = Text(self.figures, f"self.{step.module}", refs)
        shared = text.shared([trees[0][p] for p in ports])
        lines = []
        for expr in shared:  # computed once, read several times
            abreast = [where(tree, trees[0], expr, ports) for tree in trees]
            name = fresh(f"{step.name}_all" if expr is shared[0] else f"{step.name}_part", names)
            lines.append(f"{name} = {text.of(abreast)}")
            text.named[id(expr)] = name
        for port in ports:
            name = running or (step.name if port == ports[0] else fresh(f"{step.name}_{port}", names))
            env[Port(step.id, port)] = name
            made = text.of([tree[port] for tree in trees])
            lines.append(f"{name} = {made}" + (f"  # {comment[port]}" if comment.get(port) else ""))
        return lines

    def _call(
        self,
        step: Step,
        refs: Mapping[str, str],
        env: dict[Port, str],
        running: str,
        names: set[str],
        comment: Mapping[str, str],
    ) -> list[str]:
        call = f"self.{step.module}({', '.join(refs.values())})"
        outputs = list(step.inside[-1].outputs)
        targets = []
        for port in outputs:
            alone = len(outputs) == 1
            name = (running or step.name) if alone else fresh(f"{step.name}_{port}", names)
            env[Port(step.id, port)] = name
            targets.append(name)
        told = ", ".join(filter(None, (comment.get(port) for port in outputs)))
        return [f"{', '.join(targets)} = {call}" + (f"  # {told}" if told else "")]

    def _shape(self, steps: Sequence[Step]) -> dict[str, str]:
        """Each output's size; where the places differ, the axis' letter."""
        told = {}
        for port, spec in steps[0].facts.leaving.items():
            others = [s.facts.leaving[port] for s in steps]
            if not spec.batched:
                continue
            if any(len(s.shape) != len(spec.shape) for s in others):
                continue
            extents = [
                str(int(n)) if all(s.shape[i] == n for s in others) else (spec.axes[i] if i < len(spec.axes) else "…")
                for i, n in enumerate(spec.shape)
            ]
            told[port] = "×".join(extents)
        return told


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


def spelled(name: str) -> str:
    """A weight's name as Python reaches it: ``layers.0.norm.weight`` is ``layers[0].norm.weight``."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", name)


def fresh(wish: str, names: set[str]) -> str:
    """A name that is not yet in use; it is, from now on."""
    name = safe_name(wish, names)
    names.add(name)
    return name


def wrapped(line: str, indent: int = 8) -> list[str]:
    """A call that is too long for one line, with its arguments on lines of their own."""
    head, bracket, rest = line.partition("(")
    if len(line) + indent <= WIDTH or not bracket or not rest.endswith(")"):
        return [line]
    parts, depth, start = [], 0, 0
    inner = rest[:-1]
    quote = ""
    for at, letter in enumerate(inner):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(inner[start:at].strip())
            start = at + 1
    parts.append(inner[start:].strip())
    return [f"{head}(", *(f"    {part}," for part in parts), ")"]
