"""The size formulas, each written once: computed, explained with figures, and searched backwards by the repair finder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from visualnet.core.expressions import Derived, Expression, Scope, number_text, parse
from visualnet.layers.declaration.layer import ShapeError

WINDOW = parse("floor((n + 2*p - d*(k - 1) - 1) / s) + 1")
"""A window of extent k (dilated d) slides over n padded by p on both sides, s at a time."""
WINDOW_SUM = parse("floor((n + p - d*(k - 1) - 1) / s) + 1")
"""The same where the padding of both sides is given as one sum (``same`` may be uneven)."""
WINDOW_CEIL = parse("min(ceil((n + 2*p - d*(k - 1) - 1) / s) + 1, ceil((n + p) / s))")
"""The same rounded up (``ceil_mode``); a window that would begin in the padding behind the last cell is left out."""
TRANSPOSED = parse("(n - 1)*s - 2*p + d*(k - 1) + o + 1")
"""The transposed convolution: the window's formula solved for its input, plus output_padding o."""

LETTERS: Mapping[str, str] = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation", "o": "output_padding"}


def derive(formula: Expression, figures: Scope, symbols: Mapping[str, str] | None = None) -> Derived:
    """Compute a formula for a shape or a count.

    Raises:
        ShapeError: the result is not whole, or too large for any tensor.
    """
    try:
        return Derived.of(formula, figures, symbols)
    except ValueError as error:
        raise ShapeError(str(error)) from None


def spell_axis(axis: str) -> dict[str, str]:
    """The letters of a formula spelled out, for one axis: ``n`` becomes ``H``."""
    return {"n": axis, **LETTERS}


def window(
    extents: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    axes: str = "HW",
    formula: Expression = WINDOW,
) -> tuple[Derived, ...]:
    """The window formula along each spatial axis."""
    return tuple(
        derive(formula, {"n": n, "k": k, "s": s, "p": p, "d": d}, spell_axis(axis))
        for n, k, s, p, d, axis in zip(extents, kernel, stride, padding, dilation, axes, strict=False)
    )


def transposed(
    extents: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    extra: Sequence[int],
    axes: str = "HW",
) -> tuple[Derived, ...]:
    """The transposed formula along each spatial axis."""
    return tuple(
        derive(TRANSPOSED, {"n": n, "k": k, "s": s, "p": p, "d": d, "o": o}, spell_axis(axis))
        for n, k, s, p, d, o, axis in zip(extents, kernel, stride, padding, dilation, extra, axes, strict=False)
    )


def describe_left_out(extent: Derived) -> str:
    """What an inexact division leaves out, in words; empty when it leaves out nothing."""
    cut = extent.cut
    if cut is None or extent.formula not in (WINDOW, WINDOW_SUM):
        return ""
    before, after = cut
    left, padding = int((before - after) * extent.figures["s"]), int(extent.figures["p"])
    behind = padding if extent.formula is WINDOW else padding - padding // 2
    exact = number_text(int(extent) + (before - after))
    axis = extent.symbols["n"]
    things = {"H": "rows", "W": "columns"}.get(axis, "positions")
    # What is left out is padding first, and only then the image itself.
    padded, count = ("", left - behind) if left > behind else ("padded ", left)
    which = f"last {count} {padded}{things} are" if count > 1 else f"last {padded}{things[:-1]} is"
    return f"{axis}: {exact} → {int(extent)}: the {which} never read"


def misses_cells(extent: Derived) -> bool:
    """Whether an inexact division leaves out cells that someone would miss.

    Padding is not, as in nearly every published network; nor are as many cells as the stride leaves out between any two windows.
    """
    cut = extent.cut
    if cut is None or extent.formula not in (WINDOW, WINDOW_SUM):
        return False
    figures = {letter: int(number) for letter, number in extent.figures.items()}
    left, padding = int((cut[0] - cut[1]) * figures["s"]), figures["p"]
    behind = padding if extent.formula is WINDOW else padding - padding // 2
    between = max(0, figures["s"] - figures["d"] * (figures["k"] - 1) - 1)
    return left - behind > between


def describe_missed(extents: Iterable[object]) -> Iterator[tuple[str, Derived]]:
    """What is missed along the axes of a tensor, in words: axes that lose alike share a line."""
    found: dict[tuple[object, ...], list[Derived]] = {}
    for extent in extents:
        if isinstance(extent, Derived) and misses_cells(extent):
            found.setdefault((extent.cut, *extent.figures.values()), []).append(extent)
    for first, *others in found.values():
        likewise = ", ".join(other.symbols["n"] for other in others)
        yield describe_left_out(first) + (f"; {likewise} likewise" if likewise else ""), first
