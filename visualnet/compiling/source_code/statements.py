"""The statements of a printed ``forward``: one for each step, named as the nodes are, with the sizes that change in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visualnet.compiling.names import variable_name
from visualnet.compiling.plan import PlanSheet, PlanStep
from visualnet.compiling.source_code.argument_printer import ArgumentPrinter, Figures, find_counterpart, infix
from visualnet.compiling.source_code.code_layout import INDENT, WIDTH, lay_out
from visualnet.core.graph import Port
from visualnet.layers import Spec
from visualnet.layers.declaration.calls import Expr, Function, Method, Ref

UNREAD = "_"


@dataclass(frozen=True)
class Statement:
    """``targets = value  # comment``. ``rests_on`` are the variables that must be known as tensors for a type checker to know the value
    for one; None where it never does."""

    targets: tuple[str, ...]
    value: str
    comment: str = ""
    rests_on: frozenset[str] | None = None
    declared: bool = False


def axes_of(places: Sequence[PlanSheet]) -> dict[str, tuple[int, ...]]:
    """The extents that the first input's axes have in the places, by the axis' letter."""
    specs = [next(iter(sheet.inputs[0].facts.leaving.values())) for sheet in places if sheet.inputs]
    if len(specs) != len(places) or len({len(spec.shape) for spec in specs}) != 1:
        return {}
    extents = zip(*(map(int, spec.shape) for spec in specs), strict=True)
    return dict(zip(specs[0].axes, extents, strict=False))


class Statements:
    """Prints the steps of some places of one block, side by side."""

    def __init__(self, places: Sequence[PlanSheet], figures: Figures, taken: frozenset[str]) -> None:
        self.places, self.figures, self.taken = places, figures, taken
        self.first = places[0]
        self.order = {step.id: at for at, step in enumerate(self.first.steps)}
        self.letters = axes_of(places)

    def of(
        self,
        answers: Sequence[Port],
        env: dict[Port, str],
        steps: Sequence[PlanStep] | None = None,
        *,
        depth: int = 2,
        named: bool = False,
    ) -> list[Statement]:
        """What computes these ports. ``env`` names what is there already, and is filled; ``named`` gives each answer a name of its own."""
        chosen = list(self.first.steps) if steps is None else list(steps)
        names = {s.variable for s in (*self.first.inputs, *self.first.steps)} | set(env.values()) | self.taken
        running = next((name for name in ("x", "h", "y") if name not in names), "")
        readers: dict[Port, list[str]] = {}
        for step in chosen:
            for source in step.args.values():
                if source is not None:
                    readers.setdefault(source, []).append(step.id)
        for port in answers:
            readers.setdefault(port, []).append("a name" if named else "")
        lines: list[Statement] = []
        for at, step in enumerate(chosen):
            following = chosen[at + 1].id if at + 1 < len(chosen) else ""
            read = [p for p in step.facts.outputs if Port(step.id, p) in readers]
            passed = len(read) == 1 and set(readers[Port(step.id, read[0])]) == {following}
            lines += self._step(step, read, env, running if passed else "", names, depth)
        return lines

    def alone(self, step: PlanStep, ports: Sequence[str], env: dict[Port, str], names: set[str]) -> Iterator[Statement]:
        """What computes these output ports of one step, each under a name of its own."""
        yield from self._step(step, ports, env, "", names, 2)

    def _abreast(self, step: PlanStep) -> list[PlanStep]:
        """The same step in every place."""
        return [sheet.steps[self.order[step.id]] for sheet in self.places]

    def _step(
        self, step: PlanStep, ports: Sequence[str], env: dict[Port, str], running: str, names: set[str], depth: int
    ) -> Iterator[Statement]:
        steps = self._abreast(step)
        refs = {port: env[source] if source is not None else "None" for port, source in step.args.items()}
        sizes = self._sizes(steps)
        if step.inside:
            yield self._call(step, refs, env, running, names, sizes)
            return
        trees = [s.forward(s.used) for s in steps]
        words = [s.facts.layer.values() if s.facts.layer is not None else {} for s in steps]
        text = ArgumentPrinter(self.figures, f"self.{step.module}", refs, words)
        shared = text.shared([trees[0][p] for p in ports])

        def hoist(expr: Expr, wish: str) -> Statement:
            """Give what an expression computes a name."""
            value = text.of([find_counterpart(tree, trees[0], expr, ports) for tree in trees])
            rests_on = text.rests_on(expr)
            text.named[id(expr)] = unused_name(wish, names)
            return Statement((text.named[id(expr)],), value, "", rests_on)

        for expr in shared:  # computed once, read several times
            yield hoist(expr, f"{step.variable}_all" if expr is shared[0] else f"{step.variable}_part")
        for port in ports:
            name = running or (step.variable if port == ports[0] else unused_name(f"{step.variable}_{port}", names))
            while len(made := text.of([tree[port] for tree in trees])) + len(name) + 3 + depth * len(INDENT) > WIDTH:
                part = _longest_part(trees[0][port], text)
                if part is None:
                    break
                yield hoist(part[0], f"{step.variable}_part" if part[1] == "part" else part[1])
            env[Port(step.id, port)] = name
            yield Statement((name,), made, sizes.get(port, ""), text.rests_on(trees[0][port]))

    def _call(
        self,
        step: PlanStep,
        refs: Mapping[str, str],
        env: dict[Port, str],
        running: str,
        names: set[str],
        sizes: Mapping[str, str],
    ) -> Statement:
        outputs = list(step.inside[-1].outputs)
        targets = []
        for port in outputs:
            name = (running or step.variable) if len(outputs) == 1 else unused_name(f"{step.variable}_{port}", names)
            env[Port(step.id, port)] = name
            targets.append(name)
        told = ", ".join(filter(None, (sizes.get(port) for port in outputs)))
        return Statement(tuple(targets), f"self.{step.module}({', '.join(refs.values())})", told)

    # --- sizes ---------------------------------------------------------------------------------------------------------------------

    def _sizes(self, steps: Sequence[PlanStep]) -> dict[str, str]:
        """Each output's size where it tells more than what came in, without the batch."""
        came = [next((spec for spec in step.facts.arriving if spec is not None), None) for step in steps]
        before = self._size([spec for spec in came if spec is not None])
        told = {port: self._size([step.facts.leaving[port] for step in steps]) for port in steps[0].facts.leaving}
        new = {port: size for port, size in told.items() if size and size != before}
        # What one call gives is told in one comment: of all or of none.
        return told if new and steps[0].inside and all(told.values()) else new

    def _size(self, specs: Sequence[Spec]) -> str:
        """One size for what has these in the places: figures, arguments of the constructor, or the axes' letters. Empty where all of it
        would be letters, and for one number for the batch."""
        if not specs or not specs[0].batched or any(len(s.shape) != len(specs[0].shape) for s in specs):
            return ""
        letters = dict(self.letters)
        extents, known = [], 0
        for at in range(len(specs[0].shape)):
            abreast = tuple(int(spec.shape[at]) for spec in specs)
            name = str(abreast[0]) if len(set(abreast)) == 1 else self.figures.known(abreast)
            known += bool(name)
            letter = next((letter for letter, those in letters.items() if those == abreast), "")
            letters.pop(letter, None)
            axes = specs[0].axes
            extents.append(name or letter or (axes[at] if at < len(axes) else "…"))
        return "×".join(extents) if known else ""


def _longest_part(expr: Expr, text: ArgumentPrinter) -> tuple[Expr, str] | None:
    """The longest call within another one that may have a name of its own, and which."""
    found: list[tuple[int, Expr, str]] = []

    def visit(value: Any, word: str) -> None:
        if isinstance(value, tuple | list):
            for part in value:
                visit(part, word)
        elif isinstance(value, Expr) and not isinstance(value, Ref) and id(value) not in text.named:
            if word and isinstance(value, Function | Method) and not infix(value):  # a sum is broken at its operators
                found.append((len(text.of([value])), value, word))
            inside = vars(value)
            visit(inside.get("args", ()), word or "part")
            for name, part in inside.get("kwargs", {}).items():
                visit(part, name)
            visit(inside.get("of"), word)

    visit(expr, "")
    longest = max(found, key=lambda each: each[0], default=None)
    return (longest[1], longest[2]) if longest is not None and longest[0] > 20 else None


# --- as text -----------------------------------------------------------------------------------------------------------------------


def write(statements: Sequence[Statement], results: Sequence[str], returned: str, depth: int) -> list[str]:
    """The lines, indented so deep, with what is returned. A variable that nothing reads is ``_``; ``results`` are those whose type the
    caller is promised, so a type checker is told of them where it cannot know."""
    lines = _without_unread(statements, returned)
    last = lines[-1] if lines else None
    if last is not None and last.targets == (returned,) and last.rests_on is not None:
        lines = _declare(lines[:-1], last.rests_on if returned in results else frozenset())
        return [*_write_all(lines, depth), *_indented(lay_out(f"return {last.value}", depth, last.comment), depth)]
    lines = _declare(lines, frozenset(results))
    return [*_write_all(lines, depth), *_indented(lay_out(f"return {returned}", depth), depth)]


def _declare(lines: Sequence[Statement], wanted: frozenset[str]) -> list[Statement]:
    """Say of these variables that they are tensors, where they are first bound, unless a type checker knows it at the end."""
    known: dict[str, bool] = {}
    for line in lines:
        sure = line.rests_on is not None and all(known.get(name, True) for name in line.rests_on)
        known |= dict.fromkeys(line.targets, sure)
    missing = {name for name in wanted if not known.get(name, True)}
    declared = []
    for line in lines:
        mine = missing & set(line.targets)
        missing -= mine
        if mine and len(line.targets) > 1:
            declared += [Statement((name,), "", declared=True) for name in line.targets if name in mine]
        declared.append(replace(line, declared=bool(mine) and len(line.targets) == 1))
    return declared


def _without_unread(lines: Sequence[Statement], returned: str) -> list[Statement]:
    """The lines with ``_`` for what is unpacked and never read."""
    words = set(re.findall(r"(?<![\w.])\w+", " ".join([*(line.value for line in lines), returned])))
    return [
        replace(line, targets=tuple(n if n in words else UNREAD for n in line.targets)) if line.targets[1:] else line
        for line in lines
    ]


def _write_all(lines: Sequence[Statement], depth: int) -> list[str]:
    written = []
    for line in lines:
        targets = ", ".join(line.targets) + (": Tensor" if line.declared else "")
        text = f"{targets} = {line.value}" if line.value else targets
        written += lay_out(text, depth, line.comment)
    return _indented(written, depth)


def _indented(lines: Sequence[str], depth: int) -> list[str]:
    return [INDENT * depth + line for line in lines]


def unused_name(wish: str, names: set[str]) -> str:
    """A name that is not yet in use; it is, from now on."""
    name = variable_name(wish, names)
    names.add(name)
    return name
