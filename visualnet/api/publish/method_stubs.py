"""What type checkers and editors know of the Python interface, written from the declarations: the methods of `visualnet.Graph`, one for
each layer type, and the settings that `visualnet.train` takes. ``python -m visualnet.api.publish.method_stubs`` writes both files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from visualnet.core.project import Recipe
from visualnet.core.storage.project_file import write
from visualnet.layers import LAYERS, Layer
from visualnet.layers.declaration.params import Bool, Choice, Field, Float, Floats, Int, Ints, Param
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.layers.recipe.setting_values import FIELDS, PLAIN
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.recipe.settings import known_options

METHODS, RECIPE = "layer_methods.pyi", "recipe_settings.py"
PACKAGE = "visualnet"
NAME = 'name: str = ""'
AGAIN = "Written from the declarations: python -m visualnet.api.publish.method_stubs"
_METHODS_HEAD = f'''"""Every layer type as a method of a graph. {AGAIN}."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, overload

from {PACKAGE}.api.graph import Value

Whole: TypeAlias = int | str
"""A whole number, or an expression such as ``"2*channels"``."""
Number: TypeAlias = float | str
"""A number, or an expression."""
Sizes: TypeAlias = Whole | Sequence[Whole]
"""One for each axis, or one for all."""

def no_layer(kind: str) -> str: ...

class LayerMethods:
    """Tensors come first, then the layer's figures in the order of its page or by name; ``name`` is that on the canvas."""

    def apply(self, kind: str, *given: Any, name: str = "", **params: Any) -> Value: ...
'''
_RECIPE_HEAD = f'''"""The settings that a training takes by name. {AGAIN}."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from visualnet.core.project import LearnerSpec


class RecipeSettings(TypedDict, total=False):
    """All that ``visualnet.train``, ``cross_validate`` and ``Graph.set`` take; what is left out is as the network's own recipe says."""

'''
_FIELD_DOCS = {
    "optimizer": f"One of {', '.join(OPTIMIZERS)}.",
    "schedule": f"One of {', '.join(SCHEDULES)}.",
    "procedure": f"What a round does: {', '.join(PROCEDURES)}.",
    "seed": "Of the first weights and of the order of the samples.",
    "device": "auto, cpu, cuda, mps …",
    "best_by": "The value by which the best epoch is told, on the validation set: loss, a loss or metric node, or the last epoch.",
    "start_from": "Weights to begin with: runs/FOLDER/best, runs/FOLDER/last, weights/NAME or trained/TEMPLATE.",
}


def method_stubs() -> str:
    """The methods of all layer types, as a stub file."""
    return _METHODS_HEAD + "".join("\n" + "\n".join(_method(tag, kind)) + "\n" for tag, kind in LAYERS.items())


def recipe_settings() -> str:
    """The settings of a recipe by name, as a module."""
    told = _FIELD_DOCS | {name: param.doc for name, param in PLAIN.items()}
    for kind in OPTIMIZERS.values():
        told = {name: param.doc for name, param in kind.params.items()} | told
    rows = {n: (Recipe.__annotations__[n], told[n]) for n in Recipe.__struct_fields__ if n in FIELDS}
    rows |= {name: (_type(param, plain=True), param.doc) for name, param in known_options().items()}
    rows |= {"options": ("Mapping[str, Any]", "Settings by name, as a mapping.")}
    rows |= {"learners": ("Sequence[LearnerSpec]", "Those that learn beside or against each other.")}
    return _RECIPE_HEAD + "".join(
        f"    {name}: {told}\n" + (f'    """{doc}"""\n' if doc else "") for name, (told, doc) in rows.items()
    )


def _method(tag: str, kind: type[Layer]) -> Iterator[str]:
    """One layer type: its signatures, the first with what is told of it."""
    signatures = list(_signatures(kind))
    for at, signature in enumerate(signatures):
        if len(signatures) > 1:
            yield "    @overload"
        yield f"    def {tag}(self, {', '.join([*signature, NAME])}) -> Value:"
        if at:
            yield "        ..."
        else:
            yield from _docstring(kind)


def _docstring(kind: type[Layer]) -> Iterator[str]:
    told = [f"{name}: {param.doc}" for name, param in kind.params.items()]
    if not told:
        yield f'        """{_escaped(kind.summary())}"""'
        return
    yield f'        """{_escaped(kind.summary())}'
    yield ""
    yield "        Args:"
    yield from (f"            {_escaped(line)}" for line in told)
    yield '        """'


def _signatures(kind: type[Layer]) -> Iterator[list[str]]:
    """How a layer can be called: optional inputs by name or in their place, several sizes without brackets."""
    params = dict(kind.params)
    if kind.role in ("input", "target"):
        yield from _field_signatures(kind, params)
        return
    ports = kind().inputs()
    needed = [name for name, pattern in ports.items() if not pattern.optional]
    optional = [name for name, pattern in ports.items() if pattern.optional]
    others = [name for name in _ports_of_options(kind) if name not in ports]
    named = [f"{name}: Value = ..." for name in others if name not in params]
    if "inputs" in params:  # as many tensors as there are
        yield ["*values: Value", *named, *map(_argument, params.values())]
        return
    figures = [param for param in params.values() if not isinstance(param, Field)]
    rest = [param for param in params.values() if isinstance(param, Field)]
    for count in range(len(optional) + 1):
        tensors = [f"{name}: Value" for name in (*needed, *optional[:count])]
        left = [f"{name}: Value = ..." for name in optional[count:]]
        given = [f"{name}: Value" for name in (needed + optional[:count])]
        yield [*given, *map(_argument, figures), "*", *left, *named, *map(_argument, rest)]
        if figures and isinstance(figures[0], Ints):
            sizes = f"*{figures[0].name}: Whole"
            yield [*tensors, sizes, *left, *named, *map(_argument, (*figures[1:], *rest))]


def _field_signatures(kind: type[Layer], params: dict[str, Param]) -> Iterator[list[str]]:
    """An input or target: its size without brackets; a target's field may come first."""
    field, size = params.pop("field"), params.pop("size")
    others = [*map(_argument, params.values())]
    yield [f"*size: {'Whole' if kind.role == 'input' else 'int'}", _argument(field), *others]
    yield ["*", _argument(size), _argument(field), *others]
    if kind.role == "target":
        yield ["field: str", "*size: Whole", *others]


def _ports_of_options(kind: type[Layer]) -> list[str]:
    """The inputs that a layer has when an option is chosen, in the order of the options."""
    found: dict[str, None] = {}
    for name, param in kind.params.items():
        values: list[Any] = (
            [True] if isinstance(param, Bool) else list(param.options) if isinstance(param, Choice) else []
        )
        for value in values:
            found |= dict.fromkeys(kind({name: value}).inputs())
    return list(found)


def _argument(param: Param) -> str:
    default = param.default
    plain = default is None or isinstance(default, bool | int | float | tuple)
    short = isinstance(default, str) and len(default) < 40 and default.isprintable()
    told = repr(default) if plain else _quoted(default) if short else "..."
    return f"{param.name}: {_type(param)} = {told}"


def _type(param: Param, plain: bool = False) -> str:
    """The type of a parameter; ``plain``: without expressions, which only layers take."""
    none = " | None" if getattr(param, "none", "") or param.default is None else ""
    if isinstance(param, Bool):
        return "bool"
    if isinstance(param, Choice):
        return f"Literal[{', '.join(map(_quoted, param.options))}]"
    if isinstance(param, Int):
        return ("int" if plain else "Whole") + none
    if isinstance(param, Float):
        return ("float" if plain else "Number") + none
    if isinstance(param, Ints):
        return ("int | Sequence[int]" if plain else "Sizes") + none
    if isinstance(param, Floats):
        return ("float | Sequence[float]" if plain else "Number | Sequence[Number]") + none
    return "str"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''")


def files() -> Mapping[str, str]:
    """What is written into ``visualnet/api``, by the name of the file."""
    return {METHODS: method_stubs(), RECIPE: recipe_settings()}


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / "api"
    for name, content in files().items():
        write(folder / name, content.encode())
