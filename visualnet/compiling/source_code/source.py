"""The network as a file of plain PyTorch: ``model.py``, printed from the plan from which the module is built."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from visualnet.analysis import Analysis
from visualnet.compiling import custom_modules, extra_modules
from visualnet.compiling.names import class_name, variable_name
from visualnet.compiling.plan import Plan, PlanSheet, PlanStep, make_plan
from visualnet.compiling.source_code.argument_printer import Mismatch
from visualnet.compiling.source_code.class_printer import ClassBodyPrinter, Printed
from visualnet.compiling.source_code.code_layout import indent, lay_out, tensors, write_comment, write_docstring
from visualnet.compiling.source_code.inverses import InversePrinter, find_ways
from visualnet.compiling.source_code.objectives import Objectives
from visualnet.compiling.source_code.statements import Statements, write
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.core.text.python_source import parse_source
from visualnet.version import __version__

_PYTHON = {
    "math": "import math",
    "operator": "import operator",
    "Callable": "from collections.abc import Callable",
    "MethodType": "from types import MethodType",
    "Any": "from typing import Any",
}
_TORCH = {"torch": "import torch", "F": "import torch.nn.functional as F"}
_INSTALLED = ("numpy", "torch")
"""What does not come with Python."""
MAX_NOTE = 2_000


def model_source(project: Project, analysis: Analysis | None = None) -> str:
    """Readable PyTorch that needs nothing of this program: same names, same ``state_dict`` keys, same results.

    Raises:
        GraphError: the graph has errors.
    """
    file = SourceFile(make_plan(project, analysis))
    return file.assemble(file.network())


class SourceFile:
    """Prints one plan. ``reserved`` are names that stand in the same file and that no class may have."""

    def __init__(self, plan: Plan, reserved: Collection[str] = ()) -> None:
        self.plan = plan
        self.definitions = read_definitions()
        self.own = custom_modules.sources(plan)
        defined = custom_modules.names(self.own, {*self.definitions, *reserved})
        self.taken: set[str] = {*self.definitions, "loss", "metrics", *defined}
        self.known: dict[int, Printed] = {}
        self.ways = find_ways(plan.main)
        self.main = ""
        """What the network's class is called, once it is printed."""

    def network(self, objectives: Callable[[Plan, Statements, str], Objectives] = Objectives) -> str:
        """The classes, and what ``objectives`` prints beside them."""
        self.main = self._name(class_name(self.plan.project.name))
        classes = [line for block in _blocks(self.plan.main) for line in self._block(*block)]
        return "\n".join([*classes, *self._network(self.main, objectives)])

    def assemble(self, code: str, head: str = "", more: Mapping[str, str] = MappingProxyType({})) -> str:
        """The file: what is told of it, imports, ``head``, and ``code`` behind the definitions that it needs. ``more`` are further import
        lines, by the name that is imported."""
        futures, own = custom_modules.source_lines(self.own)
        code = "\n\n\n".join([*own, code])
        helpers = "\n\n\n".join(self.definitions[name] for name in self._used(code))
        code = f"{helpers}\n\n\n{code}" if helpers else code
        needed = imports(f"{head}\n{code}", more)
        return "\n".join(
            [*self._header(), "", *futures, *needed, *(["", head] if head else []), "", "", code.strip(), ""]
        )

    def _name(self, wish: str) -> str:
        name = variable_name(wish, self.taken)
        self.taken.add(name)
        return name

    def _header(self) -> Iterator[str]:
        yield from write_comment(self.plan.project.name, 200)
        yield from write_comment(self.plan.project.note, MAX_NOTE)
        yield f"# Printed by VisualNet {__version__}. Sizes in comments are those of one sample, without the batch."

    def _used(self, code: str) -> list[str]:
        """The definitions of ``extra_modules`` that the code refers to, and those that these refer to, in their own order."""
        used: set[str] = set()
        todo = [code]
        while todo:
            names = {n.id for n in ast.walk(parse_source(todo.pop())) if isinstance(n, ast.Name)}
            fresh = (names & self.definitions.keys()) - used
            used |= fresh
            todo += [self.definitions[name] for name in fresh]
        return [name for name in self.definitions if name in used]

    # --- blocks --------------------------------------------------------------------------------------------------------------------

    def _block(self, block: str, places: list[PlanSheet]) -> Iterator[str]:
        """A class for all places of a block, or one for each structure that they have."""
        for group in self._groups(places):
            printed = self._print(self._name(class_name(block)), group)
            self.known.update({id(sheet): printed for sheet in group})
            yield from [*printed.lines, "", ""]

    def _groups(self, places: list[PlanSheet]) -> list[list[PlanSheet]]:
        """The places that one class can print, in the order in which they stand. Each is held only against the first of those with its
        outline, so that a thousand repetitions take a thousand looks and not a million."""
        groups: list[list[PlanSheet]] = []
        alike: dict[Any, list[list[PlanSheet]]] = {}
        for sheet in places:
            like = alike.setdefault(self._outline(sheet), [])
            group = next((g for g in like if self._agree([g[0], sheet])), None)
            if group is None:
                group = []
                groups.append(group)
                like.append(group)
            group.append(sheet)
        return [part for g in groups for part in ([g] if len(g) < 3 or self._agree(g) else [[sheet] for sheet in g])]

    def _outline(self, sheet: PlanSheet) -> Any:
        """What all places of one class have in common besides figures: the steps, what they read, how often a repeated block changes."""
        body = ClassBodyPrinter([sheet], self.known, frozenset(self.taken))
        steps = [(s.name, s.module, s.used, *s.args.items()) for s in (*sheet.steps, *sheet.modules)]
        return tuple(steps), tuple(len(body.runs(step)) for step in sheet.modules if step.inside)

    def _agree(self, places: list[PlanSheet]) -> bool:
        try:
            self._print("_", places)
        except Mismatch:
            return False
        return True

    def _print(self, name: str, places: list[PlanSheet]) -> Printed:
        body = ClassBodyPrinter(places, self.known, frozenset(self.taken))
        construction = body.construction()  # before forward: its comments may name the constructor's arguments
        first = places[0]
        env = {_port(step): step.variable for step in first.inputs}
        arguments = "".join(f", {step.variable}: Tensor" for step in first.inputs)
        answers = list(first.outputs.values())
        forward = body.statements.of(answers, env)
        note = write_docstring(self.plan.project.blocks[first.block].note, MAX_NOTE, 1)
        back = self._inverse(places, body)
        lines = [
            *self._class(name, note, construction, body),
            *indent(lay_out(f"def forward(self{arguments}) -> {tensors(len(answers))}:", 1)),
            *write(forward, [env[answers[0]]] if len(answers) == 1 else [], ", ".join(env[p] for p in answers), 2),
            *back,
        ]
        return Printed(name, body.figures, places, lines)

    def _inverse(self, places: list[PlanSheet], body: ClassBodyPrinter) -> list[str]:
        """The way back, where all of these places are on the way through a flow."""
        if any(id(sheet) not in self.ways for sheet in places):
            return []
        return InversePrinter(places, self.ways, body.figures, body.statements).method()

    def _class(self, name: str, note: list[str], construction: list[str], body: ClassBodyPrinter) -> list[str]:
        """The head of a class, its docstring and its constructor."""
        lines = [f"class {name}(nn.Module):", *indent(note), *([""] if note else [])]
        construction = [*body.figures.storing(), *construction]
        if construction:
            head = lay_out(f"def __init__(self{body.figures.signature()}) -> None:", 1)
            lines += [*indent(head), *indent(["super().__init__()", *construction], 2), ""]
        return lines

    def _network(self, name: str, make: Callable[[Plan, Statements, str], Objectives]) -> list[str]:
        body = ClassBodyPrinter([self.plan.main], self.known, frozenset(self.taken))
        construction = body.construction()
        objectives = make(self.plan, body.statements, name)
        return [
            *self._class(name, [], construction, body),
            *objectives.forward(),
            *self._inverse([self.plan.main], body),
            *objectives.methods(),
            *objectives.functions(),
        ]


def _port(step: PlanStep) -> Port:
    (port,) = step.facts.outputs
    return Port(step.id, port)


def _blocks(main: PlanSheet) -> list[tuple[str, list[PlanSheet]]]:
    """Every block with its distinct places, those that stand inside others first."""
    found: dict[int, PlanSheet] = {}
    todo = [main]
    while todo:
        sheet = todo.pop(0)
        if id(sheet) not in found:
            found[id(sheet)] = sheet
            todo += [inner for step in sheet.modules for inner in step.inside]
    places: dict[str, list[PlanSheet]] = {}
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


def read_definitions() -> dict[str, str]:
    """Every class, function and constant of ``extra_modules`` by name, as it is written there."""
    return {name: text for home in extra_modules.HOMES for name, text in _definitions_in(home).items()}


def _definitions_in(home: ModuleType) -> dict[str, str]:
    source = inspect.getsource(home)
    found = {}
    for node in parse_source(source).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[node.name] = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.get_source_segment(source, node) or ""
    return found


def imports(code: str, more: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """The import lines that the code needs: Python's own first, then torch's. ``more`` are those of further names."""
    names = {n.id for n in ast.walk(parse_source(code)) if isinstance(n, ast.Name)}
    lines = [line for name, line in {**_PYTHON, **_TORCH, **more}.items() if name in names]
    both = [name for name in ("Tensor", "nn") if name in names]
    lines += [f"from torch import {', '.join(both)}"] if both else []
    lines.sort(key=lambda line: (line.startswith("from"), line))
    installed = [line for line in lines if line.split()[1].partition(".")[0] in _INSTALLED]
    own = [line for line in lines if line not in installed]
    return [*own, *([""] if own and installed else []), *installed]
