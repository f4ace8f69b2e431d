"""Which mutants are tried: places of the source drawn by chance, changed as Cosmic Ray's operators change them."""

from __future__ import annotations

import ast
import io
import itertools
import random
import re
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

from tests.mutation.coverage_map import PACKAGES, ROOT

SAME_FOR_SINGLETONS = {
    f"core/ReplaceComparisonOperator_{pair}" for pair in ("Is_Eq", "IsNot_NotEq", "Eq_Is", "NotEq_IsNot")
}
"""Not used: the source compares enums, types and small numbers, where identity and equality say the same."""


CACHES = {"cache", "cached", "lru_cache", "cached_property"}
"""Decorators that remember answers: without one, or with more or less room, the answers are the same."""


@dataclass(frozen=True)
class Mutant:
    """One change: the operator applied where it applies for the n-th time in that file."""

    file: str
    operator: str
    occurrence: int
    line: int
    last_line: int
    column: int

    @property
    def package(self) -> str:
        return self.file.split("/")[1]

    @cache  # noqa: B019 - a sample is small, and dies with the process
    def source(self) -> str:
        """Return the file's text with the change. Raises `SyntaxError` where that is no Python, or Python warns of it."""
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        before = (ROOT / self.file).read_text(encoding="utf-8")
        text = str(mutate_code(before, get_operator(self.operator)(), self.occurrence))
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # `is` before a literal: every test would fail at once
            compile(text, self.file, "exec", dont_inherit=True)
        return text


def places() -> dict[str, list[list[Mutant]]]:
    """Package → its places, each with the mutants that can stand there. A place is an expression and a kind of operator."""
    return {
        package: [place for path in sorted((ROOT / "visualnet" / package).rglob("*.py")) for place in _places_of(path)]
        for package in PACKAGES
    }


def draw(seed: int, count: int) -> Iterator[Mutant]:
    """Draw places, each package in proportion to what it has, and one mutant of each. The same seed draws the same."""
    chance = random.Random(seed)
    by_package = places()
    total = sum(map(len, by_package.values()))
    drawn, spare = [], {}
    for package, found in by_package.items():
        mixed = chance.sample(found, len(found))
        wanted = round(count * len(found) / total)
        drawn += [(package, place) for place in mixed[:wanted]]
        spare[package] = iter(mixed[wanted:])
    chance.shuffle(drawn)
    for package, first in drawn:
        for place in chain([first], spare[package]):
            if (mutant := _one_that_compiles(chance.sample(place, len(place)))) is not None:
                yield mutant
                break


def _one_that_compiles(candidates: list[Mutant]) -> Mutant | None:
    for mutant in candidates:
        try:
            text = mutant.source()
        except SyntaxError:
            continue
        if not reads_the_only_input(mutant.file, mutant.line, mutant.column, text):
            return mutant
    return None


def reads_the_only_input(file: str, line: int, column: int, after: str) -> bool:
    """Whether a mutant says ``shapes[-1]`` for ``shapes[0]`` in layers that all have one input: first and last are the same."""
    text = (ROOT / file).read_text(encoding="utf-8")
    before, changed = (lines.splitlines()[line - 1 : line] for lines in (text, after))
    if not before[0][:column].endswith("shapes[") or not re.match(r" ?-1\]", changed[0][column:]):
        return False
    within = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ClassDef) and n.lineno <= line <= (n.end_lineno or 0)
    ]
    module = import_module(file.removesuffix(".py").replace("/", "."))
    layers = import_module("visualnet.layers").LAYERS.values()
    kinds = [kind for kind in layers if within and issubclass(kind, getattr(module, within[0].name))]
    varying = any("inputs" in vars(base) for kind in kinds for base in kind.__mro__ if base.__name__ != "Layer")
    return bool(kinds) and not varying and all(len(kind().inputs()) == 1 for kind in kinds)


def _places_of(path: Path) -> list[list[Mutant]]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    text = path.read_text(encoding="utf-8")
    file, nodes = path.relative_to(ROOT).as_posix(), list(ast_nodes(get_ast(text)))
    silent = [*_annotations(text), *_caches(text), *_checks_of_length(text), *_markers(text)]
    found: dict[tuple[object, ...], list[Mutant]] = defaultdict(list)
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments() or name in SAME_FOR_SINGLETONS:
            continue
        instance = operator()
        spots = (spot for node in nodes for spot in instance.mutation_positions(node))
        for occurrence, (start, end) in enumerate(spots):
            if not any(first <= start <= last for first, last in silent):
                kind = name.partition("_")[0]
                found[start, end, kind].append(Mutant(file, name, occurrence, start[0], end[0], start[1]))
    return [found[place] for place in sorted(found)]


Stretch = tuple[tuple[int, int], tuple[int, int]]
"""From where to where in a text, by line and column."""


def _annotations(text: str) -> Iterator[Stretch]:
    """Yield where annotations begin and end; they are text to Python, and mypy holds them."""
    for node in ast.walk(ast.parse(text)):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(part, ast.expr) and part.end_lineno is not None and part.end_col_offset is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)


def _caches(text: str) -> Iterator[Stretch]:
    """Yield where caches are declared."""
    for node in ast.walk(ast.parse(text)):
        for decorator in getattr(node, "decorator_list", ()):
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if getattr(called, "attr", getattr(called, "id", "")) in CACHES:
                yield (decorator.lineno, 0), (decorator.end_lineno, decorator.end_col_offset)


def _checks_of_length(text: str) -> Iterator[Stretch]:
    """Yield where ``strict=True`` stands in a `zip`: an assertion that lengths are equal, which says nothing where they are."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "zip":
            for keyword in node.keywords:
                value = keyword.value
                if isinstance(value, ast.Constant) and value.value is True and value.end_lineno is not None:
                    yield (value.lineno, value.col_offset), (value.end_lineno, value.end_col_offset or 0)


def _markers(text: str) -> Iterator[Stretch]:
    """Yield where ``*`` or ``/`` stands alone among parameters: no operator, but how callers may name them, which mypy holds."""
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type != tokenize.NL]
    for marker, behind in itertools.pairwise(tokens):
        if marker.string in ("*", "/") and behind.string in (",", ")"):
            yield marker.start, marker.end
