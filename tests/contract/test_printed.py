"""What is printed is held as a stranger would hold it: the same seed, a linter, a type checker."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.graphs import random_project
from visualnet.cli import open_project
from visualnet.compiling.module import compile_project
from visualnet.compiling.source import model_source
from visualnet.core.project import Project
from visualnet.template_index import template_list

SMALL = 3_000_000
"""Networks up to so many parameters are made; of larger ones only the draws are compared, on the device that allocates nothing."""


def printed_class(project: Project) -> type[torch.nn.Module]:
    made: dict[str, Any] = {"__name__": "printed"}
    exec(compile(model_source(project), "model.py", "exec"), made)
    classes = [c for c in made.values() if isinstance(c, type) and c.__module__ == "printed"]
    found: type[torch.nn.Module] = classes[-1]
    return found


# --- first weights -----------------------------------------------------------------------------------------------------------------


def differing_weights(project: Project, seed: int) -> list[str]:
    """The keys whose first weights differ between the program and the printed class."""
    ours = compile_project(project, seed=seed).net.state_dict()
    made = printed_class(project)
    torch.manual_seed(seed)
    theirs = made().state_dict()
    assert list(ours) == list(theirs)
    return [key for key in ours if not torch.equal(ours[key], theirs[key])]


@pytest.mark.parametrize("name", [t.name for t in template_list() if t.parameters <= SMALL])
def test_the_same_seed_gives_the_same_first_weights(name: str) -> None:
    assert differing_weights(open_project(name), 3) == []


def test_the_same_seed_gives_random_graphs_the_same_first_weights() -> None:
    assert {seed: keys for seed in range(120) if (keys := differing_weights(random_project(seed), seed))} == {}


class Draws(TorchDispatchMode):
    """Writes down every call that draws random numbers: which, of what size, between which bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Any, ...]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if torch.Tag.nondeterministic_seeded in func.tags:
            self.seen.append((str(func), tuple(args[0].shape), *args[1:]))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", [t.name for t in template_list() if t.parameters > SMALL])
def test_large_networks_draw_the_same_numbers_in_the_same_order(name: str) -> None:
    project = open_project(name)
    with Draws() as ours:
        compile_project(project, device="meta")
    made = printed_class(project)
    with torch.device("meta"), Draws() as theirs:
        made()
    assert ours.seen
    assert ours.seen == theirs.seen
