"""Random parameters and arriving tensors for any layer type, drawn from its declaration alone."""

from __future__ import annotations

from math import prod
from typing import Any

from hypothesis import strategies as st

from visualnet.layers import LAYERS, Layer, Spec
from visualnet.layers.declaration.layer import Pattern
from visualnet.layers.declaration.params import Bool, Choice, Field, Float, Floats, Int, Ints, Param, Text

Drawn = tuple[Layer, list[Spec | None]]


@st.composite
def cases(draw: Any, tag: str) -> Drawn:
    """A layer with parameters that read well, and a spec for each of its input ports (None for an optional one left open)."""
    kind = LAYERS[tag]
    usual = _shapes(draw, kind().inputs())
    first = next(iter(usual.values()), ())
    changed = [name for name in kind.params if draw(st.booleans())]
    layer = kind({name: draw(value(kind.params[name], first)) for name in changed}, {})
    ports = layer.inputs()
    shapes = usual if usual.keys() == ports.keys() else _shapes(draw, ports)
    shapes |= _states(draw, layer, shapes)
    if (fitting := layer.example()) and draw(st.integers(0, 3)):
        shapes |= dict(zip(ports, fitting, strict=True))
    specs: list[Spec | None] = []
    for port, pattern in ports.items():
        dtype = draw(st.sampled_from(["float", "int"])) if pattern.dtype == "any" else pattern.dtype
        is_open = pattern.optional and draw(st.booleans())
        specs.append(None if is_open else Spec(shapes[port], (), dtype, "fractions" if dtype == "float" else ""))
    return layer, specs


def _states(draw: Any, layer: Layer, shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """For optional inputs that take what an output gives (a first state), mostly that output's shape: else they would hardly ever fit."""
    ports = layer.inputs()
    given = {
        o: pattern
        for o, pattern in layer.outputs().items()
        if pattern.axes not in [p.axes for p in ports.values() if not p.optional]
    }
    found = {}
    for port, pattern in ports.items():
        match = [o for o, other in given.items() if other.axes == pattern.axes]
        if pattern.optional and match and draw(st.integers(0, 7)):
            alone = layer.infer([None if p.optional else Spec(shapes[name]) for name, p in ports.items()])
            found[port] = alone[match[0]].shape
    return found


def _shapes(draw: Any, ports: dict[str, Pattern]) -> dict[str, tuple[int, ...]]:
    """Shapes that match the patterns; equal letters get equal extents, but now and then one is changed."""
    letters: dict[str, tuple[int, ...]] = {"*": tuple(draw(st.lists(st.just(1) | st.integers(1, 6), max_size=3)))}
    shapes = {}
    for port, pattern in ports.items():
        for axis in pattern.axes:
            if axis not in letters:
                high = 12 if axis in "HWLTS" else 8
                letters[axis] = (draw(st.integers(1, high)),)
        shape = [n for axis in pattern.axes for n in letters[axis]]
        if shape and draw(st.integers(0, 9)) == 0:
            shape[draw(st.integers(0, len(shape) - 1))] = draw(st.integers(1, 8))
        if "*" in pattern.axes and draw(st.integers(0, 19)) == 0:
            shape = [*shape, draw(st.integers(1, 3))]
        shapes[port] = tuple(shape)
    return shapes


def value(param: Param, first: tuple[int, ...]) -> st.SearchStrategy[Any]:
    """A value that the parameter reads, small enough for torch to be quick. ``first`` is the first input's shape."""
    if isinstance(param, Int):
        low = max(param.low, -4)
        if param.low < 0:
            return st.integers(-len(first) - 1, len(first) + 1)
        high = min(param.high, max(low, 0) + 8)
        number = st.integers(low, min(high, low + 1)) | st.integers(low, high)
        return st.none() | number if param.none else number
    if isinstance(param, Float):
        return st.floats(max(param.low, -2), min(param.high, 2), allow_subnormal=False)
    if isinstance(param, Bool):
        return st.booleans()
    if isinstance(param, Choice):
        return st.sampled_from(list(param.options))
    if isinstance(param, Field | Text):
        return st.just(param.default)
    if isinstance(param, Floats):
        # As many as the first axis of the first input is long: classes.
        return st.lists(
            st.floats(0.5, 2), min_size=len(first[:1]) and first[0], max_size=len(first[:1]) and first[0]
        ).map(tuple)
    assert isinstance(param, Ints), param
    return _several(param, first)


def _several(param: Ints, first: tuple[int, ...]) -> st.SearchStrategy[Any]:
    low, high = max(param.low, -4), min(param.high, max(param.low, 0) + 5)
    number = st.integers(low, max(low, min(high, max(low, 0) + 1))) | st.integers(low, high)
    if param.rank:
        alike = number
        choices = [alike, st.tuples(*[number] * param.rank), *(st.just(word) for word in param.words)]
        return st.one_of(*choices, *([st.none()] if param.none else []))
    axes = range(1, min(len(first), 4) + 1)
    shuffled = st.permutations(first).map(tuple)
    rest = shuffled.map(lambda t: (*t[:-1], -1))
    fitting = [
        st.permutations(list(axes)).map(tuple),
        shuffled,
        st.just((min(prod(first), param.high),)),
        st.sampled_from([*axes, 1]).map(lambda a: (a,)),
    ]
    if param.low < 0:
        fitting.append(rest)
    return st.one_of(*fitting, st.lists(number, max_size=min(4, param.longest)).map(tuple)).filter(
        lambda t: len(t) <= param.longest
    )
