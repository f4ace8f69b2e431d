"""Arrays and tensors as plain bytes: element type, sizes and the values in order of the last axis first. Nothing else can be in them."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from visualnet.core.text.format import format_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_AXES = 16
KINDS = "biufcU"
"""NumPy's kinds of elements that are plain values: truth values, whole numbers, numbers, complex numbers, text."""
OF_TORCH = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


class PlainArray(msgspec.Struct, frozen=True, array_like=True):
    """An array: ``dtype`` as NumPy spells it (``<f4``), ``shape``, and its bytes in C order."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


def plain_array(array: NDArray[Any]) -> PlainArray:
    """The bytes of an array.

    Raises:
        ValueError: it holds something else than plain values.
    """
    if array.dtype.kind not in KINDS:
        raise ValueError(f"an array of {array.dtype} cannot be sent")
    return PlainArray(array.dtype.str, tuple(array.shape), array.tobytes())


def read_array(plain: PlainArray) -> NDArray[Any]:
    """The array; it is a copy of its own, which can be written to.

    Raises:
        ValueError: the bytes are not those of such an array.
    """
    import numpy as np

    try:
        dtype = np.dtype(plain.dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(f"no type of elements: {plain.dtype[:40]!r}") from error
    if dtype.kind not in KINDS or dtype.hasobject:
        raise ValueError(f"an array of {dtype} is not taken")
    _check(plain, dtype.itemsize)
    if not plain.data:
        return np.zeros(plain.shape, dtype)
    return np.frombuffer(plain.data, dtype).reshape(plain.shape).copy()


def plain_tensor(tensor: Any) -> PlainArray:
    """The bytes of a tensor on the CPU, in torch's spelling of its type (``bfloat16``).

    Raises:
        ValueError: its type is not known here.
    """
    torch: Any = sys.modules["torch"]
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in OF_TORCH:
        raise ValueError(f"a tensor of {name} cannot be sent")
    data = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
    return PlainArray(name, tuple(tensor.shape), data)


def read_tensor(plain: PlainArray) -> Any:
    """The tensor, on the CPU.

    Raises:
        ValueError: the bytes are not those of such a tensor.
    """
    import torch

    if plain.dtype not in OF_TORCH:
        raise ValueError(f"a tensor of {plain.dtype[:40]!r} is not taken")
    dtype: torch.dtype = getattr(torch, plain.dtype)
    _check(plain, dtype.itemsize)
    if not plain.data:
        return torch.zeros(plain.shape, dtype=dtype)
    return torch.frombuffer(bytearray(plain.data), dtype=dtype).reshape(plain.shape)


def _check(plain: PlainArray, itemsize: int) -> None:
    if len(plain.shape) > MOST_AXES or any(size < 0 for size in plain.shape):
        raise ValueError(f"no sizes of an array: {plain.shape[:MOST_AXES]}")
    if math.prod(plain.shape) * itemsize != len(plain.data):
        raise ValueError(f"{format_bytes(len(plain.data))} are no array of sizes {plain.shape}")
