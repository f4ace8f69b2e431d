"""Every way to start weights, walked through the registry and held against torch: compiled, printed, and by the formula of its spread."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from torch import nn

from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.analysis.repair.search import repairs
from visualnet.compiling.module import compile_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core import expressions
from visualnet.core.edits import block_parameters
from visualnet.core.graph import Init
from visualnet.core.project import Block, Project
from visualnet.layers.declaration.initialization import INITIALIZATIONS, SYMBOLS, Initialization, resolve_init
from visualnet.layers.declaration.params import Choice

OTHER_VALUES: dict[str, dict[str, Any]] = {
    "constant": {"val": -0.3},
    "normal": {"std": 0.5, "mean": 0.25},
    "uniform": {"a": 0.1, "b": 0.7},
    "xavier_uniform": {"gain": 1.6},
    "xavier_normal": {"gain": 0.5},
    "kaiming_uniform": {"mode": "fan_out", "nonlinearity": "tanh"},
    "kaiming_normal": {"a": 0.2, "nonlinearity": "leaky_relu"},
    "orthogonal": {"gain": 1.4},
    "trunc_normal": {"std": 1.0, "mean": 0.5, "a": -1.0, "b": 1.0},
}
KINDS: dict[str, tuple[tuple[int, ...], dict[str, Any], Any]] = {
    "linear": ((12,), {"out_features": 7}, lambda: nn.Linear(12, 7)),
    "conv2d": ((4, 9, 9), {"out_channels": 6, "kernel_size": 3}, lambda: nn.Conv2d(4, 6, 3)),
    "conv_transpose2d": ((4, 5, 5), {"out_channels": 6, "kernel_size": 2}, lambda: nn.ConvTranspose2d(4, 6, 2)),
    "embedding": ((5,), {"num_embeddings": 11, "embedding_dim": 6}, lambda: nn.Embedding(11, 6)),
    "gru": ((5, 8), {"hidden_size": 6}, lambda: nn.GRU(8, 6, batch_first=True)),
    "lstm": ((5, 8), {"hidden_size": 6}, lambda: nn.LSTM(8, 6, batch_first=True)),
    "batch_norm2d": ((4, 6, 6), {}, lambda: nn.BatchNorm2d(4)),
}


def values_of(tag: str) -> list[dict[str, Any]]:
    return [{}, *([OTHER_VALUES[tag]] if INITIALIZATIONS[tag].params else [])]


CASES = [(tag, values) for tag in INITIALIZATIONS for values in values_of(tag)]


def drawn_by_torch(module: nn.Module, tag: str, values: dict[str, Any]) -> nn.Module:
    """What a person would write: torch's function on every matrix, zero on every bias."""
    if tag == "default":
        return module
    given = {name: values.get(name, param.default) for name, param in INITIALIZATIONS[tag].params.items()}
    for name, weight in module.named_parameters():
        if tag == "zeros" or "bias" in name:
            nn.init.zeros_(weight)
        elif weight.dim() > 1:
            getattr(nn.init, f"{tag}_")(weight, **given)
    return module


def network(kind: str, init: Init) -> Project:
    size, params, _ = KINDS[kind]
    nodes = [("x", "input", {"size": size, "dtype": "int"} if kind == "embedding" else {"size": size})]
    nodes += [("part", kind, params), ("after", "linear", {"out_features": 3}), ("y", "output", {})]
    facts = infer(Project(graph=graph(nodes, []))).main.nodes
    (source, *_), (target, *_) = facts["n2"].outputs, facts["n2"].inputs
    wires = [f"x.{next(iter(facts['n1'].outputs))} -> part.{target}", f"part.{source} -> after.x", "after.y -> y.x"]
    return Project(graph=graph(nodes, wires, part={"init": init}))


def executed(source: str, name: str, seed: int) -> dict[str, torch.Tensor]:
    made: dict[str, Any] = {}
    exec(compile(source, "printed", "exec"), made)
    torch.manual_seed(seed)
    found: dict[str, torch.Tensor] = made[name]().state_dict()
    return found


def assert_equal(found: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> None:
    assert list(found) == list(wanted)
    assert not [name for name in found if not torch.equal(found[name], wanted[name])]


@pytest.mark.few(15)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("tag", "values"), CASES)
def test_module_and_printed_code_start_with_torchs_bits(tag: str, values: dict[str, Any], kind: str) -> None:
    project = network(kind, Init(tag, values))
    compiled = compile_project(project, seed=3).net.state_dict()
    torch.manual_seed(3)
    part = drawn_by_torch(KINDS[kind][2](), tag, values)
    after = nn.Linear(
        *reversed(tuple(compiled["after.weight"].shape))
    )  # drawn next: nothing more and nothing less was drawn before
    both = {"part": part, "after": after}
    wanted = {f"{name}.{k}": v for name, module in both.items() for k, v in module.state_dict().items()}
    assert_equal(compiled, wanted)
    assert_equal(executed(model_source(project), "Untitled", 3), compiled)


@pytest.mark.parametrize(("tag", "values"), CASES)
def test_a_network_that_allocates_nothing_draws_nothing(tag: str, values: dict[str, Any]) -> None:
    """What weights a file would give is asked while a training may run, whose random numbers are not to be used up."""
    state = torch.default_generator.get_state()
    net = compile_project(network("conv2d", Init(tag, values)), device="meta").net
    assert {p.device.type for p in net.parameters()} == {"meta"}
    assert torch.equal(torch.default_generator.get_state(), state)


def block_of(value: str) -> Block:
    nodes = [("x", "input", {"size": (8,)}), ("fc", "linear", {"out_features": 8}), ("y", "output", {})]
    inside = graph(nodes, ["x.x -> fc.x", "fc.y -> y.x"], fc={"init": Init("normal", {"std": value})})
    return Block(graph=inside, params={"spread": 0.5})


def test_blocks_say_with_an_expression_how_their_weights_start() -> None:
    """Each place its own deviation, as one class with an argument; and a repeated block with as many draws."""
    nodes = [("x", "input", {"size": (8,)}), ("one", "block:part", {}), ("two", "block:part", {"spread": 0.1})]
    nodes += [("three", "block:part", {"spread": 0.1}), ("y", "output", {})]
    wires = ["x.x -> one.x", "one.y -> two.x", "two.y -> three.x", "three.y -> y.x"]
    project = Project(graph=graph(nodes, wires, three={"repeat": 3}), blocks={"part": block_of("2*spread")})
    assert not infer(project).errors()
    compiled = compile_project(project, seed=5).net.state_dict()
    torch.manual_seed(5)
    for name, std in (("one", 1.0), ("two", 0.2), ("three.0", 0.2), ("three.1", 0.2), ("three.2", 0.2)):
        layer = nn.Linear(8, 8)
        nn.init.normal_(layer.weight, std=std)
        assert torch.equal(compiled[f"{name}.fc.weight"], layer.weight) and not compiled[f"{name}.fc.bias"].any()
    source = model_source(project)
    assert source.count("class Part") == 1 and "draw_weights(self.fc, nn.init.normal_, std=std)" in source
    assert_equal(executed(source, "Untitled", 5), compiled)


def test_a_node_that_takes_over_all_its_weights_draws_as_the_printed_code_does() -> None:
    """What it drew before it took them over counts for those who draw after it."""
    nodes = [("x", "input", {"size": (4,), "dtype": "int"})]
    nodes += [("table", "embedding", {"num_embeddings": 9, "embedding_dim": 6})]
    nodes += [("tied", "linear", {"out_features": 9, "bias": False}), ("last", "linear", {"out_features": 2})]
    nodes += [("y", "output", {})]
    wires = ["x.x -> table.indices", "table.vectors -> tied.x", "tied.y -> last.x", "last.y -> y.x"]
    init = Init("normal", {"std": 0.3})
    project = Project(graph=graph(nodes, wires, tied={"shares": "n2", "init": init}, table={"init": init}))
    compiled = compile_project(project, seed=1).net.state_dict()
    assert torch.equal(compiled["tied.weight"], compiled["table.weight"])
    assert_equal(executed(model_source(project), "Untitled", 1), compiled)


@pytest.mark.parametrize(("tag", "values"), CASES)
@pytest.mark.parametrize("shape", [(60, 90), (40, 16, 3, 3)])
def test_the_formula_tells_what_torch_draws(tag: str, values: dict[str, Any], shape: tuple[int, ...]) -> None:
    init = resolve_init(Init(tag, values))
    if not init.deviation:
        assert init.variance(shape) is None and init.derivation(shape) is None
        return
    torch.manual_seed(0)
    weight = torch.empty(shape)
    getattr(nn.init, init.function)(weight, **init.values)
    variance = init.variance(shape)
    assert variance is not None
    assert float(weight.std(correction=0)) == pytest.approx(variance**0.5, rel=0.05, abs=1e-6)
    assert float(weight.mean()) == pytest.approx(init.center(), abs=max(0.05 * variance**0.5, 1e-6))
    derivation = init.derivation(shape)
    if tag in ("zeros", "constant", "normal"):
        assert derivation is None, "there is nothing to work out"
    else:
        assert derivation is not None and derivation.result == f"{variance**0.5:.4g}"


@pytest.mark.parametrize("tag", INITIALIZATIONS)
def test_declarations_are_torchs(tag: str) -> None:
    kind = INITIALIZATIONS[tag]
    assert len(kind.summary()) > 20 and kind.label
    if kind.function:
        assert kind.function == f"{tag}_"
        assert set(kind.params) <= set(inspect.signature(getattr(nn.init, kind.function)).parameters)
        assert expressions.parse(kind.deviation).names() <= SYMBOLS.keys()
    for param in kind.params.values():
        if isinstance(param, Choice) and param.name == "nonlinearity":
            gains = {option: nn.init.calculate_gain(option, 0.2) for option in param.options}
            own = {option: kind({"nonlinearity": option, "a": 0.2}).figures((4, 4))["g"] for option in gains}
            assert own == pytest.approx(gains)
        assert kind({param.name: param.default}).values == kind().values


def at(init: Init) -> list[tuple[str, str, str]]:
    problems = infer(network("linear", init)).problems
    return [(p.severity, p.at, p.words) for p in problems if p.node == "n2"]


@pytest.mark.parametrize(
    ("init", "place", "words"),
    [
        (Init("hopeful"), "init", "no way to start weights; it is one of default"),
        (Init("normal", {"std": -0.5}), "init.std", "must be at least 0"),
        (Init("normal", {"std": 1e30}), "init.std", "at most 1,000,000"),
        (Init("normal", {"std": "width"}), "init.std", "“width” is not known here"),
        (Init("kaiming_normal", {"nonlinearity": "hope"}), "init.nonlinearity", "it can be relu"),
        (Init("uniform", {"a": 1.0, "b": 1.0}), "init.a", "is not below the highest"),
        (Init("trunc_normal", {"mean": 9.0}), "init.mean", "nothing could be drawn"),
    ],
)
def test_what_cannot_be_is_told_and_repaired(init: Init, place: str, words: str) -> None:
    ((severity, where, told),) = at(init)
    assert (severity, where) == ("error", place) and words in told
    project = network("linear", init)
    analysis = infer(project)
    (problem,) = analysis.errors()
    offers = repairs(project, problem, analysis)
    assert offers and all(not infer(offer.edit(project)).errors() for offer in offers)


def test_what_is_not_known_is_kept_and_told() -> None:
    assert at(Init("zeros", {"std": 0.5})) == [], "it is for when the normal distribution is chosen again"
    ((severity, where, _),) = at(Init("zeros", {"hope": 0.5}))
    assert (severity, where) == ("warning", "init.hope")


def test_each_is_equal_to_itself_alone() -> None:
    every: list[Initialization] = [resolve_init(Init(tag, values)) for tag, values in CASES]
    assert len(set(every)) == len(CASES)
    assert resolve_init(Init("normal", {"std": "0.1 * 5", "mean": 0.25})) == resolve_init(
        Init("normal", OTHER_VALUES["normal"])
    )


def test_names_in_first_weights_follow_a_number_that_is_renamed_or_taken_away() -> None:
    project = Project(graph=graph([("one", "block:part", {"spread": 0.1})], []), blocks={"part": block_of("2*spread")})
    with pytest.raises(ValueError, match="spread is used by “fc”"):
        block_parameters.remove_number(project, "part", "spread")
    renamed = block_parameters.rename_number(project, "part", "spread", "width")
    assert renamed.blocks["part"].graph.named("fc").init == Init("normal", {"std": "2*width"})
    assert renamed.graph.named("one").params == {"width": 0.1}
    filled = block_parameters.remove_number(project, "part", "spread", substitute=True)
    assert filled.blocks["part"].graph.named("fc").init == Init("normal", {"std": 1.0})
