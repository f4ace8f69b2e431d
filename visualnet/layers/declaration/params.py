"""The types that a layer's parameters can have. Each knows its bounds, its JSON schema and how to read what a file says.

A type reads raw file values (``read``) into what torch takes, resolving expressions on the way, or raises ``ValueError`` with words that
say what came and what was wanted. The window has one form row per type; nothing else needs to know them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any, Literal, TypeVar

from visualnet.core import expressions
from visualnet.core.expressions import Scope
from visualnet.core.graph import Value
from visualnet.core.names import MAX_SOURCE
from visualnet.core.text.hidden_characters import clean

_N = TypeVar("_N", int, float)
BIG = 1_000_000_000
"""No integer parameter may be larger: sizes stay far from what a tensor could hold."""


class Param:
    """A declared parameter. As a class attribute of a layer it is the declaration; on an instance the resolved value stands there.

    ``card`` puts the value on the node's card (a number: in that place); ``more`` folds the row away; ``fit`` lets the repair finder try
    other values; ``phrase`` is how the card says it (``{} heads``), always once changed; ``title`` stands before its field; ``live``
    says that it can be changed while a run goes on, and from which step or epoch on that acts: the next one.
    """

    name: str = ""

    def __init__(
        self,
        default: Any,
        doc: str,
        *,
        unit: str = "",
        card: bool | int = False,
        more: bool = False,
        fit: bool = False,
        phrase: str = "",
        title: str = "",
        live: Literal["", "step", "epoch"] = "",
    ) -> None:
        self.default, self.doc, self.unit, self.phrase, self.title = default, doc, unit, phrase, title
        self.card, self.more, self.fit, self.live = card, more, fit, live

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def read(self, raw: Value, scope: Scope) -> Any:
        """The resolved value.

        Raises:
            ValueError: the raw value is of the wrong type or out of bounds.
        """
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the raw value."""
        raise NotImplementedError

    def along(self, spatial: str) -> Param:
        """The parameter as a class with these spatial axes has it."""
        return self

    def short(self, value: Any) -> str:
        """The value as it stands on a card or in a sentence."""
        return str(value)

    def card_text(self, value: Any) -> str:
        """The value as a card says it: with its phrase, alone where the card always shows it, else after its name."""
        if self.phrase:
            return self.phrase.format(self.short(value))
        return self.short(value) if self.card else f"{self.name.replace('_', ' ')} {self.short(value)}"

    def _card_text(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "description": self.doc, "default": self.default}


class Int(Param):
    """A whole number within bounds, or an expression."""

    def __init__(
        self, default: int | None, doc: str, *, low: int = 0, high: int = BIG, none: str = "", **options: Any
    ) -> None:
        super().__init__(default, doc, **options)
        self.low, self.high, self.none = low, high, none

    def read(self, raw: Value, scope: Scope) -> int | None:
        if raw is None and self.none:
            return None
        if raw is None or isinstance(raw, tuple):
            raise ValueError(f"{self.name} wants one whole number, not {_named(raw)}")
        number = expressions.read_whole(raw, scope)
        return _bounded(self.name, number, self.low, self.high)

    def schema(self) -> dict[str, Any]:
        options: list[dict[str, Any]] = [
            {"type": "integer", "minimum": self.low, "maximum": self.high},
            {"type": "string"},
        ]
        return self._card_text({"anyOf": [*options, {"type": "null"}] if self.none else options})

    def short(self, value: Any) -> str:
        return self.none if value is None else str(value).replace("-", "−")


class Float(Param):
    """A number within bounds, or an expression."""

    def __init__(
        self, default: float | None, doc: str, *, low: float = -1e9, high: float = 1e9, none: str = "", **options: Any
    ) -> None:
        super().__init__(default, doc, **options)
        self.low, self.high, self.none = low, high, none

    def read(self, raw: Value, scope: Scope) -> float | None:
        if raw is None and self.none:
            return None
        if raw is None or isinstance(raw, tuple):
            raise ValueError(f"{self.name} wants a number, not {_named(raw)}")
        return _bounded(self.name, expressions.read_number(raw, scope), self.low, self.high)

    def schema(self) -> dict[str, Any]:
        options: list[dict[str, Any]] = [
            {"type": "number", "minimum": self.low, "maximum": self.high},
            {"type": "string"},
        ]
        return self._card_text({"anyOf": [*options, {"type": "null"}] if self.none else options})

    def short(self, value: Any) -> str:
        return self.none if value is None else f"{value:g}".replace("-", "−")


class Bool(Param):
    """Yes or no."""

    def read(self, raw: Value, scope: Scope) -> bool:
        if not isinstance(raw, bool):
            raise ValueError(f"{self.name} wants true or false, not {_named(raw)}")
        return raw

    def schema(self) -> dict[str, Any]:
        return self._card_text({"type": "boolean"})

    def short(self, value: Any) -> str:
        return f"{'' if value else 'no '}{self.name.replace('_', ' ')}"

    def card_text(self, value: Any) -> str:
        return self.phrase or self.short(value)


class Choice(Param):
    """One of a few words. ``options`` maps each to what it means."""

    def __init__(self, default: str, doc: str, options: Mapping[str, str], **rest: Any) -> None:
        super().__init__(default, doc, **rest)
        self.options = options

    def card_text(self, value: Any) -> str:
        return self.phrase.format(value) if self.phrase else str(value)

    def read(self, raw: Value, scope: Scope) -> str:
        if not isinstance(raw, str) or raw not in self.options:
            raise ValueError(f"{self.name} is {_named(raw)}; it can be {', '.join(self.options)}")
        return raw

    def schema(self) -> dict[str, Any]:
        return self._card_text({"enum": list(self.options)})


class Field(Param):
    """The name of a field of the data set (``image``, ``label``). Plain text, no address and no path."""

    def read(self, raw: Value, scope: Scope) -> str:
        if not isinstance(raw, str) or len(raw) > 64 or not raw.replace("_", "a").isalnum():
            raise ValueError(f"{self.name} wants the name of a data field (letters, digits, _), not {_named(raw)}")
        return raw

    def schema(self) -> dict[str, Any]:
        return self._card_text({"type": "string", "maxLength": 64, "pattern": r"^\w+$"})


class Text(Param):
    """A line of words in a small language of its own; ``check`` says in a ``ValueError`` why it cannot be read. Nothing in it can run."""

    def __init__(
        self, default: str, doc: str, *, check: Callable[[str], object], longest: int = 1_000, **options: Any
    ) -> None:
        super().__init__(default, doc, **options)
        self.check, self.longest = check, longest

    def read(self, raw: Value, scope: Scope) -> str:
        if not isinstance(raw, str):
            raise ValueError(f"{self.name} wants a text, not {_named(raw)}")
        if len(raw.encode("utf-8", "surrogatepass")) > self.longest:
            raise ValueError(f"{self.name} has {len(raw):,} characters; {self.longest:,} are allowed")
        if clean(raw, lines=True) != raw:
            raise ValueError(f"{self.name} holds hidden characters")
        try:
            self.check(raw)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None
        return raw

    def schema(self) -> dict[str, Any]:
        return self._card_text({"type": "string", "maxLength": self.longest})

    def card_text(self, value: Any) -> str:
        return super().card_text(value) if self.card or self.phrase else ""


class Code(Text):
    """Python source. It is kept and shown as text; whether it may ever run is for the person to say (``core.trust``)."""

    def short(self, value: Any) -> str:
        return f"{value.count(chr(10)) + 1:,} lines"


class Ints(Param):
    """Several whole numbers. ``rank`` fixes how many, and then one number stands for all; ``words`` are allowed besides (``same``).

    ``full`` writes every number also where all are equal: ``5×5`` reads as a kernel, but a padding as ``2``. ``per_axis`` leaves the
    rank to the class that has the parameter: one number for each of its spatial axes.
    """

    def __init__(
        self,
        default: Sequence[int] | None,
        doc: str,
        *,
        rank: int = 0,
        low: int = 0,
        high: int = BIG,
        longest: int = 8,
        words: Mapping[str, str] | None = None,
        none: str = "",
        full: bool = False,
        per_axis: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(default, doc, **options)
        self.per_axis = per_axis
        self.rank, self.low, self.high, self.longest, self.full = rank, low, high, longest, full
        self.words, self.none = dict(words or {}), none

    def read(self, raw: Value, scope: Scope) -> tuple[int, ...] | str | None:
        if raw is None and self.none:
            return None
        if isinstance(raw, str) and raw in self.words:
            return raw
        if raw is None:
            raise ValueError(f"{self.name} wants {self.rank or 'some'} whole numbers, not null")
        if isinstance(raw, tuple):
            if (self.rank and len(raw) != self.rank) or len(raw) > self.longest:
                wanted = f"{self.rank}" if self.rank else f"at most {self.longest}"
                raise ValueError(f"{self.name} wants {wanted} numbers, not {len(raw)}")
            parts: tuple[Value, ...] = raw
        else:
            parts = (raw,) * (self.rank or 1)
        numbers = (expressions.read_whole(part, scope) for part in parts)  # type: ignore[arg-type]
        return tuple(_bounded(self.name, number, self.low, self.high) for number in numbers)

    def along(self, spatial: str) -> Ints:
        if not self.per_axis or not spatial:
            return self
        found = copy(self)
        found.per_axis, found.rank = False, len(spatial)
        found.default = None if self.default is None else tuple(self.default) * found.rank
        found.unit = self.unit if found.rank == 2 else ""
        if found.rank == 1 and self.full and not self.phrase:
            found.phrase = f"{self.name.partition('_')[0]} {{}}"  # a lone number on a card says too little
        return found

    def schema(self) -> dict[str, Any]:
        one = {"anyOf": [{"type": "integer", "minimum": self.low, "maximum": self.high}, {"type": "string"}]}
        several = {"type": "array", "items": one, "minItems": self.rank, "maxItems": self.rank or self.longest}
        return self._card_text({"anyOf": [*one["anyOf"], several, *([{"type": "null"}] if self.none else [])]})

    def short(self, value: Any) -> str:
        if value is None:
            return self.none
        if isinstance(value, str):
            return value
        alike = self.rank and not self.full and len(set(value)) == 1
        numbers = [str(n).replace("-", "−") for n in value]
        return numbers[0] if alike else "×".join(numbers) or "1"


class Floats(Param):
    """Several numbers, each a number or an expression; none at all is the default, and ``none`` says what that means."""

    def __init__(
        self, doc: str, *, none: str, low: float = 0.0, high: float = 1e6, longest: int = 1000, **options: Any
    ) -> None:
        super().__init__((), doc, **options)
        self.none, self.low, self.high, self.longest = none, low, high, longest

    def read(self, raw: Value, scope: Scope) -> tuple[float, ...]:
        parts: tuple[Value, ...] = raw if isinstance(raw, tuple) else () if raw is None else (raw,)
        if len(parts) > self.longest:
            raise ValueError(f"{self.name} wants at most {self.longest:,} numbers, not {len(parts):,}")
        if wrong := [part for part in parts if part is None or isinstance(part, bool | tuple)]:
            raise ValueError(f"{self.name} wants numbers, not {_named(wrong[0])}")
        numbers = (float(expressions.read_number(part, scope)) for part in parts)  # type: ignore[arg-type]
        return tuple(_bounded(self.name, number, self.low, self.high) for number in numbers)

    def schema(self) -> dict[str, Any]:
        options = [{"type": "number", "minimum": self.low, "maximum": self.high}, {"type": "string"}]
        several = {"type": "array", "items": {"anyOf": options}, "maxItems": self.longest}
        return self._card_text({"anyOf": [*options, several, {"type": "null"}]})

    def short(self, value: Any) -> str:
        shown = [f"{number:g}".replace("-", "−") for number in value[:4]]
        return " × ".join(shown) + (f" × … ({len(value)})" if len(value) > 4 else "") if value else self.none


def _named(raw: Value) -> str:
    """What a file says, as a sentence can repeat it: short, and as JSON spells it."""
    spelled = {None: "null", True: "true", False: "false"}.get(raw) if raw is None or isinstance(raw, bool) else None
    if isinstance(raw, tuple):
        return f"{len(raw)} values"
    text = spelled or (f"“{raw}”" if isinstance(raw, str) else str(raw))
    return text if len(text) <= 60 else text[:57] + "…"


def _bounded(name: str, number: _N, low: _N, high: _N) -> _N:
    if not low <= number <= high:
        wanted = f"at least {low:,}" if number < low else f"at most {high:,}"
        raise ValueError(f"{name} is {number:,}; it must be {wanted}")
    return number


# Typed as Any so that a layer may write ``out_channels: int = count(...)``: on an instance the resolved value stands there.
def count(default: int | None, doc: str, *, low: int = 1, **options: Any) -> Any:
    """A number of things: channels, features, heads."""
    return Int(default, doc, low=low, **options)


def index(default: int | None, doc: str, *, low: int = -8, high: int = 8, **options: Any) -> Any:
    """An axis, as torch numbers it: 0 is the batch; negative counts from the end."""
    return Int(default, doc, low=low, high=high, **options)


def axes(default: Sequence[int], doc: str, **options: Any) -> Any:
    """Several axes, as torch numbers them."""
    return Ints(tuple(default), doc, low=-8, high=8, **options)


def real(default: float, doc: str, **options: Any) -> Any:
    """A number with decimals."""
    return Float(default, doc, **options)


def reals(doc: str, **options: Any) -> Any:
    """Several numbers with decimals; empty by default."""
    return Floats(doc, **options)


def flag(default: bool, doc: str, **options: Any) -> Any:
    """Yes or no."""
    return Bool(default, doc, **options)


def choice(default: str, doc: str, options: Mapping[str, str], **rest: Any) -> Any:
    """One of a few words, each with its meaning."""
    return Choice(default, doc, options, **rest)


def text(default: str, doc: str, check: Callable[[str], object], **options: Any) -> Any:
    """A line in a small language of its own."""
    return Text(default, doc, check=check, **options)


def code(default: str, doc: str, check: Callable[[str], object], **options: Any) -> Any:
    """Python source, as text."""
    return Code(default, doc, check=check, longest=MAX_SOURCE, **options)


def field(default: str, doc: str, **options: Any) -> Any:
    """A field of the data set."""
    return Field(default, doc, **options)


def per_axis(default: int | None, doc: str, *, low: int = 1, **options: Any) -> Any:
    """One whole number for each of the class's spatial axes; one number stands for all. ``unit`` is that of images."""
    return Ints(None if default is None else (default,), doc, low=low, per_axis=True, **options)


def shape(default: Sequence[int], doc: str, *, low: int = 1, **options: Any) -> Any:
    """A tensor's size without the batch."""
    return Ints(tuple(default), doc, low=low, **options)


def size(rank: int, default: int | None, doc: str, *, low: int = 1, **options: Any) -> Any:
    """One whole number per spatial axis; one number stands for all."""
    return Ints(None if default is None else (default,) * rank, doc, rank=rank, low=low, **options)
