"""How a layer type is declared: one class, from which everything else in the program follows.

A declaration gives ports (a line of text), parameters (class attributes), the shape rule, weights, MACs and the torch call. The palette,
the form, the file schema, the reference page, the compiler and the tests all read it; nothing else branches on a layer's type.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from visualnet.core.expressions import Derived, Scope
from visualnet.core.graph import Value
from visualnet.core.text.axis_names import name_axis
from visualnet.layers.declaration.calls import Expr, InverseRule, Known, ModuleCall, OwnModule, one
from visualnet.layers.declaration.drawings import Drawing
from visualnet.layers.declaration.initial_moments import InitialState, Moments
from visualnet.layers.declaration.notation import Derivation, derive_axis
from visualnet.layers.declaration.params import Param
from visualnet.layers.declaration.sizes import Shape as Shape
from visualnet.layers.declaration.sizes import Sized as Sized
from visualnet.layers.declaration.sizes import default_axes as default_axes
from visualnet.layers.declaration.sizes import sized as sized
from visualnet.layers.declaration.spec import Column as Column
from visualnet.layers.declaration.spec import Limits as Limits
from visualnet.layers.declaration.spec import Spec as Spec

FAMILIES: Mapping[str, str] = {
    "data": "Data & output",
    "dense": "Dense",
    "convolution": "Convolution",
    "pooling": "Pooling",
    "activation": "Activation",
    "normalization": "Normalization",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "shape": "Shape & arithmetic",
    "loss": "Loss & metric",
    "block": "Blocks",
}


class Pattern(NamedTuple):
    """What a port takes or gives: axis names, where ``*`` stands for any number of axes, and a dtype.

    ``dtype`` ``any`` takes everything; on an output, ``same`` repeats the first input's.
    """

    axes: tuple[str, ...]
    dtype: str = "float"
    optional: bool = False
    batched: bool = True

    @property
    def text(self) -> str:
        return "×".join("…" if a == "*" else a for a in self.axes) or "one value"

    def fits_rank(self, rank: int) -> bool:
        """Whether a tensor with so many axes (batch not counted) can match."""
        return rank >= len(self.axes) - 1 if "*" in self.axes else rank == len(self.axes)


class Fault(NamedTuple):
    """Something wrong at a port or parameter. An ``error`` leaves the outputs unknown; ``derivation`` is the formula to be typeset."""

    words: str
    at: str = ""
    severity: str = "error"
    formula: str = ""
    derivation: Derivation | None = None


class ShapeError(ValueError):
    """Raised by a shape rule that has no answer for these inputs."""

    def __init__(self, words: str, at: str = "", formula: str = "", derivation: Derivation | None = None) -> None:
        super().__init__(words)
        self.fault = Fault(words, at, "error", formula, derivation)


@lru_cache(maxsize=512)
def read_ports(text: str) -> dict[str, Pattern]:
    """``"query: T D, key?: S D"``. After the axes may stand ``@int``, ``@any``, ``@same``; ``!`` alone is one number for the batch."""
    ports = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, rest = part.partition(":")
        axes_text, _, dtype = rest.partition("@")
        optional, axes = name.endswith("?"), tuple(axes_text.split())
        batched = axes != ("!",)
        ports[name.rstrip("?").strip()] = Pattern(axes if batched else (), dtype.strip() or "float", optional, batched)
    return ports


class Layer:
    """Base of every layer type. An instance is one node's layer with all parameters resolved; it is frozen by custom.

    Subclasses override as little as they can: ``shape`` nearly always; ``weights``, ``macs``, ``module`` when they learn or count;
    ``forward`` when they are no plain module; ``check`` for faults that the shape rule cannot express.
    """

    tag: ClassVar[str]
    family: ClassVar[str]
    label: ClassVar[str]
    keywords: ClassVar[str] = ""
    ports: ClassVar[str] = "x: * @any -> y: * @same"
    role: ClassVar[str] = ""
    """``input``, ``target``, ``output``, ``loss``, ``metric``; empty for what stands between, on an instance too (a loss not reduced)."""
    better: ClassVar[str] = ""
    """For a loss or a metric: whether a smaller (``min``) or a larger value (``max``) is better."""
    answer_kind: ClassVar[str] = ""
    """What a loss or metric holds against ``target`` (see `visualnet.layers.catalog.loss`), so that a trained network can be judged."""
    paper: ClassVar[str] = ""
    holds: ClassVar[str] = ""
    """What the first output's numbers are: as in ``Spec.holds``, or ``same`` as the first input's."""
    refuses: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """For a port: what it should not be given (``probabilities`` …) and the words that say why. Shown as a warning."""
    doubts: ClassVar[Mapping[str, Mapping[int, str]]] = {}
    """For a port and a number of axes: what is likely not meant, though it can be computed (``{0}`` is the first extent). A hint."""
    adapter: ClassVar[bool] = False
    """Whether the repair finder may insert it; ``adapt`` then says with which parameters."""
    hidden: ClassVar[bool] = False
    settles: ClassVar[bool] = False
    """Whether the output is equally large however large the input is."""
    pointwise: ClassVar[bool] = False
    """Whether each place of the output reads only the same place of the inputs (channels may mix)."""
    slope: ClassVar[str] = ""
    """Of a function of single numbers: its derivative, in its input ``x`` and its output ``y`` (a rule as `parse_rule` reads it)."""
    linear_map: ClassVar[bool] = False
    """Whether it is a matrix and a constant, no more: two of them in a row compute what one can."""
    rare: ClassVar[bool] = False
    """Shown behind the others of its family."""
    random: ClassVar[bool] = False
    """Whether it draws random numbers, so that it may answer differently each time."""
    detaches: ClassVar[bool] = False
    """Whether no gradient goes back through it, though its numbers are real."""
    takes_numbers: ClassVar[bool] = False
    """Whether it also takes numbers for the whole batch (losses), all of its inputs at once, and then gives one."""
    spatial: ClassVar[str] = ""
    """The axes that parameters with one number per axis stand for: ``HW``."""
    density_of: ClassVar[str] = ""
    """Of a loss or metric that computes a density: the port that must be an invertible function of the network's inputs."""
    params: ClassVar[Mapping[str, Param]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        found: dict[str, Param] = {}
        for base in reversed(cls.__mro__[1:]):
            found.update(vars(base).get("params", {}))
        own = {k: v for k, v in vars(cls).items() if isinstance(v, Param)}
        for name in own:
            if callable(getattr(Layer, name, None)):
                delattr(cls, name)  # a parameter named as a method (``inputs``) is read through ``values()``
        cls.params = {name: param.along(cls.spatial) for name, param in {**found, **own}.items()}

    def __init__(self, raw: Mapping[str, Value] | None = None, scope: Scope | None = None) -> None:
        """Resolve the parameters that a node holds.

        Raises:
            BadParams: some cannot be read; ``faults`` tells each.
        """
        raw, scope = raw or {}, scope or {}
        faults: list[Fault] = []
        values: dict[str, Any] = {}
        for name, param in self.params.items():
            try:
                values[name] = param.read(raw[name], scope) if name in raw else param.default
            except ValueError as error:
                faults.append(Fault(str(error), name))
        faults += [
            Fault(f"{self.label} has no parameter “{name}”", name, "warning") for name in raw if name not in self.params
        ]
        if any(f.severity == "error" for f in faults):
            raise BadParams(faults)
        plain = {name: value for name, value in values.items() if not callable(getattr(Layer, name, None))}
        self.__dict__.update(plain, _values=values, unknown=tuple(faults))

    # --- what a declaration may override -------------------------------------------------------------------------------------------

    def inputs(self) -> Mapping[str, Pattern]:
        """The input ports, in order."""
        return read_ports(self.ports.partition("->")[0])

    def outputs(self) -> Mapping[str, Pattern]:
        """The output ports, in order."""
        return read_ports(self.ports.partition("->")[2])

    def shape(self, *shapes: Shape) -> Shape | Mapping[str, Shape]:
        """The outputs' shapes, batch not counted, from those of the inputs (None for an optional port left open).

        A tuple for one output, a mapping by port for several. Extents may be ``Derived``: the number then carries its formula.

        Raises:
            ShapeError: there is no answer; its words say why.
        """
        return shapes[0]

    def prior(self) -> str:
        """What its output is drawn from where nothing is known of a sample: ``normal`` (mean 0, deviation 1) or ``uniform`` (−1 to 1);
        empty for what is no such draw. Where there is one, something can be made of numbers drawn by chance."""
        return ""

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        """Faults beyond the shape rule (groups that do not divide the channels)."""
        return ()

    def weights(self, *shapes: Shape) -> Mapping[str, Sized]:
        """Learned tensors by the name they have in the module (``weight``, ``bias``)."""
        return {}

    def buffers(self, *shapes: Shape) -> Mapping[str, Sized]:
        """Tensors that are saved but not learned (``running_mean``)."""
        return {}

    def macs(self, *shapes: Shape) -> int:
        """Multiply–accumulate operations for one sample, as papers count them: products with weights (and between activations in
        attention); biases, activations, pooling and normalization count nothing."""
        return 0

    def holding(self, first: str) -> str:
        """What the first output's numbers are (``Spec.holds``), given what the first input's are."""
        return first if self.holds == "same" else self.holds

    def begins(self, start: InitialState) -> Moments | None:
        """How large the first output's numbers are before any training, where it can be told."""
        return start.first if self.holds == "same" else None

    def limits(self) -> Limits:
        """Where the function levels off: a unit that is there for every sample is dead, or saturated."""
        return Limits()

    def kaiming(self) -> Mapping[str, Value]:
        """Of a nonlinearity: what He's initialisation of the layer before it is to know (``nonlinearity``, ``a``)."""
        return {}

    def first_loss(self, start: InitialState) -> tuple[float, float] | None:
        """Of a loss: what guessing gives, and what it will be for what arrives, before any training."""
        return None

    def module(self, *shapes: Shape) -> ModuleCall | None:
        """How its torch module is made, or None for a plain function."""
        return None

    def code(self) -> str:
        """Python source from the file that it would run; empty for all that the program itself ships."""
        return ""

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr | Mapping[str, Expr]:
        """What it computes. ``used`` names the output ports that something reads, so that costly ones may be left out."""
        return m(*refs)

    def undoing(self) -> InverseRule | None:
        """Which ports the way back through it reads and finds; None where it cannot be undone."""
        return None

    def inverse(self, m: OwnModule, known: Known, *shapes: Shape) -> Mapping[str, Expr]:
        """What it was given at the ports that ``undoing`` finds, computed from those that it reads."""
        raise NotImplementedError

    def counts(self, *refs: Any) -> Expr | None:
        """For a loss or a metric: what adds up from batch to batch, so that an epoch's value is that of all its samples together.

        Either the number that its mean over a batch was divided by (places that are asked, weights), or, with ``settle``, counts of
        any shape. None: its value is a mean in which every sample counts alike.
        """
        return None

    def settle(self, counts: Expr) -> Expr | None:
        """The value that these counts come to, where it is no mean over samples (an overlap); ``forward`` tells it of one batch."""
        return None

    def unread(self) -> str:
        """What to say of it where it leads nowhere; empty for the usual words."""
        return ""

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        """Parameters with which this layer would turn ``have`` into something that fits ``want`` (and ``target``, if a size is asked)."""
        yield from ()

    def example(self) -> tuple[Shape, ...] | None:
        """Sizes that fit these parameters, where the usual ones hardly ever do (for the reference page and the tests)."""
        return None

    def drawing(self, *shapes: Shape) -> Drawing | None:
        """What the inspector draws of it: a sliding window, a matrix, heads."""
        return None

    def card(self) -> str:
        """The muted line on the node's card: the two or three parameters that matter."""
        order = sorted(self.params.items(), key=lambda item: (not item[1].card, int(item[1].card)))
        values = [(param, self.__dict__["_values"][name]) for name, param in order]
        shown = [p.card_text(v) for p, v in values if p.card or (v != p.default and (p.phrase or not p.more))]
        return " · ".join(filter(None, shown))

    # --- what follows from it ------------------------------------------------------------------------------------------------------

    @classmethod
    @lru_cache(maxsize=512)
    def summary(cls) -> str:
        """One line for the palette: the docstring's first."""
        return inspect.cleandoc(cls.__doc__ or "").partition("\n")[0]

    @classmethod
    def page(cls) -> str:
        """The docstring: what it does, formula, why."""
        return inspect.cleandoc(cls.__doc__ or "")

    def values(self) -> dict[str, Any]:
        """Every parameter by name, resolved."""
        values: dict[str, Any] = self.__dict__["_values"]
        return dict(values)

    def given(self, *names: str) -> dict[str, Any]:
        """These parameters as keyword arguments of a torch function whose defaults are theirs: only what differs, ``(2, 2)`` as ``2``."""
        values = self.values()
        return {name: one(values[name]) for name in names if values[name] != self.params[name].default}

    def infer(self, specs: Sequence[Spec | None]) -> dict[str, Spec]:
        """The outputs' specs from the inputs' (None for an optional port left open), as ``shape`` gives them.

        Raises:
            ShapeError: an extent is not positive, or the shape rule has no answer.
        """
        # Plain ints go in: an extent that is only passed on must not carry the formula of the layer where it arose.
        result = self.shape(*(tuple(map(int, s.shape)) if s is not None else None for s in specs))  # type: ignore[arg-type]
        outputs = self.outputs()
        by_port = result if isinstance(result, Mapping) else {next(iter(outputs)): result}
        return {port: self._spec(port, pattern, by_port[port], specs) for port, pattern in outputs.items()}

    def _spec(self, port: str, pattern: Pattern, shape: Shape, specs: Sequence[Spec | None]) -> Spec:
        first = next((s for s in specs if s is not None), Spec(()))
        axes = self._axes(pattern, shape, first)
        for axis, extent in zip(axes, shape, strict=True):
            if extent <= 0:
                why = (extent.filled, derive_axis(axis, extent)) if isinstance(extent, Derived) else ()
                spoken = name_axis(axis, axes)
                raise ShapeError(f"the output would be empty: its {spoken} comes out as {int(extent)}", "", *why)
        dtype = first.dtype if pattern.dtype == "same" else pattern.dtype
        holds = self.holding(first.holds) if port == next(iter(self.outputs())) else ""
        return Spec(tuple(shape), axes, dtype, holds, pattern.batched and (first.batched or not self.takes_numbers))

    def _axes(self, pattern: Pattern, shape: Shape, first: Spec) -> tuple[str, ...]:
        axes = pattern.axes
        if "*" in axes:
            rest = len(shape) - (len(axes) - 1)
            at = axes.index("*")
            filled = first.axes[at : at + rest] if len(first.axes) >= at + rest else default_axes(rest)
            axes = (*axes[:at], *filled, *axes[at + 1 :])
        # Two axes of one name tell nobody which is meant.
        return axes if len(axes) == len(shape) == len(set(axes)) else default_axes(len(shape))


class BadParams(ValueError):
    """Some of a node's parameters cannot be read."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f.words for f in faults))
        self.faults = tuple(faults)


def bounds_when_scaled(holds: str) -> str:
    """What is left of ``Spec.holds`` when numbers may grow but keep their sign."""
    return "nonnegative" if holds in ("probabilities", "fractions") else holds


def bounds_of_mean(holds: str) -> str:
    """What is left of ``Spec.holds`` after a mean over places. That of rectified scores is a logit as any other (Lin et al. 2013)."""
    return "" if holds == "nonnegative" else holds


LAYERS: dict[str, type[Layer]] = {}
"""Every layer type by tag, in palette order."""

_TAG = re.compile(r"^[a-z][a-z0-9_]*$")


def layer(tag: str, family: str, label: str = "", ports: str = "", keywords: str = "", **traits: Any) -> Any:
    """Register a layer type. ``tag`` is what files say for ever; ``label`` is what people read (the class name if left out)."""

    def register(cls: type[Layer]) -> type[Layer]:
        assert _TAG.match(tag) and tag not in LAYERS, tag
        assert family in FAMILIES, family
        cls.tag, cls.family, cls.label, cls.keywords = tag, family, label or cls.__name__, keywords
        if ports:
            cls.ports = ports
        for name, value in traits.items():
            assert hasattr(cls, name), name
            setattr(cls, name, value)
        LAYERS[tag] = cls
        return cls

    return register
