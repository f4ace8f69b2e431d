"""Python source as a syntax tree, in any thread."""

from __future__ import annotations

import ast
import threading

TRIES = 20
_one_at_a_time = threading.Lock()


def parse_source(source: str) -> ast.Module:
    """What `ast.parse` gives.

    WORKAROUND https://github.com/python/cpython/issues/106905: Python 3.11 counts the depth of all trees that are built in one place,
    so that two threads that parse at once may both be told ``SystemError: AST constructor recursion depth mismatch``. Ours take
    turns; a library in another thread (NumPy parses headers so) does not, and then it is tried again.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` has them.
    """
    with _one_at_a_time:
        for _ in range(TRIES - 1):
            try:
                return ast.parse(source)
            except SystemError:
                continue
        return ast.parse(source)
