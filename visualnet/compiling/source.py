"""The network as a file of plain PyTorch: ``model.py``, printed from the plan from which the module is built."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from visualnet import __version__
from visualnet.analysis import Analysis
from visualnet.compiling import custom, pieces
from visualnet.compiling.names import class_name, safe_name
from visualnet.compiling.plan import Plan, Sheet, Step, make_plan
from visualnet.compiling.printing import WIDTH, Body, Printed
from visualnet.compiling.spelling import Mismatch
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project

_IMPORTS = {
    "math": "import math",
    "operator": "import operator",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
}
MAX_NOTE = 2_000
_ENCODING = re.compile(r"coding(?=[:=])")
LOSS_NAMES = ("loss", "objective", "total_loss", "sum_of_losses")
"""What the loss may be called where it is a method: the first that no layer is called."""


def model_source(project: Project, analysis: Analysis | None = None) -> str:
    """Readable PyTorch that needs nothing of this program: same names, same ``state_dict`` keys, same results.

    Raises:
        GraphError: the graph has errors.
    """
    return _File(make_plan(project, analysis)).text()


class _File:
    """Prints one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.definitions = _definitions()
        self.own = custom.sources(plan)
        self.taken: set[str] = {*self.definitions, "loss", *custom.names(self.own, self.definitions)}
        self.known: dict[int, Printed] = {}

    def text(self) -> str:
        main = self._name(class_name(self.plan.project.name))
        classes = [line for block in _blocks(self.plan.main) for line in self._block(*block)]
        body = Body([self.plan.main], self.known, frozenset(self.taken))
        network = self._network(main, body)
        code = "\n".join([*classes, *network])
        futures, own = custom.printed(self.own)
        code = "\n\n\n".join([*own, code])
        helpers = "\n\n\n".join(self.definitions[name] for name in self._used(code))
        code = f"{helpers}\n\n\n{code}" if helpers else code
        return "\n".join([*self._header(), "", *futures, *_imports(code), "", "", code.strip(), ""])

    def _name(self, wish: str) -> str:
        name = safe_name(wish, self.taken)
        self.taken.add(name)
        return name

    def _header(self) -> Iterator[str]:
        yield from comment(self.plan.project.name, 200)
        yield from comment(self.plan.project.note, MAX_NOTE)
        yield f"# Printed by VisualNet {__version__}. Sizes in comments are those of one sample, without the batch."

    def _used(self, code: str) -> list[str]:
        """The definitions of ``pieces`` that the code refers to, and those that these refer to, in their own order."""
        used: set[str] = set()
        todo = [code]
        while todo:
            names = {n.id for n in ast.walk(ast.parse(todo.pop())) if isinstance(n, ast.Name)}
            fresh = (names & self.definitions.keys()) - used
            used |= fresh
            todo += [self.definitions[name] for name in fresh]
        return [name for name in self.definitions if name in used]

    # --- blocks --------------------------------------------------------------------------------------------------------------------

    def _block(self, block: str, places: list[Sheet]) -> Iterator[str]:
        """A class for all places of a block, or one for each structure that they have."""
        note = self.plan.project.blocks[block].note
        for group in self._groups(places):
            printed = self._print(self._name(class_name(block)), group)
            self.known.update({id(sheet): printed for sheet in group})
            yield from [
                *printed.lines[:1],
                *(f"    {line}" for line in comment(note, MAX_NOTE)),
                *printed.lines[1:],
                "",
                "",
            ]

    def _groups(self, places: list[Sheet]) -> list[list[Sheet]]:
        """The places that one class can print, in the order in which they stand. Each is held only against the first of those whose
        ``forward`` reads alike, so that a thousand repetitions take a thousand looks and not a million."""
        groups: list[list[Sheet]] = []
        alike: dict[Any, list[list[Sheet]]] = {}
        for sheet in places:
            like = alike.setdefault(self._outline(sheet), [])
            group = next((g for g in like if self._agree([g[0], sheet])), None)
            if group is None:
                group = []
                groups.append(group)
                like.append(group)
            group.append(sheet)
        return groups

    def _outline(self, sheet: Sheet) -> Any:
        """What all places of one class have in common: the lines of ``forward``, and how often a repeated block changes."""
        body = Body([sheet], self.known, frozenset(self.taken))
        env = {_port(step): step.name for step in sheet.inputs}
        lines = body.statements(list(sheet.outputs.values()), env)
        runs = [len(body.runs(step)) for step in sheet.modules if step.inside]
        return tuple(line.partition("  # ")[0] for line in lines), tuple(runs)

    def _agree(self, places: list[Sheet]) -> bool:
        try:
            self._print("_", places)
        except Mismatch:
            return False
        return True

    def _print(self, name: str, places: list[Sheet]) -> Printed:
        body = Body(places, self.known, frozenset(self.taken))
        first = places[0]
        env = {_port(step): step.name for step in first.inputs}
        arguments = "".join(f", {step.name}: Tensor" for step in first.inputs)
        answers = list(first.outputs.values())
        forward = body.statements(answers, env)
        kind = "Tensor" if len(answers) == 1 else f"tuple[{', '.join(['Tensor'] * len(answers))}]"
        lines = [f"class {name}(nn.Module):", *_init(body)]
        lines += [
            f"    def forward(self{arguments}) -> {kind}:",
            *_indented(returning(forward, ", ".join(env[port] for port in answers)), 8),
        ]
        return Printed(name, body.figures, places, lines)

    # --- the network ---------------------------------------------------------------------------------------------------------------

    def _network(self, name: str, body: Body) -> list[str]:
        plan = self.plan
        env = {_port(step): step.name for step in plan.net_inputs}
        needed = plan.main.needed(plan.answers.values())
        answers = list(plan.answers.values())
        forward = body.statements(answers, env, [s for s in plan.main.steps if s.id in needed])
        kind = "Tensor" if len(answers) == 1 else "dict[str, Tensor]"
        returned = ", ".join(f"{name!r}: {env[port]}" for name, port in plan.answers.items()).replace("'", '"')
        returned = env[answers[0]] if len(answers) == 1 else f"{{{returned}}}"
        lines = [f"class {name}(nn.Module):", *_init(body)]
        lines += [
            f"    def forward(self{_arguments(plan.net_inputs)}) -> {kind}:",
            *_indented(returning(forward, returned), 8),
        ]
        return [*lines, *self._loss(body)]

    def _loss(self, body: Body) -> list[str]:
        """The loss of the answers as a function; where it rests on more than these, a method that computes everything."""
        plan, main = self.plan, self.plan.main
        if not plan.losses:
            return []
        ports = [Port(step.id, next(iter(step.facts.outputs))) for step, _ in plan.losses]
        needed = main.needed(ports)
        given = main.needed(plan.answers.values())
        own = [s for s in main.steps if s.id in needed and s.id not in given]
        crossing = {
            source
            for s in own
            for source in s.args.values()
            if source is not None and source.node not in {o.id for o in own}
        }
        answers = {port: safe_name(name) for name, port in plan.answers.items()}
        sources = {_port(step): step.name for step in main.inputs}
        alone = (
            crossing <= answers.keys() | sources.keys()
            and not any(s.module for s in own)
            and all(p.node not in given for p in ports)
        )
        if alone:
            env = {port: name for port, name in {**answers, **sources}.items() if port in crossing}
            arguments = ", ".join(f"{name}: Tensor" for name in dict.fromkeys(env.values()))
            if len(set(env.values())) == len(env):
                head = ["", "", f"def loss({arguments}) -> Tensor:"]
                return [*head, *_indented(_sum(plan, body, ports, env, own), 4)]
        env = {_port(step): step.name for step in main.inputs if step.id in needed}
        steps = [s for s in main.steps if s.id in needed]
        modules = {s.module for s in main.modules}
        method = next((name for name in LOSS_NAMES if name not in modules), safe_name("loss", modules))
        head = ["", f"    def {method}(self{_arguments([s for s in main.inputs if s.id in needed])}) -> Tensor:"]
        return [*head, *_indented(_sum(plan, body, ports, env, steps), 8)]


def _sum(plan: Plan, body: Body, ports: Sequence[Port], env: dict[Port, str], steps: Sequence[Step]) -> list[str]:
    lines = body.statements(ports, env, steps)
    terms = [
        env[port] if weight == 1 else f"{weight!r} * {env[port]}"
        for port, (_, weight) in zip(ports, plan.losses, strict=True)
    ]
    return returning(lines, " + ".join(terms))


def returning(lines: Sequence[str], answer: str) -> list[str]:
    """The lines with the answer returned, at once if the last line computes it."""
    if lines and lines[-1].startswith(f"{answer} = "):
        return [*lines[:-1], lines[-1].replace(f"{answer} = ", "return ", 1)]
    return [*lines, f"return {answer}"]


def _init(body: Body) -> list[str]:
    construction = body.construction()
    if not construction:
        return []
    signature = body.figures.signature()
    return [
        f"    def __init__(self{signature}) -> None:",
        "        super().__init__()",
        *_indented(construction, 8),
        "",
    ]


def _arguments(steps: Sequence[Step]) -> str:
    return "".join(f", {step.name}: Tensor" for step in steps)


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]


def _port(step: Step) -> Port:
    (port,) = step.facts.outputs
    return Port(step.id, port)


def _blocks(main: Sheet) -> list[tuple[str, list[Sheet]]]:
    """Every block with its distinct places, those that stand inside others first."""
    found: dict[int, Sheet] = {}
    todo = [main]
    while todo:
        sheet = todo.pop(0)
        if id(sheet) not in found:
            found[id(sheet)] = sheet
            todo += [inner for step in sheet.modules for inner in step.inside]
    places: dict[str, list[Sheet]] = {}
    for sheet in found.values():
        if sheet.block != MAIN:
            places.setdefault(sheet.block, []).append(sheet)
    uses = {
        name: {s.block for sheet in sheets for step in sheet.modules for s in step.inside}
        for name, sheets in places.items()
    }
    order: list[str] = []
    while len(order) < len(uses):
        order += [name for name in uses if name not in order and uses[name] <= set(order)]
    return [(name, places[name]) for name in order]


def _definitions() -> dict[str, str]:
    """Every class, function and constant of ``pieces`` by name, as it is written there."""
    source = inspect.getsource(pieces)
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[node.name] = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.get_source_segment(source, node) or ""
    return found


def _imports(code: str) -> list[str]:
    names = {n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name)}
    lines = [line for name, line in _IMPORTS.items() if name in names]
    both = [name for name in ("Tensor", "nn") if name in names]
    return [*lines, f"from torch import {', '.join(both)}"] if both else lines


def comment(text: str, longest: int) -> list[str]:
    """Text from a file as comment lines, however it was meant: nothing in it ends a comment, hides, or is read as the encoding of the
    printed file (``# coding: utf-7`` in its first lines would make other text of what follows)."""
    lines = []
    for line in text[:longest].splitlines():
        kept = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
        kept = _ENCODING.sub("coding ", kept)
        lines += [f"# {part}" for part in textwrap.wrap(kept, WIDTH - 2)] or ["#"]
    return lines
