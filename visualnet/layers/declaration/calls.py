"""What a layer does, written down instead of done: a small tree of calls.

The compiler turns the tree into ``torch.fx`` nodes and prints it as Python; both come from the same tree, so what runs is what is
exported. Building a tree looks like the code that it stands for::

    out = m(sequence)                 # Apply the layer's module
    out[0], out[1].transpose(0, 1)    # Item, Method
    fn("torch.cat", [a, b], dim=1)    # Function
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Expr:
    """A tensor (or tuple of tensors) to be computed. Indexing, calling and methods make larger trees."""

    def __getitem__(self, index: int) -> Expr:
        return Item(self, index)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: Method(self, name, args, kwargs)


class Ref(Expr):
    """The tensor that arrives at an input port."""

    def __init__(self, port: str) -> None:
        self.__dict__["port"] = port


class Item(Expr):
    """``of[index]``."""

    def __init__(self, of: Expr, index: int) -> None:
        self.__dict__.update(of=of, index=index)


class Method(Expr):
    """``of.name(*args, **kwargs)``."""

    def __init__(self, of: Expr, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.__dict__.update(of=of, name=name, args=args, kwargs=kwargs)


class Function(Expr):
    """A function of torch, named as one writes it: ``torch.cat``, ``F.relu``, ``operator.add``."""

    def __init__(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.__dict__.update(name=name, args=args, kwargs=kwargs)


class Apply(Expr):
    """The layer's own module, applied."""

    def __init__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.__dict__.update(args=args, kwargs=kwargs)


class OwnModule:
    """Stands for the layer's module in ``forward``: ``m(x)`` builds an ``Apply``."""

    def __call__(self, *args: Any, **kwargs: Any) -> Apply:
        return Apply(args, kwargs)


def fn(name: str, *args: Any, **kwargs: Any) -> Function:
    """A call of a torch function."""
    return Function(name, args, kwargs)


def one(value: Any) -> Any:
    """``(2, 2)`` as ``2``: for arguments where torch takes one number for every axis."""
    alike = isinstance(value, tuple) and value and len(set(value)) == 1
    return value[0] if alike else value


class ModuleCall:
    """The construction of a layer's module: ``nn.Conv2d(1, 6, kernel_size=(5, 5))``.

    ``name`` is ``nn.X`` or ``extra_modules.X`` (a module that torch lacks; its source is printed into the exported file).
    """

    source = ""
    """The text that defines the class, where neither torch nor this program has it."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        self.name, self.args, self.kwargs = name, args, kwargs

    @classmethod
    def of_source(cls, source: str, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> ModuleCall:
        """The construction of a class that a text defines."""
        made = cls(f"own.{name}", *args, **kwargs)
        made.source = source
        return made

    def __repr__(self) -> str:
        inside = [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
        return f"{self.name}({', '.join(inside)})" + (f"  # {self.source!r}" if self.source else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ModuleCall) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


# --- what can be undone -------------------------------------------------------------------------------------------------------

LOG_DET = "log_det"
"""The port that carries, for each sample, the sum of log|det ∂y/∂x| so far: what arrives there and what the layer itself adds leaves
at the output of the same name. A layer without it keeps volumes."""


class InverseRule(NamedTuple):
    """How a layer is undone: from what each declares, `analysis/flows/inverse_order.py` finds the inverse of a whole drawing.

    ``reads`` are the ports whose values must be known (outputs, and inputs that steer what is done), ``finds`` the input ports whose
    values follow from them."""

    reads: tuple[str, ...]
    finds: tuple[str, ...]


UNARY = InverseRule(("y",), ("x",))
Known = Mapping[str, Expr]
"""The values of the ports that ``Undoing.reads`` names."""


def add_log_det(arrived: Any, own: Expr) -> Expr:
    """What leaves at the port ``log_det``."""
    return own if arrived is None else fn("torch.add", arrived, own)
