"""The way back through drawn flows: any drawing of layers that can be undone is undone, and its log_det is that of the Jacobian."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import visualnet as vn
from tests.sampling import examples
from visualnet.analysis import Problem, infer
from visualnet.analysis.flows.problems import find_flows
from visualnet.compiling.flows.inverse_program import build_inverse
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.names import class_name
from visualnet.compiling.plan import GraphError
from visualnet.compiling.source_code.source import model_source
from visualnet.core.graph import Node, Port
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.resources import resource

STEPS = ("act_norm", "invertible_conv", "permutation", "coupling", "flip", "squeeze", "split_swap")


def drawn(shape: tuple[int, ...], steps: list[str]) -> Project:
    """A flow of these steps on samples of this size."""
    net = vn.Graph("flow")
    x = net.input(field="image", size=shape)
    log_det: Any = None
    at = net.act_norm(x, name="first")
    x, log_det = at, at["log_det"]
    for step in steps:
        channels = x.shape[0]
        if step in ("act_norm", "invertible_conv"):
            at = getattr(net, step)(x, log_det)
            x, log_det = at, at["log_det"]
        elif step == "coupling" and channels > 1:
            halves = net.split(x)
            other = halves["y2"].shape[0]
            made = (
                net.conv2d(halves, out_channels=2 * other, kernel_size=3, padding=1)
                if len(shape) == 3
                else net.linear(halves, out_features=2 * other)
            )
            at = net.affine_coupling(halves["y2"], net.tanh(made), log_det)
            x, log_det = net.concatenate(halves, at), at["log_det"]
        elif step == "split_swap" and channels > 1:
            halves = net.split(x)
            x = net.concatenate(halves["y2"], halves)
        elif step == "squeeze" and len(shape) == 3 and all(n % 2 == 0 for n in x.shape[1:]):
            x = net.pixel_unshuffle(x)
        elif step in ("permutation", "flip"):
            x = net.permutation(x, order="dealt", seed=len(steps)) if step == "permutation" else net.flip(x)
    z = net.flatten(x) if len(x.shape) > 1 else x
    net.flow_nll(z, log_det, name="surprise")
    net.output(z, name="z")
    return net.project


def stirred(project: Project, by: float = 0.2) -> Model:
    """The network with random weights, in double precision."""
    model = compile_project(project, seed=0)
    model.net.double().eval()
    for weight in model.net.parameters():
        weight.data += by * torch.randn_like(weight)
    return model


@settings(max_examples=examples(25, wide=100, thorough=600))
@given(
    st.sampled_from([(2,), (3,), (5,), (2, 2, 2), (1, 4, 4), (3, 2, 4)]),
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=6),
    st.integers(0, 1000),
)
def test_any_drawn_flow_is_undone_and_its_log_det_is_that_of_the_jacobian(
    shape: tuple[int, ...], steps: list[str], seed: int
) -> None:
    torch.manual_seed(seed)
    model = stirred(drawn(shape, steps))
    (flow,) = find_flows(model.analysis.main)
    assert not flow.missing
    assert not [p for p in model.analysis.problems if p.severity in ("error", "warning") and p.code != "no-target"]
    x = torch.randn(2, *shape, dtype=torch.float64)
    assert flow.log_det is not None
    z, log_det = model.view([((p.node,), p.port) for p in (flow.latent, flow.log_det)])(x)
    (back,) = build_inverse(model, flow)(z, None)
    torch.testing.assert_close(back, x, atol=1e-5, rtol=1e-5)
    jacobian = torch.autograd.functional.jacobian(lambda flat: model.net(flat.reshape(1, *shape))[0], x[0].flatten())
    torch.testing.assert_close(log_det[0], torch.linalg.slogdet(jacobian)[1], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("name", ["realnvp-points", "glow-small"])
def test_the_templates_are_undone_through_their_blocks(name: str) -> None:
    torch.manual_seed(0)
    project = project_file.load(resource("templates", f"{name}.vnet"))
    model = stirred(project, 0.05)
    (flow,) = find_flows(model.analysis.main)
    x = torch.rand(3, 2, dtype=torch.float64) if name == "realnvp-points" else torch.randint(17, (3, 1, 8, 8)) / 16.0
    program = build_inverse(model, flow)
    (back,) = program(model.net(x.double()), None)
    torch.testing.assert_close(back, x, atol=1e-5, rtol=1e-5, check_dtype=False)
    assert dict(program.named_parameters()).keys() == dict(model.net.named_parameters()).keys()


@pytest.mark.parametrize("name", ["realnvp-points", "glow-small"])
def test_the_printed_network_walks_back_to_the_same_bits(name: str) -> None:
    torch.manual_seed(0)
    project = project_file.load(resource("templates", f"{name}.vnet"))
    model = compile_project(project, seed=0)
    space: dict[str, Any] = {}
    exec(model_source(project), space)
    printed = space[class_name(project.name)]()
    printed.load_state_dict(model.net.state_dict())
    printed.eval()
    model.net.eval()
    (flow,) = find_flows(model.analysis.main)
    z = torch.randn(4, *flow.way.facts.nodes[flow.latent.node].leaving[flow.latent.port].shape)
    (back,) = build_inverse(model, flow)(z, None)
    assert torch.equal(printed.inverse(z), back)


def of_code(project: Project, code: str) -> list[Problem]:
    return [p for p in infer(project).problems if p.code == code]


def test_a_layer_without_an_inverse_is_named_with_a_way_out() -> None:
    net = vn.Graph("flow")
    first = net.act_norm(net.input(field="image", size=(4,)), name="first")
    bent = net.relu(first, name="bend")
    net.flow_nll(bent, first["log_det"], name="surprise")
    (problem,) = of_code(net.project, "not-invertible")
    assert problem.severity == "error"
    assert net.project.graph.nodes[problem.node].name == "bend"
    assert "“bend” (ReLU) cannot be undone (4 → 4)" in problem.words
    assert "Affine coupling" in problem.words
    assert "network of a coupling" in problem.words
    with pytest.raises(GraphError, match="bend"):
        compile_project(net.project)


def test_a_layer_that_loses_numbers_at_these_sizes_is_named() -> None:
    net = vn.Graph("flow")
    first = net.act_norm(net.input(field="image", size=(4,)), name="first")
    narrow = net.linear(first, out_features=2, name="narrow")
    net.flow_nll(narrow, first["log_det"])
    (problem,) = of_code(net.project, "not-invertible")
    assert "“narrow” (Linear) cannot be undone (4 → 2)" in problem.words


def test_the_layer_is_named_through_its_block() -> None:
    project = project_file.load(resource("templates", "realnvp-points.vnet"))
    block = project.blocks["coupling"]
    graph = block.graph
    end = next(port for port in graph.wires if graph.nodes[port.node].name == "y")
    nodes = {**graph.nodes, "n99": Node(id="n99", kind="relu", name="bend")}
    wires = {**graph.wires, Port("n99", "x"): graph.wires[end], end: Port("n99", "y")}
    bent = replace(block, graph=replace(graph, nodes=nodes, wires=wires))
    broken = replace(project, blocks={**project.blocks, "coupling": bent})
    problems = of_code(broken, "not-invertible")
    assert len(problems) == 1
    assert "“bend” (ReLU) in “step6”" in problems[0].words


def test_a_log_determinant_that_leads_nowhere_is_told() -> None:
    net = vn.Graph("flow")
    first = net.act_norm(net.input(field="image", size=(4,)), name="first")
    second = net.invertible_conv(first, name="second")
    net.flow_nll(second, second["log_det"], name="surprise")
    (problem,) = of_code(net.project, "uncounted-volume")
    assert "“first”" in problem.words
    counted = replace(
        net.project, graph=replace(net.project.graph, wires={**net.project.graph.wires, **_wire(net.project)})
    )
    assert not of_code(counted, "uncounted-volume")


def _wire(project: Project) -> dict[Port, Port]:
    ids = {node.name: node.id for node in project.graph}
    return {Port(ids["second"], "log_det"): Port(ids["first"], "log_det")}


def test_the_network_must_give_shift_and_scale_of_the_right_size() -> None:
    net = vn.Graph("flow")
    halves = net.split(net.input(field="image", size=(4,)), name="halves")
    with pytest.raises(ValueError, match="the network must give 4 \\(4 channels\\), and gives 3"):
        net.affine_coupling(halves["y2"], net.linear(halves, out_features=3))


def test_an_input_that_is_judged_as_it_is_has_no_way_back_to_print() -> None:
    net = vn.Graph("flow")
    image = net.input(field="image", size=(4,))
    net.output(net.silu(net.input(field="other", size=(2,))))
    net.flow_nll(image, net.target(field="volume", size=(), dtype="float"), name="surprise")
    source = model_source(net.project)
    compile(source, "model.py", "exec")
    assert "def inverse" not in source
