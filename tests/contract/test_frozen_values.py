"""What is passed between threads and kept in caches never changes: every struct of the document and of what is true of it is frozen."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import msgspec
import pytest


def structs(package: str) -> set[type]:
    """Every struct that the modules of a package define."""
    root = import_module(f"visualnet.{package}")
    found: set[type] = set()
    for module in [root, *(import_module(m.name) for m in walk_packages(root.__path__, f"{root.__name__}."))]:
        values = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, msgspec.Struct)]
        found |= {kind for kind in values if kind.__module__ == module.__name__}
    return found


@pytest.mark.parametrize("package", ["core", "analysis"])
def test_every_struct_is_frozen(package: str) -> None:
    found = structs(package)
    assert found
    assert [kind.__qualname__ for kind in found if not kind.__struct_config__.frozen] == []
