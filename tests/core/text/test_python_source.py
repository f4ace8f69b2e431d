"""Source is parsed in several threads at once."""

from __future__ import annotations

import ast
import threading

import pytest

from visualnet.core.text import python_source
from visualnet.core.text.python_source import parse_source

SOURCE = "\n".join(f"x{n} = [{n}, {{'a': ({n}, -{n})}}]" for n in range(200))


def test_threads_that_parse_at_once_all_get_their_tree() -> None:
    wanted, found = ast.dump(ast.parse(SOURCE)), []

    def work() -> None:
        found.extend(ast.dump(parse_source(SOURCE)) == wanted for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 40


def test_another_library_that_parses_beside_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python 3.11 fails where the other one takes no turns."""
    tries = 0

    def parse(source: str) -> ast.Module:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=39, after=43)")
        return compile(source, "", "exec", ast.PyCF_ONLY_AST)

    monkeypatch.setattr(python_source.ast, "parse", parse)
    assert ast.unparse(parse_source("a = 1")) == "a = 1" and tries == 3


def test_what_is_no_python_is_refused_as_ever() -> None:
    with pytest.raises(SyntaxError):
        parse_source("def")
