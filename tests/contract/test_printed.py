"""What is printed is held as a stranger would hold it: the same seed, a linter, a type checker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.conftest import Amount
from tests.contract.test_random_graphs import fields, objectives_agree
from tests.graphs import random_project
from tests.sampling import one_in
from visualnet.cli.common import open_project, template_names
from visualnet.compiling.module import compile_project
from visualnet.compiling.source_code import source
from visualnet.compiling.source_code.source import model_source
from visualnet.core.project import Project
from visualnet.templates.index import template_list

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


@pytest.mark.few(4)
@pytest.mark.parametrize("name", one_in(9, [t.name for t in template_list() if t.parameters <= SMALL]))
def test_the_same_seed_gives_the_same_first_weights(name: str) -> None:
    assert differing_weights(open_project(name), 3) == []


@pytest.mark.more
def test_the_same_seed_gives_random_graphs_the_same_first_weights(amount: Amount) -> None:
    seeds = range(amount(15, wide=120, thorough=500))
    assert {seed: keys for seed in seeds if (keys := differing_weights(random_project(seed), seed))} == {}


class Draws(TorchDispatchMode):
    """Writes down every call that draws random numbers: which, of what size, between which bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Any, ...]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if torch.Tag.nondeterministic_seeded in func.tags:
            self.seen.append((str(func), tuple(args[0].shape), *args[1:]))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", one_in(6, [t.name for t in template_list() if t.parameters > SMALL]))
def test_large_networks_draw_the_same_numbers_in_the_same_order(name: str) -> None:
    project = open_project(name)
    with Draws() as ours:
        compile_project(project, device="meta")
    made = printed_class(project)
    with torch.device("meta"), Draws() as theirs:
        made()
    assert ours.seen
    assert ours.seen == theirs.seen


# --- loss and metrics --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", one_in(9, [t.name for t in template_list() if t.parameters < 500_000], begin=1))
def test_loss_and_metrics_give_what_the_program_shows(name: str) -> None:
    project = open_project(name)
    model = compile_project(project, seed=0)
    made: dict[str, Any] = {"__name__": "printed"}
    exec(compile(model_source(project), "model.py", "exec"), made)
    printed = [c for c in made.values() if isinstance(c, type) and c.__module__ == "printed"][-1]()
    assert model.losses or model.metrics
    objectives_agree(model, fields(model, 1), printed, made)


@pytest.mark.few(5)
@pytest.mark.parametrize("name", one_in(9, template_names(), begin=2))
def test_no_layer_is_applied_twice(name: str) -> None:
    """Loss and metrics take what ``forward`` has computed."""
    model = compile_project(open_project(name), device="meta")
    text = model_source(model.project, model.analysis)
    network = text[text.rindex("(nn.Module):") :].partition("    def inverse(")[0]
    steps = [step.module for step in model.plan.main.steps if step.module]
    assert {m: network.count(f"self.{m}(") for m in steps} == {m: steps.count(m) for m in steps}


# --- a linter and a type checker ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, amount: Amount) -> Path:
    """The templates' files, those of some random graphs, and one with every class and function that printed files may hold.

    The suite prints every sixth template, CI all.
    """
    folder = tmp_path_factory.mktemp("printed")
    names = template_names()[:: amount(6, wide=1, thorough=1)]
    texts = {name.replace("-", "_").replace(".", "_"): model_source(open_project(name)) for name in names}
    texts |= {f"random_{seed}": model_source(random_project(seed)) for seed in range(amount(10, wide=40, thorough=40))}
    pieces = "\n\n\n".join(source.read_definitions().values())
    texts["every_piece"] = "\n".join([*source.imports(pieces), "", "", pieces, ""])
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, *command: str) -> str:
    """What a tool complains of; empty if of nothing. It reads none of this repository's settings."""
    ended = subprocess.run(
        [sys.executable, "-m", *command, "."], cwd=folder, capture_output=True, text=True, timeout=240
    )
    return "" if ended.returncode == 0 else (ended.stdout + ended.stderr)[-4000:]


@pytest.mark.more
def test_ruff_finds_nothing(files: Path) -> None:
    """Its own rules, no builtin hidden (A), no line over 100 columns (E501)."""
    strict = ("--isolated", "--no-cache", "--line-length", "100")
    assert run(files, "ruff", "check", *strict, "--extend-select", "A,E501") == ""
    assert run(files, "ruff", "format", "--diff", *strict) == ""


@pytest.mark.wide
@pytest.mark.timeout(300)
def test_mypy_finds_nothing(files: Path) -> None:
    assert run(files, "mypy", "--strict", "--config-file=", "--cache-dir=.mypy_cache") == ""
