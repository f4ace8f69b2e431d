"""Names that Python, torch or ``torch.fx`` keep for themselves: what the analysis finds no fault with compiles, prints and runs the same.

A name that a file may not hold at all is refused when it is opened (``core.naming``); here stands what gets past that, and more: projects
as values, whose names nobody has looked at.
"""

from __future__ import annotations

import builtins
import keyword
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import fx, nn

from tests.conftest import Amount
from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.names import safe_name
from visualnet.compiling.source_code.source import model_source
from visualnet.core import names as naming
from visualnet.core.project import Block, Project
from visualnet.layers.custom import shape_language

NAMES = sorted(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *dir(fx.GraphModule(nn.Module(), fx.Graph())),
        *vars(nn.Module()),
        *("inf", "nan", "NoneType", "device", "torch", "nn", "F", "math", "Tensor", "Callable", "self", "cls"),
        *(
            "x",
            "h",
            "y",
            "n",
            "weight",
            "loss",
            "metrics",
            "compute",
            "forward_",
            "sum_",
            "Net",
            "Chain",
            "draw_weights",
        ),
        *("ﬁ", "fi", "größe", "K", "\u212a", "ſ", "ｘ", "ªb", "_", "__", "_modules", "T_destination"),
    }
)
OLD = "NoneType Tensor device dict getattr inf meta nan range shape_env super"
"""What a file may hold and a module has never been called."""
PAIRS = [
    ("ﬁ", "fi"),
    ("\u212a", "K"),
    ("sum", "sum_"),
    ("class", "class_"),
    ("ſ", "s"),
    ("forward", "forward_"),
    ("ｘ", "x"),
]
PLACES = ("input", "layer", "function", "target", "loss", "output", "block", "parameter", "field")


def project(**names: str) -> Project:
    """A small classifier with one place for each kind of name."""
    named = {place: f"{place}_0" for place in PLACES} | names
    i, layer, function, target, loss, output = (named[place] for place in PLACES[:6])
    inner = graph(
        [(i, "input", {}), (layer, "linear", {"out_features": named["parameter"]}), (output, "output", {})],
        [f"{i}.x -> {layer}.x", f"{layer}.y -> {output}.x"],
    )
    nodes = [
        (i, "input", {"size": (4,), "field": named["field"]}),
        (layer, "linear", {"out_features": 3}),
        (function, "relu", {}),
        ("a_0", f"block:{named['block']}", {named["parameter"]: 5}),
        ("b_0", f"block:{named['block']}", {named["parameter"]: 6}),
        (output, "output", {}),
        (target, "target", {"field": "truth_0"}),
        (loss, "cross_entropy", {}),
    ]
    wires = [
        f"{i}.x -> {layer}.x",
        f"{layer}.y -> {function}.x",
        f"{function}.y -> a_0.{i}",
        f"a_0.{output} -> b_0.{i}",
    ]
    wires += [f"b_0.{output} -> {output}.x", f"b_0.{output} -> {loss}.logits", f"{target}.y -> {loss}.target"]
    block = Block(graph=inner, params={named["parameter"]: 2})
    return Project(name=named["block"], graph=graph(nodes, wires), blocks={named["block"]: block})


def held(made: Project) -> str:
    """The printed source of a project that the analysis finds clean, after it has run as the program runs it."""
    analysis = infer(made)
    assert [p.words for p in analysis.errors()] == []
    model = compile_project(made, analysis, seed=1)
    source = model_source(made, analysis)
    found: dict[str, Any] = {"__name__": "printed"}
    exec(compile(source, "model.py", "exec"), found)
    kinds = [c for c in found.values() if isinstance(c, type) and c.__module__ == "printed"]
    torch.manual_seed(1)
    printed = kinds[-1]()
    theirs, ours = printed.state_dict(), model.net.state_dict()
    assert list(theirs) == list(ours)
    assert all(torch.equal(theirs[key], ours[key]) for key in ours)
    _run(model, printed, found["loss"])
    return source


def _run(model: Model, printed: Any, loss: Any) -> None:
    x, label = torch.rand(2, 4), torch.tensor([0, 1])
    results = model.objective(x, label)
    answer = printed(**dict(zip(model.inputs, (x,), strict=True)))
    assert torch.equal(answer, model.net(**dict(zip(model.inputs, (x,), strict=True))))
    assert torch.equal(loss(answer, label), results["loss"])
    assert [len(seen) for seen in model.view([(("n2",), "y")])(x, label)] == [2]


@pytest.mark.wide
@pytest.mark.more
def test_a_kept_name_is_clean_only_if_it_runs(tmp_path: Path, amount: Amount) -> None:
    """Each name in each place, several at a time."""
    failed = {}
    for number in range(0, len(NAMES), amount(5, wide=1, thorough=1)):
        names = {place: NAMES[(number + 7 * at) % len(NAMES)] for at, place in enumerate(PLACES)}
        if not names["parameter"].isascii():  # no expression can name it, and the analysis says so
            assert infer(project(**names)).errors()
            names.pop("parameter")
        try:
            source = held(project(**names))
        except Exception as error:
            failed[str(names)] = f"{type(error).__name__}: {error}"[:300]
            continue
        (tmp_path / f"name_{number}.py").write_text(source, encoding="utf-8")
    assert failed == {}
    checks = ["check", "--isolated", "--select", "A,E4,E7,E9,F,PLE", "--no-cache", str(tmp_path)]
    ended = subprocess.run([sys.executable, "-m", "ruff", *checks], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout[-3000:]


@pytest.mark.few(3)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_names_that_python_takes_for_one_stay_two(one: str, other: str) -> None:
    held(project(layer=one, function=other))
    held(project(layer=one, loss=other))
    held(project(input=one, target=other))
    held(project(field=one, input=other))


def test_two_fields_that_python_takes_for_one_stay_two() -> None:
    nodes = [
        ("a", "input", {"size": (3,), "field": "ﬁ"}),
        ("b", "input", {"size": (3,), "field": "fi"}),
        ("minus", "subtract", {}),
        ("out", "output", {}),
    ]
    model = compile_project(Project(graph=graph(nodes, ["a.x -> minus.x1", "b.x -> minus.x2", "minus.y -> out.x"])))
    assert model.fields == ("ﬁ", "fi")
    assert model.objective(torch.ones(2, 3), torch.zeros(2, 3))["out"].sum() == 6


def test_what_a_file_may_hold_keeps_its_keys() -> None:
    """Old checkpoints hold them: what a variable is called must not change them."""
    allowed = [name for name in NAMES if not naming.fault_in_name(name)]
    changed = {name for name in allowed if safe_name(name) != name}
    assert changed == {*OLD.split()}
    keys = compile_project(project(layer="sum"), device="meta").net.state_dict()
    assert "sum.weight" in keys


@pytest.mark.parametrize("text", ["ﬁ=1, fi=2", "class=C", "None=1", "__debug__=1", "match=1, match=2"])
def test_arguments_of_an_own_class_that_python_would_refuse_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of an argument"):
        shape_language.read_arguments(text)
