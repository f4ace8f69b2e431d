from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.compiling.test_module import STAGE, convolutional
from tests.conftest import Amount
from tests.counting import count_calls
from tests.graphs import graph, random_project
from visualnet.cli.common import open_project, template_names
from visualnet.compiling.module import compile_project
from visualnet.compiling.plan import GraphError
from visualnet.compiling.source_code.code_layout import lay_out, write_docstring
from visualnet.compiling.source_code.source import model_source
from visualnet.core.graph import Init
from visualnet.core.project import Block, Project
from visualnet.templates.index import template_list


def executed(source: str) -> dict[str, Any]:
    made: dict[str, Any] = {"__name__": "printed"}
    exec(compile(source, "model.py", "exec"), made)
    return made


def chain(*nodes: tuple[str, str, dict[str, Any]], size: tuple[int, ...] = (4,), **rest: Any) -> Project:
    wires = [
        f"{a[0]}.{'x' if i == 0 else 'y'} -> {b[0]}.x"
        for i, (a, b) in enumerate(zip([("x",), *nodes], [*nodes, ("out",)], strict=True))
    ]
    project = Project(graph=graph([("x", "input", {"size": size}), *nodes, ("out", "output", {})], wires))
    return msgspec.structs.replace(project, **rest)


def test_the_page_reads_as_one_would_write_it() -> None:
    nodes = [
        ("fc1", "linear", {"out_features": 8}),
        ("relu", "relu", {}),
        ("fc2", "linear", {"out_features": 2, "bias": False}),
    ]
    source = model_source(chain(*nodes, name="two layers"))
    assert (
        source.partition("\n\n")[2]
        == """import torch.nn.functional as F
from torch import Tensor, nn


class TwoLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        \"\"\"Map x B×4 to out B×2.\"\"\"
        h: Tensor = self.fc1(x)  # 8
        h = F.relu(h)
        h = self.fc2(h)  # 2
        return h
"""
    )


def test_a_block_is_a_class_whose_differing_figures_are_arguments() -> None:
    source = model_source(convolutional())
    assert "self.stage = Stage()" in source
    nodes = [("image", "input", {"size": (3, 8, 8)})]
    nodes += [(f"s{i}", "block:Stage", {"c": c}) for i, c in enumerate((4, 4, 8))]
    wires = ["image.x -> s0.image", "s0.out -> s1.image", "s1.out -> s2.image", "s2.out -> out.x"]
    project = Project(graph=graph([*nodes, ("out", "output", {})], wires, s1={"repeat": 3}), blocks={"Stage": STAGE})
    source = model_source(project)
    assert source.count("class Stage") == 1
    assert "def __init__(self, in_channels: int, c: int) -> None:" in source
    assert "self.conv = nn.Conv2d(in_channels, c, kernel_size=3, padding=1)" in source
    assert "self.s1 = nn.Sequential(*(Stage(in_channels=4, c=4) for _ in range(3)))" in source
    assert "= self.conv(image)  # c×8×8" in source  # as the constructor's argument is called


def test_first_weights_and_frozen_layers_are_printed() -> None:
    fields = {
        "conv1": {"init": Init("kaiming_normal")},
        "fc": {"init": Init("normal", {"std": 0.5}), "trainable": False},
    }
    source = model_source(convolutional(**fields))
    for line in (
        "draw_weights(self.conv1, nn.init.kaiming_normal_)",
        "draw_weights(self.fc, nn.init.normal_, std=0.5)",
        "self.fc.requires_grad_(False)",
    ):
        assert line in source


def test_a_loss_that_rests_on_more_than_the_answers_takes_it_from_the_same_pass() -> None:
    """The answer is a softmax, the loss wants the logits: one method gives both."""
    nodes = [
        ("x", "input", {"size": (4,)}),
        ("fc", "linear", {"out_features": 3}),
        ("prob", "softmax", {}),
        ("out", "output", {}),
    ]
    nodes += [("label", "target", {}), ("ce", "cross_entropy", {}), ("right", "accuracy", {})]
    wires = ["x.x -> fc.x", "fc.y -> prob.x", "prob.y -> out.x", "fc.y -> ce.logits", "label.y -> ce.target"]
    wires += ["prob.y -> right.logits", "label.y -> right.target"]
    project = Project(graph=graph(nodes, wires))
    model = compile_project(project, seed=0)
    source = model_source(project)
    assert source.count("self.fc(") == 1
    made = executed(source)
    net = made["Untitled"]()
    net.load_state_dict(model.net.state_dict())
    x, label = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1])
    out, fc = net.compute(x)
    results = model.objective(image=x, label=label)
    assert torch.equal(net(x), out)
    assert torch.equal(made["loss"](fc, label), results["loss"])
    assert made["metrics"](out, label) == {"right": results["right"]}


def test_a_loss_with_a_layer_of_its_own_is_a_method() -> None:
    nodes = [
        ("x", "input", {"size": (4,)}),
        ("body", "linear", {"out_features": 5}),
        ("out", "output", {}),
        ("head", "linear", {"out_features": 3}),
        ("label", "target", {}),
        ("ce", "cross_entropy", {}),
    ]
    wires = ["x.x -> body.x", "body.y -> out.x", "body.y -> head.x", "head.y -> ce.logits", "label.y -> ce.target"]
    project = Project(graph=graph(nodes, wires))
    model = compile_project(project, seed=0)
    source = model_source(project)
    assert source.count("self.body(") == source.count("self.head(") == 1
    net = executed(source)["Untitled"]()
    net.load_state_dict(model.net.state_dict())
    x, label = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1])
    assert torch.equal(net.loss(net(x), label), model.objective(image=x, label=label)["loss"])


def test_figures_of_functions_become_arguments_as_those_of_modules_do() -> None:
    """Places of a block that differ in where a slice begins share a class."""
    middle = Block(
        graph=graph(
            [("x", "input", {}), ("cut", "slice", {"start": "margin", "stop": "-margin"}), ("y", "output", {})],
            ["x.x -> cut.x", "cut.y -> y.x"],
        ),
        params={"margin": 1},
    )
    nodes = [("x", "input", {"size": (20,)}), ("a", "block:Crop", {"margin": 2}), ("b", "block:Crop", {"margin": 3})]
    wires = ["x.x -> a.x", "a.y -> b.x", "b.y -> out.x"]
    project = Project(graph=graph([*nodes, ("out", "output", {})], wires), blocks={"Crop": middle})
    source = model_source(project)
    assert source.count("class Crop") == 1
    assert "return x[:, self.margin : -self.margin]" in source
    x = torch.rand(2, 20)
    assert torch.equal(executed(source)["Untitled"]()(x), x[:, 5:-5])


HOSTILE = '''"""\nimport os; os.abort()\n"""\r\x0cimport os\u2028os.abort()\u202e\x00 # "'''


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("coding: utf-7", "+AAo-raise SystemExit(3) +AAo-"),
        ("-*- coding=utf_7 -*-", "+AAo-raise SystemExit(3) +AAo-"),
        ("plain", "vim: set fileencoding=utf-7 :\n+AAo-raise SystemExit(3) +AAo-"),
        ("cod\u200bing: utf-7", "+AAo-raise SystemExit(3) +AAo-"),
    ],
)
def test_no_name_or_note_says_how_the_printed_file_is_read(name: str, note: str) -> None:
    """Python takes the encoding from a comment in the first two lines; in UTF-7 a comment can hold a line break, and then code."""
    text = model_source(msgspec.structs.replace(convolutional(), name=name, note=note))
    assert "utf" in text and "+AAo-raise" in text
    assert ast.dump(ast.parse(text.encode())) == ast.dump(ast.parse(text))


def test_text_from_a_file_stays_in_comments_and_docstrings() -> None:
    block = msgspec.structs.replace(STAGE, note=HOSTILE)
    project = msgspec.structs.replace(convolutional(), name=HOSTILE, note=HOSTILE, blocks={"Stage": block})
    tree = ast.parse(model_source(project))
    assert {type(node) for node in tree.body} == {ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef}
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for a in node.names}
    assert imported == {"torch", "torch.nn.functional", "Tensor", "nn"}
    calls = {
        node.value.id for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert calls <= {"self", "nn", "torch", "F", "x", "logits", "label"}
    stage = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Stage")
    assert "os.abort()" in (ast.get_docstring(stage) or "")
    assert [type(node) for node in stage.body] == [ast.Expr, ast.FunctionDef, ast.FunctionDef]


@given(st.text(alphabet="\"\\'a #\n{}", max_size=40))
def test_nothing_ends_a_docstring(text: str) -> None:
    lines = ["def f():", *(f"    {line}" for line in write_docstring(text, 100, 1)), "    return 1"]
    (function,) = ast.parse("\n".join(lines)).body
    assert isinstance(function, ast.FunctionDef)
    told = ast.get_docstring(function, clean=False) or ""
    assert told.split() == text.split()


@pytest.mark.parametrize("name", ["import os", "1", "class", "Tensor", "nn", "self", "größe", "…"])
def test_any_names_of_blocks_and_projects_print(name: str) -> None:
    project = convolutional()
    nodes = {
        i: msgspec.structs.replace(n, kind=f"block:{name}") if n.block else n for i, n in project.graph.nodes.items()
    }
    renamed = msgspec.structs.replace(project.graph, nodes=nodes)
    project = msgspec.structs.replace(project, name=name, graph=renamed, blocks={name: STAGE})
    made = executed(model_source(project))
    net = [c for c in made.values() if isinstance(c, type) and c.__module__ == "printed"][-1]()
    assert list(net.state_dict()) == list(compile_project(project).net.state_dict())


def test_two_blocks_whose_classes_would_have_one_name_get_two() -> None:
    other = Block(
        graph=graph([("x", "input", {}), ("r", "relu", {}), ("y", "output", {})], ["x.x -> r.x", "r.y -> y.x"])
    )
    nodes = [
        ("x", "input", {"size": (4,)}),
        ("a", "block:my block", {}),
        ("b", "block:MyBlock", {}),
        ("out", "output", {}),
    ]
    project = Project(
        graph=graph(nodes, ["x.x -> a.x", "a.y -> b.x", "b.y -> out.x"]), blocks={"my block": other, "MyBlock": other}
    )
    source = model_source(project)
    assert "class MyBlock(" in source
    assert "class MyBlock_2(" in source


def test_errors_are_refused() -> None:
    with pytest.raises(GraphError, match="relu: nothing is connected"):
        model_source(
            Project(graph=graph([("x", "input", {}), ("relu", "relu", {}), ("o", "output", {})], ["relu.y -> o.x"]))
        )


@pytest.mark.wide
@pytest.mark.more
def test_what_is_printed_passes_a_strict_linter(tmp_path: Path, amount: Amount) -> None:
    for name in template_names()[1 :: amount(6, wide=1, thorough=1)]:
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(model_source(open_project(name)), encoding="utf-8")
    for seed in range(25):
        (tmp_path / f"random_{seed}.py").write_text(model_source(random_project(seed)), encoding="utf-8")
    rules = ["check", "--isolated", "--select", "E,F,W,B,PLE", "--ignore", "E501,B018", str(tmp_path)]
    ended = subprocess.run([sys.executable, "-m", "ruff", *rules], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout[-3000:]


def test_a_call_of_which_one_result_is_taken_is_broken_as_the_formatter_does() -> None:
    lines = ["class A:"]
    for length in range(30):
        line = f"y = self.attention(input2, input2, input2, need_weights=False, more={'a' * (length + 8)})[0]"
        lines += [f"    def f{length}(self):", *(f"        {part}" for part in lay_out(line, 2)), ""]
    text = "\n".join(lines[:-1]) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"]
    assert subprocess.run(command, input=text, capture_output=True, text=True, timeout=60).stdout == text


@pytest.mark.few(4)
@pytest.mark.parametrize("name", [t.name for t in template_list() if t.parameters < 500_000])
def test_templates_print_what_runs_without_this_program(name: str) -> None:
    project = open_project(name)
    source = model_source(project)
    assert "import visualnet" not in source
    assert "from visualnet" not in source
    model = compile_project(project, seed=0)
    made = executed(source)
    net = [c for c in made.values() if isinstance(c, type) and c.__module__ == "printed"][-1]()
    net.load_state_dict(model.net.state_dict())
    specs = [next(iter(s.facts.leaving.values())) for s in model.plan.net_inputs]
    shapes = [(2, *map(int, spec.shape)) for spec in specs]
    inputs = [
        torch.randint(2, shape) if spec.dtype == "int" else torch.rand(shape)
        for spec, shape in zip(specs, shapes, strict=True)
    ]
    model.net.eval()
    net.eval()
    ours, theirs = model.net(*inputs), net(*inputs)
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    else:
        assert torch.equal(ours, theirs)


def test_a_block_whose_places_take_one_number_and_several_prints_a_class_each() -> None:
    """A window of 3×3 is written as one number, one of 3×2 as two: such places cannot share a class."""
    from tests.graphs import random_project

    assert model_source(random_project(1323)).count("class ") > 1


def test_many_places_that_all_differ_are_not_compared_in_pairs() -> None:
    """Each is held against the first of its kind, not against all others; what grows evenly is a range."""
    inner = graph(
        [("x", "input", {}), ("fc", "linear", {"out_features": 3}), ("both", "concatenate", {}), ("y", "output", {})],
        ["x.x -> fc.x", "x.x -> both.x1", "fc.y -> both.x2", "both.y -> y.x"],
    )
    nodes = [("x", "input", {"size": (4,)}), ("dense", "block:Dense", {}), ("y", "output", {})]
    outer = graph(nodes, ["x.x -> dense.x", "dense.y -> y.x"], dense={"repeat": 400})
    source, calls = count_calls(lambda: model_source(Project(graph=outer, blocks={"Dense": Block(graph=inner)})))
    assert calls < 1_000_000
    assert "nn.Sequential(*(Dense(in_features=n) for n in range(4, 1204, 3)))" in source
