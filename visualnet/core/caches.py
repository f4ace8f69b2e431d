"""Answers that are remembered because they are asked again while a project is open, and forgotten when it is closed.

``cached`` is ``functools.lru_cache`` for what is computed from a project's nodes, shapes and words. Each cache is bounded; together they
would still hold what projects left that were closed long ago. ``clear_caches`` lets go of all of it: what is still wanted is computed anew.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import _lru_cache_wrapper, lru_cache
from typing import TypeVar

T = TypeVar("T")

_clearing: list[Callable[[], object]] = []


def cached(maxsize: int) -> Callable[[Callable[..., T]], _lru_cache_wrapper[T]]:
    """Remember the answers for the last ``maxsize`` arguments, until the caches are cleared."""

    def remember(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
        made = lru_cache(maxsize)(function)
        _clearing.append(made.cache_clear)
        return made

    return remember


def clear_with_caches(clear: Callable[[], object]) -> None:
    """Have ``clear`` called too, for what remembers in a way of its own."""
    _clearing.append(clear)


def clear_caches() -> None:
    """Forget all that was remembered of projects. What was handed out stays as it is."""
    for clear in _clearing:
        clear()


def trim_memory() -> None:
    """Give the memory that was freed back to the system, where the C library would keep it."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
