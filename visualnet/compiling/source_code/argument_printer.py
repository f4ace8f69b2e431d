"""How values and expressions that stand abreast in several places are spelled: as literals where they agree, as names where not."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from visualnet.compiling.fx_emitter import plain
from visualnet.compiling.names import safe_name, variable_name
from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.layers.declaration.calls import Apply, Expr, Function, Item, Method, Ref

_WORDS = {"eq": "==", "add": "+", "sub": "-", "mul": "*", "div": "/", "truediv": "/", "matmul": "@"}
_INFIX = {f"{home}.{word}": sign for home in ("torch", "operator") for word, sign in _WORDS.items()}
_STRENGTH = {"==": 0, "+": 1, "-": 1, "*": 3, "/": 3, "@": 3}
"""How closely an operator binds; the right side of one must bind more closely than the left."""


class Mismatch(Exception):
    """Two places of a block do not have the same structure."""


def same(values: Iterable[Any]) -> Any:
    """The one value that all places have.

    Raises:
        Mismatch: they have several.
    """
    first, *others = values
    if any(other != first for other in others):
        raise Mismatch
    return first


def key(value: Any) -> Any:
    """A value so that 1, 1.0 and True are three."""
    return tuple(key(v) for v in value) if isinstance(value, tuple | list) else (type(value).__name__, value)


class Figures:
    """The constructor's arguments: vectors of values, one per place, each under a name.

    A figure that a parameter of the block gives (``scopes``) has that name, one that an axis of its input has that of the axis
    (``axes``), any other the one that is wished where it first occurs. ``modules`` are the names of the modules that the class holds,
    ``classes`` those of the file: an attribute hides none of the former, an argument none of the latter.
    """

    def __init__(
        self,
        scopes: Sequence[Mapping[str, Any]],
        axes: Mapping[str, Sequence[int]] | None = None,
        modules: Container[str] = (),
        classes: Container[str] = (),
    ) -> None:
        self.scopes, self.axes, self.modules, self.classes = scopes, axes or {}, modules, classes
        self.vectors: dict[Any, tuple[str, list[Any]]] = {}
        self.attributes: dict[str, str] = {}
        """Arguments that ``forward`` reads, each with the attribute that holds it."""

    def text(self, values: Sequence[Any], wish: str, *, stored: bool = False) -> str:
        """A literal where all places agree, else an argument; ``stored`` is one that ``forward`` reads.

        Raises:
            Mismatch: the places have values of several kinds.
        """
        if len({repr(key(v)) for v in values}) == 1:
            return write_literal(values[0])
        if all(isinstance(v, tuple) for v in values) and len({len(v) for v in values}) == 1:
            if not all(len(set(v)) == 1 for v in values):
                parts = [
                    self.text(part, f"{wish}_{i + 1}", stored=stored)
                    for i, part in enumerate(zip(*values, strict=True))
                ]
            else:
                parts = [self.text([v[0] for v in values], wish, stored=stored)] * len(values[0])
            return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        kinds = {type(v) for v in values}
        if not kinds <= {int, float, str, bool, tuple, type(None)}:
            raise Mismatch
        if stored and not (kinds <= {int, float} or kinds == {str} or kinds == {bool}):
            raise Mismatch  # one argument that is now a number, now none: two classes read better
        name, sign = self._argument(values, wish)
        if not stored:
            return sign + name
        if name not in self.attributes:
            taken = {*self.attributes.values()}
            self.attributes[name] = safe_name(name, _Either(self.modules, taken))
        return f"{sign}self.{self.attributes[name]}"

    def _argument(self, values: Sequence[Any], wish: str) -> tuple[str, str]:
        """The argument that holds these values, or their negatives, and the sign before it."""
        vector = repr([key(v) for v in values])
        if vector in self.vectors:
            return self.vectors[vector][0], ""
        own = self._of_scope(values)
        if not own and all(type(v) in (int, float) for v in values):
            negative = [-v for v in values]
            vector = repr([key(v) for v in negative])
            if vector in self.vectors or self._of_scope(negative):
                return self._argument(negative, wish)[0], "-"
            vector = repr([key(v) for v in values])
        taken = {name for name, _ in self.vectors.values()}
        self.vectors[vector] = variable_name(own or wish, _Either(self.classes, taken)), list(values)
        return self.vectors[vector][0], ""

    def _of_scope(self, values: Sequence[Any]) -> str:
        """The block's parameter or the axis of its input that has these values; empty if none."""
        known = {name: [scope[name] for scope in self.scopes] for name in self.scopes[0]} | dict(self.axes)
        return next((name for name, those in known.items() if list(map(key, those)) == list(map(key, values))), "")

    def known(self, values: Sequence[Any]) -> str:
        """The argument that already holds these values; empty if none does."""
        return self.vectors.get(repr([key(v) for v in values]), ("", []))[0]

    def names(self) -> list[str]:
        return [name for name, _ in self.vectors.values()]

    def signature(self) -> str:
        return "".join(f", {name}: {_annotation(values)}" for name, values in self.vectors.values())

    def storing(self) -> list[str]:
        """The lines of the constructor that keep what ``forward`` reads."""
        return [f"self.{attribute} = {name}" for name, attribute in self.attributes.items()]

    def at(self, place: int) -> tuple[Any, ...]:
        return tuple(values[place] for _, values in self.vectors.values())


class _Either:
    """What is in one container or the other."""

    def __init__(self, *containers: Container[str]) -> None:
        self.containers = containers

    def __contains__(self, name: object) -> bool:
        return any(name in container for container in self.containers)


def _annotation(values: Iterable[Any]) -> str:
    kinds = {"None" if v is None else type(v).__name__ for v in values}
    if "tuple" in kinds:
        kinds = (kinds - {"tuple"}) | {
            f"tuple[{_annotation(n for v in values if isinstance(v, tuple) for n in v)}, ...]"
        }
    kinds -= {"int"} if "float" in kinds else set()
    return " | ".join(sorted(kinds, key=lambda k: (k == "None", k)))


class ArgumentPrinter:
    """Prints expressions that stand abreast in several places. ``words`` are the layer's own parameters in each place: what differs is
    named as the layer names it."""

    def __init__(
        self, figures: Figures, module: str, refs: Mapping[str, str], words: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self.figures, self.module, self.refs, self.words = figures, module, refs, words
        self.named: dict[int, str] = {}

    def shared(self, exprs: Sequence[Expr]) -> list[Expr]:
        """Expressions that occur more than once, inner ones first."""
        seen: dict[int, int] = {}
        order: list[Expr] = []

        def visit(value: Any) -> None:
            if isinstance(value, Expr) and not isinstance(value, Ref):
                seen[id(value)] = seen.get(id(value), 0) + 1
                if seen[id(value)] == 1:
                    for part in _parts(value):
                        visit(part)
                    order.append(value)
            elif isinstance(value, tuple | list):
                for part in value:
                    visit(part)

        for expr in exprs:
            visit(expr)
        return [e for e in order if seen[id(e)] > 1]

    def of(self, values: Sequence[Any], word: str = "value") -> str:
        first = values[0]
        if isinstance(first, Expr):
            same(type(v) for v in values)
            return self.named.get(id(first)) or self._expr(values)
        if isinstance(first, tuple | list):
            # First the types: one place may hold a number where another holds several.
            same(type(v) for v in values)
            same(len(v) for v in values)
            if isinstance(first, list) or any(isinstance(part, Expr) for part in first):
                inner = ", ".join(self.of(list(abreast), word) for abreast in zip(*values, strict=True))
                return f"[{inner}]" if isinstance(first, list) else f"({inner}{',' if len(first) == 1 else ''})"
        return self._constant([plain(v) for v in values], word)

    def _constant(self, values: Sequence[Any], word: str) -> str:
        """What differs between the places becomes an argument of the constructor, as it does for modules."""
        if any(isinstance(v, slice) for v in values):
            return self._slice(values)
        if len({repr(key(v)) for v in values}) == 1:
            return write_literal(values[0])
        wish = next((name for name in self.words[0] if self._is(name, values)), word) if self.words else word
        return self.figures.text(values, wish, stored=True)

    def _is(self, name: str, values: Sequence[Any]) -> bool:
        return all(key(plain(words.get(name))) == key(v) for words, v in zip(self.words, values, strict=True))

    def _slice(self, values: Sequence[slice]) -> str:
        same(type(v) for v in values)
        parts = []
        for end in ("start", "stop", "step"):
            abreast = [plain(getattr(v, end)) for v in values]
            parts.append("" if all(v is None for v in abreast) else self._constant(abreast, end))
        parts = parts if parts[2] else parts[:2]
        if all(re.fullmatch(r"-?\w*", part) for part in parts):
            return ":".join(parts)
        return (
            " : ".join(parts).strip().replace(":  :", "::")
        )  # where an end is more than a number, as ruff format spaces it

    def _expr(self, values: Sequence[Any]) -> str:
        first = values[0]
        if isinstance(first, Ref):
            return self.refs[same(v.port for v in values)]
        if isinstance(first, Item):
            return f"{self._bracketed([v.of for v in values])}[{self._index([v.index for v in values])}]"
        same(type(v) for v in values)
        same(len(v.args) for v in values)
        if sign := infix(first):
            same(infix(v) for v in values)
            left, right = (
                self._bracketed([v.args[side] for v in values], _STRENGTH[sign] + (side or sign == "=="))
                for side in (0, 1)
            )
            return f"{left} {sign} {right}"
        given = [self.of(list(v)) for v in zip(*(v.args for v in values), strict=True)]
        for word in same(list(v.kwargs) for v in values):
            given.append(f"{word}={self.of([v.kwargs[word] for v in values], word)}")
        if isinstance(first, Method):
            return f"{self._bracketed([v.of for v in values])}.{same(v.name for v in values)}({', '.join(given)})"
        if isinstance(first, Apply):
            return f"{self.module}({', '.join(given)})"
        assert isinstance(first, Function)
        home, _, bare = same(v.name for v in values).partition(".")
        return f"{bare if home == 'extra_modules' else f'{home}.{bare}'}({', '.join(given)})"

    def _index(self, values: Sequence[Any]) -> str:
        first = values[0]
        if isinstance(first, tuple):
            same(len(v) if isinstance(v, tuple) else -1 for v in values)
            inner = ", ".join(self._index(abreast) for abreast in zip(*values, strict=True))
            return inner + ("," if len(first) == 1 else "")
        if first is Ellipsis or first is None:
            return "..." if same(values) is Ellipsis else "None"
        return self._constant([plain(v) for v in values], "index")

    def _bracketed(self, values: Sequence[Any], strength: int = 9) -> str:
        """In brackets where it is weaker than what stands around it."""
        text = self.of(values)
        sign = infix(values[0])
        return f"({text})" if sign and id(values[0]) not in self.named and _STRENGTH[sign] < strength else text

    def rests_on(self, value: Any) -> frozenset[str] | None:
        """The variables that must be known as tensors for a type checker to know this for one; None: it never does (what ``nn.Module``
        answers is ``Any``)."""
        if isinstance(value, Ref):
            return frozenset({self.refs[value.port]})
        if id(value) in self.named:
            return frozenset({self.named[id(value)]})
        if isinstance(value, Apply):
            return None
        if isinstance(value, Item | Method):
            return self.rests_on(value.of)
        if infix(value):
            sides = [self.rests_on(v) for v in value.args]
            return None if None in sides else frozenset().union(*(side for side in sides if side is not None))
        return frozenset()


def infix(value: Any) -> str:
    """The operator with which a call is written; empty for all others."""
    if not isinstance(value, Function) or len(value.args) != 2 or value.kwargs:
        return ""
    return _INFIX.get(value.name, "")


def _parts(expr: Expr) -> list[Any]:
    found: list[Any] = []
    if isinstance(expr, Item | Method):
        found.append(expr.of)
    if not isinstance(expr, Item | Ref):
        found += [*expr.args, *expr.kwargs.values()]
    return found


def find_counterpart(tree: Mapping[str, Expr], first: Mapping[str, Expr], wanted: Expr, ports: Sequence[str]) -> Expr:
    """The expression that stands in one place's tree where ``wanted`` stands in the first one's."""
    todo: list[tuple[Any, Any]] = [(first[p], tree[p]) for p in ports]
    while todo:
        here, there = todo.pop()
        if here is wanted:
            return there  # type: ignore[no-any-return]
        if isinstance(here, Expr) and not isinstance(here, Ref):
            if type(here) is not type(there):
                raise Mismatch
            todo += zip(_parts(here), _parts(there), strict=False)
        elif isinstance(here, tuple | list):
            todo += zip(here, there, strict=False)
    raise Mismatch
