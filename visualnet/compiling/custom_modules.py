"""Modules from a person's own Python source: the only place of this program where text becomes code.

What is refused: any source that the person does not trust on this machine (``core.trust``). The program's own example needs no trust.
"""

from __future__ import annotations

import ast
import copy
import linecache
import math
import operator
import symtable
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from visualnet.compiling.plan import GraphError, Plan, PlanSheet, PlanStep
from visualnet.core.text.python_source import parse_source
from visualnet.core.user import trusted_code
from visualnet.layers import LAYERS, Spec
from visualnet.layers.declaration.calls import ModuleCall


def build(make: ModuleCall, args: Sequence[Any], kwargs: Mapping[str, Any]) -> nn.Module:
    """The module that a trusted source defines.

    Raises:
        GraphError: the source is not trusted, or fails.
    """
    _refuse_strangers(make.source)
    name = make.name.partition(".")[2]
    try:
        kind = _run(make.source).get(name)
        if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
            raise TypeError(f"{name} is no nn.Module")
        return kind(*args, **kwargs)
    except (Exception, SystemExit) as error:
        raise GraphError(f"the code of {name} fails: {_told(error, make.source)}") from None


def _refuse_strangers(source: str) -> None:
    shipped = {param.default for kind in LAYERS.values() for param in kind.params.values()}
    if source not in shipped and not trusted_code.is_trusted(source):
        raise GraphError("its Python code came with the file and is not trusted on this machine; it was not run")


def _run(source: str) -> dict[str, Any]:
    """All that the source defines. Only ``build`` calls it, behind the question of trust."""
    mark = _file(source)
    linecache.cache[mark] = (len(source), None, source.splitlines(keepends=True), mark)
    there = {"torch": torch, "nn": nn, "F": F, "math": math, "operator": operator, "Tensor": Tensor}
    defined: dict[str, Any] = {"__name__": "custom_layer", **there}
    exec(compile(source, mark, "exec", dont_inherit=True), defined)  # THE ONE PLACE: trusted source only
    return defined


def _file(source: str) -> str:
    return f"<custom {trusted_code.fingerprint(source)[:12]}>"


def _told(error: BaseException, source: str) -> str:
    """What went wrong, and in which line of the source."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == _file(source):
            line = at.tb_lineno
        at = at.tb_next
    words = next(iter(str(error).strip().splitlines()), "") or "no words"
    return f"{type(error).__name__}: {words}" + (f" (line {line} of its source)" if line else "")


def check(module: nn.Module, step: PlanStep) -> None:
    """Hold what the module has and gives against what the node tells of it, with zeros for two samples.

    Raises:
        GraphError: they differ, or it fails.
    """
    facts, name = step.facts, step.facts.node.name
    learned = {n: tuple(p.shape) for n, p in module.named_parameters()}
    saved = {n: tuple(t.shape) for n, t in module.state_dict().items() if n not in learned}
    told = {n: tuple(map(int, w)) for n, w in (*facts.weights.items(), *facts.buffers.items())}
    lent = facts.shared
    if {n: s for n, s in {**learned, **saved}.items() if n not in lent} != {
        n: s for n, s in told.items() if n not in lent
    }:
        real = [f"{n}: {' '.join(map(str, s)) or '!'}" for n, s in learned.items()]
        real += [f"{n}: {' '.join(map(str, s)) or '!'} @buffer" for n, s in saved.items()]
        raise GraphError(f"“{name}”: its class holds other tensors than are told; it has “{', '.join(real) or 'none'}”")
    wanted = {port: _size(spec) for port, spec in facts.leaving.items()}
    given = _tried(module, step)
    if len(given) != len(wanted):
        raise GraphError(f"“{name}”: forward gives {len(given)} tensors; {len(wanted)} are told")
    for (port, shape), tensor in zip(wanted.items(), given, strict=True):
        found = tuple(tensor.shape) if isinstance(tensor, Tensor) else type(tensor).__name__
        if found != shape:
            raise GraphError(f"“{name}”: for two samples forward gives {found} at “{port}”; {shape} is told")


def _size(spec: Spec) -> tuple[int, ...]:
    """The size of a tensor of two samples; of one number for the whole batch, that of a number."""
    return (2, *map(int, spec.shape)) if spec.batched else ()


def _tried(module: nn.Module, step: PlanStep) -> tuple[Any, ...]:
    kinds = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}
    sizes = [(_size(s), kinds[s.dtype]) for s in step.facts.arriving if s is not None]
    try:
        # On the device that allocates nothing no number is drawn; and a training in another thread may be drawing from this generator.
        apart = nullcontext() if torch.get_default_device().type == "meta" else torch.random.fork_rng(devices=[])
        with apart, torch.no_grad():
            result = copy.deepcopy(module).eval()(*[torch.zeros(size, dtype=kind) for size, kind in sizes])
    except (Exception, SystemExit) as error:
        source = step.make.source if step.make is not None else ""
        raise GraphError(f"“{step.facts.node.name}”: its forward fails: {_told(error, source)}") from None
    return tuple(result) if isinstance(result, tuple | list) else (result,)


# --- printing ------------------------------------------------------------------------------------------------------


def sources(plan: Plan) -> list[str]:
    """Every source that the network needs, once each."""
    found: dict[str, None] = {}
    seen: set[int] = set()
    todo: list[PlanSheet] = [plan.main]
    while todo:
        sheet = todo.pop(0)
        if id(sheet) in seen:
            continue
        seen.add(id(sheet))
        for step in sheet.modules:
            if step.make is not None and step.make.source:
                _refuse_strangers(step.make.source)
                found[step.make.source] = None
            todo += step.inside
    return list(found)


def names(sources: Sequence[str], ours: Collection[str]) -> set[str]:
    """What the sources define at their left edge.

    Raises:
        GraphError: two define the same name, or one of those that the printed file needs.
    """
    taken: dict[str, str] = dict.fromkeys(ours, "") | _OURS
    for source in sources:
        try:
            found = _bound(source)
        except (SyntaxError, ValueError) as error:
            raise GraphError(f"a custom layer's code cannot be read: {_told(error, source)}") from None
        for name, meaning in found.items():
            if name in taken and not (meaning and taken[name] == meaning):
                ours_too = name in _OURS or name in ours
                whose = "a custom layer redefines" if ours_too else "two custom layers define"
                raise GraphError(f"{whose} “{name}”; in one file they need different names")
        taken |= found
    return set(taken)


_OURS = {
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "math": "math",
    "operator": "operator",
    "Tensor": "torch.Tensor",
}
"""What every source finds, and the printed file imports."""


def _bound(source: str) -> dict[str, str]:
    """The names that a source binds at its left edge, each with what is imported by it; empty for what it defines itself."""
    imported: dict[str, str] = {}
    for node in ast.walk(parse_source(source)):
        if isinstance(node, ast.Import):
            imported |= {
                a.asname or a.name.partition(".")[0]: a.name if a.asname else a.name.partition(".")[0]
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            imported |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    symbols = symtable.symtable(source, _file(source), "exec").get_symbols()
    found = {s.get_name(): "" for s in symbols if s.is_assigned() or s.is_namespace()}
    return found | {s.get_name(): imported.get(s.get_name(), "") for s in symbols if s.is_imported()}


def source_lines(sources: Sequence[str]) -> tuple[list[str], list[str]]:
    """Lines that must stand at the top of the file, and the sources without them."""
    futures: dict[str, None] = {}
    bodies = []
    for source in sources:
        names, body = _without_futures(source)
        futures |= dict.fromkeys(f"from __future__ import {name}" for name in names)
        bodies.append(body.strip())
    return list(futures), bodies


def _without_futures(source: str) -> tuple[list[str], str]:
    """What a source imports from the future, and all else of it. Only what Python reads as such an import, not what looks like one in a
    text, may come to stand elsewhere."""
    found = [
        n
        for n in parse_source(source).body
        if isinstance(n, ast.ImportFrom) and n.module == "__future__" and not n.level
    ]
    lines = [line.encode() for line in source.split("\n")]
    for node in reversed(found):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        alone = not before.strip() and (not after.strip() or after.strip().startswith(b"#"))
        lines[first : last + 1] = [] if alone else [before + b"pass" + after]
    return [a.name for n in found for a in n.names], b"\n".join(lines).decode()
