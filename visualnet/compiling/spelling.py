"""How values and expressions that stand abreast in several places are spelled: as literals where they agree, as names where not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from visualnet.compiling.emit import plain
from visualnet.compiling.names import safe_name
from visualnet.layers.calls import Apply, Expr, Function, Item, Method, Ref

_INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "matmul": "@"}


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
    """The constructor's arguments: vectors of values, one per place, each under a name."""

    def __init__(self, scopes: Sequence[Mapping[str, Any]]) -> None:
        self.scopes = scopes
        self.vectors: dict[Any, tuple[str, list[Any]]] = {}

    def text(self, values: Sequence[Any], wish: str) -> str:
        """A literal where all places agree, else an argument."""
        if len({repr(key(v)) for v in values}) == 1:
            return repr(values[0])
        if all(isinstance(v, tuple) for v in values) and len({len(v) for v in values}) == 1:
            if not all(len(set(v)) == 1 for v in values):
                parts = [self.text(part, f"{wish}_{i + 1}") for i, part in enumerate(zip(*values, strict=True))]
                return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
            inner = self.text([v[0] for v in values], wish)
            return f"({', '.join([inner] * len(values[0]))}{',' if len(values[0]) == 1 else ''})"
        if not all(isinstance(v, int | float | str | bool | tuple | None) for v in values):
            raise Mismatch
        vector = repr([key(v) for v in values])
        if vector not in self.vectors:
            own = next(
                (
                    name
                    for name in self.scopes[0]
                    if all(key(s[name]) == key(v) for s, v in zip(self.scopes, values, strict=True))
                ),
                "",
            )
            taken = {name for name, _ in self.vectors.values()}
            self.vectors[vector] = safe_name(own or wish, taken), list(values)
        return self.vectors[vector][0]

    def names(self) -> list[str]:
        return [name for name, _ in self.vectors.values()]

    def signature(self) -> str:
        return "".join(f", {name}: {_annotation(values)}" for name, values in self.vectors.values())

    def at(self, place: int) -> tuple[Any, ...]:
        return tuple(values[place] for _, values in self.vectors.values())


def _annotation(values: Sequence[Any]) -> str:
    kinds = {type(v).__name__ if v is not None else "None" for v in values}
    return "float" if kinds == {"int", "float"} else " | ".join(sorted(kinds, key=lambda k: (k == "None", k)))


class Text:
    """Prints expressions that stand abreast in several places."""

    def __init__(self, figures: Figures, module: str, refs: Mapping[str, str]) -> None:
        self.figures, self.module, self.refs = figures, module, refs
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
            if any(isinstance(part, Expr) for part in first):
                inner = ", ".join(self.of(list(abreast), word) for abreast in zip(*values, strict=True))
                return f"[{inner}]" if isinstance(first, list) else f"({inner}{',' if len(first) == 1 else ''})"
            if isinstance(first, list):
                return f"[{', '.join(self.of(list(v), word) for v in zip(*values, strict=True))}]"
        return self._constant([plain(v) for v in values], word)

    def _constant(self, values: Sequence[Any], word: str) -> str:
        """Figures that differ within ``forward`` make a class each, so that it reads plainly."""
        if any(isinstance(v, slice) for v in values):
            return _index(same(values))
        if len({repr(key(v)) for v in values}) == 1:
            return repr(values[0])
        raise Mismatch

    def _expr(self, values: Sequence[Any]) -> str:
        first = values[0]
        if isinstance(first, Ref):
            return self.refs[same(v.port for v in values)]
        if isinstance(first, Item):
            return f"{self.of([v.of for v in values])}[{_index(same(plain(v.index) for v in values))}]"
        same(type(v) for v in values)
        same(len(v.args) for v in values)
        given = [self.of(list(v)) for v in zip(*(v.args for v in values), strict=True)]
        for word in same(list(v.kwargs) for v in values):
            given.append(f"{word}={self.of([v.kwargs[word] for v in values], word)}")
        if isinstance(first, Method):
            return f"{self._bracketed([v.of for v in values])}.{same(v.name for v in values)}({', '.join(given)})"
        if isinstance(first, Apply):
            return f"{self.module}({', '.join(given)})"
        assert isinstance(first, Function)
        home, _, bare = same(v.name for v in values).partition(".")
        if home == "operator" and bare in _INFIX and len(first.args) == 2:
            left, right = (self._bracketed([v.args[i] for v in values]) for i in (0, 1))
            return f"{left} {_INFIX[bare]} {right}"
        return f"{bare if home == 'pieces' else f'{home}.{bare}'}({', '.join(given)})"

    def _bracketed(self, values: Sequence[Any]) -> str:
        text = self.of(values)
        first = values[0]
        infix = isinstance(first, Function) and first.name.startswith("operator.") and id(first) not in self.named
        return f"({text})" if infix else text


def _parts(expr: Expr) -> list[Any]:
    found: list[Any] = []
    if isinstance(expr, Item | Method):
        found.append(expr.of)
    if not isinstance(expr, Item | Ref):
        found += [*expr.args, *expr.kwargs.values()]
    return found


def where(tree: Mapping[str, Expr], first: Mapping[str, Expr], wanted: Expr, ports: Sequence[str]) -> Expr:
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


def _index(index: Any) -> str:
    if isinstance(index, tuple):
        return ", ".join(map(_index, index)) + ("," if len(index) == 1 else "")
    if isinstance(index, slice):
        parts = ["" if part is None else repr(plain(part)) for part in (index.start, index.stop, index.step)]
        return ":".join(parts if parts[2] else parts[:2])
    return "..." if index is Ellipsis else repr(index)
