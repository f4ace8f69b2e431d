"""What is typed after a layer's name: ``conv 5x5 16 s2`` names a layer and three of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from visualnet.core.graph import BLOCK_PREFIX, Value
from visualnet.core.project import Block, Project
from visualnet.core.user import block_library
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Bool, Choice, Field, Float, Int, Ints, Param

_NAMED = re.compile(r"([a-z_]+)=(.+)\Z")
_SHORT = re.compile(r"([a-z]+)([-−]?\d[\dx×.]*)\Z")
_NUMBER = re.compile(r"[-−]?\d+(\.\d+)?\Z|\.\d+\Z")
_SIZES = re.compile(r"[-−]?\d+([x×][-−]?\d+)+\Z")
_TIMES = re.compile(r"[x×](\d+)\Z")


class TypedParameters(NamedTuple):
    """Parameters that were typed, and how often a block is to be repeated."""

    params: Mapping[str, Value] = {}
    repeat: int = 1

    def __bool__(self) -> bool:
        return bool(self.params) or self.repeat != 1


NONE = TypedParameters()


def looks_typed(word: str) -> bool:
    """Whether a word of a search can be meant as a parameter at all."""
    return any(c.isdigit() for c in word) or "=" in word


class Reader:
    """Gives each typed word to the parameter that it is meant for: by name, by its first letter, or by its kind and place."""

    def __init__(self, kind: str, project: Project) -> None:
        self.params: dict[str, Value] = {}
        self.repeat = 1
        block = _block(kind, project) if kind not in LAYERS else None
        self.block = block is not None
        self.scope = dict(project.constants)
        self.known = _params(kind) if block is None else {n: _number(n, v) for n, v in block.params.items()}

    def take(self, word: str) -> bool:
        """Read one word; False if no parameter takes it."""
        word = word.lower().rstrip(",")
        if (times := _TIMES.match(word)) and self.block:
            self.repeat = max(1, int(times[1]))
            return True
        if found := _NAMED.match(word):
            return self._named(found[1], found[2])
        if _NUMBER.match(word) or _SIZES.match(word):
            return self._placed(word)
        if found := times:
            return self._placed(found[1])
        if (found := _SHORT.match(word)) and self._named(found[1], found[2]):
            return True
        return self._word(word)

    def given(self) -> TypedParameters:
        """All that was read."""
        return TypedParameters(self.params, self.repeat) if self.params or self.repeat != 1 else NONE

    def _named(self, name: str, text: str) -> bool:
        exact = [n for n in self.known if n == name]
        begins = [n for n in self.known if n.startswith(name)]
        letters = [n for n in self.known if "".join(part[0] for part in n.split("_") if part) == name]
        return any(self._set(n, text) for n in dict.fromkeys((*exact, *begins, *letters)))

    def _placed(self, text: str) -> bool:
        """A number or a size without a name: to the first parameter of that kind that was not given yet, as the card names them."""
        free = [(n, p) for n, p in self.known.items() if n not in self.params and not p.more]
        kinds = [Ints] if _SIZES.match(text) else [Int, Float, Ints]
        for shown in (True, False):
            for wanted in kinds:
                mine = [(n, p) for n, p in free if isinstance(p, wanted) and bool(p.card) is shown]
                if any(self._set(n, text) for n, _ in sorted(mine, key=lambda item: int(item[1].card))):
                    return True
        return False

    def _word(self, word: str) -> bool:
        """An option (``reflect``), or a yes or no (``bias``, ``no-bias``)."""
        for name, param in self.known.items():
            if isinstance(param, Bool) and word.replace("-", "_") in (name, f"no_{name}", f"no{name}"):
                self.params[name] = word.replace("-", "_") == name
                return True
            if (isinstance(param, Choice) and word in param.options) or (
                isinstance(param, Ints) and word in param.words
            ):
                self.params[name] = word
                return True
        return False

    def _set(self, name: str, text: str) -> bool:
        param = self.known[name]
        for value in _readings(param, text.replace("−", "-")):
            try:
                param.read(value, self.scope)
            except ValueError:
                continue
            self.params[name] = value
            return True
        return False


def _block(kind: str, project: Project) -> Block | None:
    """The definition that a kind stands for, of the project or of the library."""
    if kind.startswith(block_library.PREFIX):
        name = kind[len(block_library.PREFIX) :]
        kept = block_library.find_cached(name)
        return kept.project.blocks[name] if kept is not None else None
    return project.blocks.get(kind.removeprefix(BLOCK_PREFIX))


@lru_cache(maxsize=256)
def _params(kind: str) -> Mapping[str, Param]:
    layer = LAYERS.get(kind)
    return dict(layer.params) if layer is not None else {}


def _number(name: str, value: float) -> Param:
    """A block's parameter, as a declared one."""
    param: Param = Int(value, "", low=-(10**9), card=True) if isinstance(value, int) else Float(value, "", card=True)
    param.name = name
    return param


def _readings(param: Param, text: str) -> list[Value]:
    """What a text can mean to a parameter."""
    if isinstance(param, Bool):
        return [True] if text in ("1", "true", "yes", "on") else [False] if text in ("0", "false", "no", "off") else []
    if isinstance(param, Choice | Field):
        return [text]
    values: list[Value] = []
    if _SIZES.match(text):
        numbers = tuple(int(part) for part in re.split("[x×]", text))
        alike = isinstance(param, Ints) and param.rank == len(numbers) and len(set(numbers)) == 1
        values.append(numbers[0] if alike else numbers)
    elif _NUMBER.match(text):
        values.append(float(text) if "." in text else int(text))
        if isinstance(param, Ints) and not param.rank and "." not in text:
            values.insert(0, (int(text),))
    else:
        values.append(text)
    return values
