"""A network built in code as naturally as in torch, layer by layer; sizes are known and checked at each line.

net = Graph("LeNet")
image = net.input(1, 28, 28)
x = net.max_pool2d(net.relu(net.conv2d(image, 6, kernel_size=5, padding=2)), 2)
logits = net.linear(net.flatten(x), 10)
net.output(logits)
net.cross_entropy(logits, net.target())
"""

from __future__ import annotations

import difflib
import html
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack, cast

from msgspec.structs import replace

from visualnet.analysis import Analysis, Problem, infer
from visualnet.api.layer_methods import LayerMethods, no_layer
from visualnet.core import edits
from visualnet.core.graph import BLOCK_PREFIX, Node, Port
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.core.user import block_library
from visualnet.data.registry import fields_or_none
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Field, Ints, Param
from visualnet.training.recipe.settings import change

if TYPE_CHECKING:
    import torch

    from visualnet.api.recipe_settings import RecipeSettings
    from visualnet.compiling.module import Model

STEP = 256.0
"""How far apart nodes are put, in px of the canvas, until the graph is tidied."""


class LayerError(ValueError):
    """What was written cannot be a part of the network; the words say why."""


class Value:
    """What a node gives: one tensor of the network. ``+`` and ``*`` add and multiply, ``value["port"]`` is another output of the node."""

    def __init__(self, graph: Graph, port: Port) -> None:
        self.graph, self.port = graph, port

    @property
    def name(self) -> str:
        """The node's name, which is also the prefix of its weights in the ``state_dict``."""
        return self.graph.node(self.port.node).name

    @property
    def shape(self) -> tuple[int, ...]:
        """The size without the batch.

        Raises:
            LayerError: it is not known, because something before it does not fit.
        """
        spec = self.graph.analysis.main.nodes[self.port.node].leaving.get(self.port.port)
        if spec is None:
            raise LayerError(f"the size of “{self.name}” is not known: what arrives there does not fit")
        return tuple(int(n) for n in spec.shape)

    def __getitem__(self, port: str) -> Value:
        outputs = self.graph.outputs_of(self.port.node)
        if port not in outputs:
            raise LayerError(f"“{self.name}” has no output “{port}”; it has {', '.join(outputs)}")
        return Value(self.graph, Port(self.port.node, port))

    def __add__(self, other: Value) -> Value:
        return self.graph.apply("add", self, other)

    def __mul__(self, other: Value) -> Value:
        return self.graph.apply("multiply", self, other)

    def __repr__(self) -> str:
        spec = self.graph.analysis.main.nodes[self.port.node].leaving.get(self.port.port)
        return f"<{self.name}.{self.port.port}: {spec.text if spec is not None else 'size not known'}>"


class Graph(LayerMethods):
    """A network that grows line by line. Every layer type is a method: ``net.conv2d(x, 6, kernel_size=5)``.

    Tensors come first, then the layer's figures in the order of its page (``docs/layers.md``) or by name. ``project`` is the immutable
    value that is saved, compiled and trained; an existing one can be gone on with: ``Graph(project=visualnet.load("net.vnet"))``.
    """

    def __init__(self, name: str = "network", *, project: Project | None = None) -> None:
        self.project = project if project is not None else replace(Project(), name=name)
        self._data_chosen = project is not None
        """Whether inputs are held against the project's data set; own data are held against them when they are trained on."""
        self._analysis: Analysis | None = None

    # --- building ------------------------------------------------------------------------------------------------------------------

    def apply(self, kind: str, *given: Any, name: str = "", **params: Any) -> Value:
        """Add a layer of this type; its first output. ``name`` is its name on the canvas and in the ``state_dict``.

        Tensors go to the layer's inputs in their order, or to one of them by its name: ``net.gru(x, 64, packed=True, lengths=steps)``.

        Raises:
            LayerError: there is no such layer, parameter or input, or what arrives does not fit; the network stays as it was.
        """
        if kind not in LAYERS:
            raise LayerError(no_layer(kind))
        values = [each for each in given if isinstance(each, Value)]
        figures = [each for each in given if not isinstance(each, Value)]
        layer = LAYERS[kind]
        if kind == "target" and "field" not in params and figures and isinstance(figures[0], str):
            params["field"] = figures.pop(0)
        named = {key: params.pop(key) for key, value in list(params.items()) if isinstance(value, Value)}
        read = {**_positional(kind, layer.params, figures), **params}
        unknown = [key for key in read if key not in layer.params]
        if unknown:
            raise LayerError(
                f"{layer.label} has no parameter “{unknown[0]}”; it has {', '.join(layer.params) or 'none'}"
            )
        if "inputs" in layer.params and len(values) > 1:
            read.setdefault("inputs", len(values))
        return self._add(kind, values, _plain(read), name, named=named)

    def block(self, block: str, *values: Value, name: str = "", repeat: int = 1, **params: Any) -> Value:
        """Use a block: of this project, or of the library (``residual_basic``, ``transformer_encoder`` …), which is then copied into it.

        Raises:
            LayerError: there is no such block, or what arrives does not fit.
        """
        project, kind = self.project, BLOCK_PREFIX + block
        if block not in project.blocks:
            known = {entry.name for entry in block_library.entries()}
            if block not in known:
                near = difflib.get_close_matches(block, [*project.blocks, *known], n=3)
                raise LayerError(
                    f"there is no block “{block}”" + (f"; did you mean {' or '.join(near)}?" if near else "")
                )
            project, kind = block_library.define_block(project, block_library.PREFIX + block)
        return self._add(kind, list(values), _plain(params), name, repeat, project)

    def _add(
        self,
        kind: str,
        values: list[Value],
        params: Mapping[str, Any],
        name: str,
        repeat: int = 1,
        project: Project | None = None,
        named: Mapping[str, Value] = MappingProxyType({}),
    ) -> Value:
        strangers = [v for v in (*values, *named.values()) if v.graph is not self]
        if strangers:
            raise LayerError(f"“{strangers[0].name}” belongs to another graph")
        before = project or self.project
        id = edits.new_id(before.graph)
        at = (max((x for x, _ in before.graph.places.values()), default=-STEP) + STEP, 0.0)
        try:
            after = edits.add_node(before, MAIN, kind, at=at, id=id, name=name or None, params=params)
            if repeat != 1:
                after = edits.set_node(after, MAIN, [id], repeat=repeat)
            analysis = self._infer(after)
            ports = list(analysis.main.nodes[id].inputs)
            if len(values) > len(ports):
                raise LayerError(
                    f"{_label(kind)} takes {len(ports)} tensors ({', '.join(ports) or 'none'}), not {len(values)}"
                )
            if missing := [port for port in named if port not in ports]:
                raise LayerError(f"{_label(kind)} has no input “{missing[0]}”; it has {', '.join(ports) or 'none'}")
            for port, value in (*zip(ports, values, strict=False), *named.items()):
                after = edits.connect(after, MAIN, value.port, Port(id, port))
        except LayerError:
            raise
        except ValueError as error:
            raise LayerError(f"{_label(kind)}: {error}") from None
        analysis = self._infer(after)
        fault = next(
            (p for p in analysis.problems if p.node == id and p.severity == "error" and p.code != "unconnected"), None
        )
        if fault is not None:
            formula = f" ({fault.formula})" if fault.formula else ""
            raise LayerError(f"{_label(kind)}: {fault.words}{formula}")
        self.project, self._analysis = after, analysis
        outputs = self.outputs_of(id)
        return Value(self, Port(id, outputs[0] if outputs else ""))

    def _infer(self, project: Project) -> Analysis:
        return infer(project, self._analysis, fields_or_none(project.data) if self._data_chosen else None)

    # --- asking --------------------------------------------------------------------------------------------------------------------

    @property
    def analysis(self) -> Analysis:
        """What is true of the network now: shapes, costs, problems."""
        if self._analysis is None or self._analysis.project is not self.project:
            self._analysis = self._infer(self.project)
        return self._analysis

    def node(self, id: str) -> Node:
        """A node by its id."""
        return self.project.graph.nodes[id]

    def outputs_of(self, id: str) -> tuple[str, ...]:
        """The names of a node's outputs."""
        return tuple(self.analysis.main.nodes[id].outputs)

    def __getitem__(self, name: str) -> Value:
        """What the node of this name gives."""
        try:
            node = self.project.graph.named(name)
        except KeyError:
            near = difflib.get_close_matches(name, [n.name for n in self.project.graph], n=3)
            raise KeyError(
                f"there is no node “{name}”" + (f"; did you mean {' or '.join(near)}?" if near else "")
            ) from None
        outputs = self.outputs_of(node.id)
        return Value(self, Port(node.id, outputs[0] if outputs else ""))

    def check(self) -> tuple[Problem, ...]:
        """What is wrong or doubtful, errors first; ``problem.words`` says it."""
        return self.analysis.problems

    def summary(self) -> Summary:
        """Every node's shapes, parameters and MACs, and the totals; a table where it is printed or shown in a notebook."""
        return Summary(self.project)

    def edit(self, change: Callable[..., Project], *args: Any, **kwargs: Any) -> None:
        """Make an edit of ``visualnet.core.edits``: ``net.edit(edits.set_params, "", ["n2"], {"stride": 2})``."""
        self.project = change(self.project, *args, **kwargs)

    # --- using ---------------------------------------------------------------------------------------------------------------------

    def set(self, *, data: str | None = None, **recipe: Unpack[RecipeSettings]) -> Graph:
        """Change the recipe (``epochs=3, lr=0.01, optimizer="Adam"`` …); ``data="digits"`` chooses the data set."""
        if data is not None:
            self.project, self._data_chosen, self._analysis = edits.set_data(self.project, name=data), True, None
        if recipe:
            self.project = edits.set_recipe(
                self.project, **change(self.project.recipe, cast(Mapping[str, Any], recipe))
            )
        return self

    def tidy(self) -> Graph:
        """Lay the nodes out in order, as the window does."""
        from visualnet.analysis.geometry.auto_layout import tidy

        graph = self.project.graph
        self.project = edits.move(self.project, MAIN, tidy(graph, dict.fromkeys(graph.nodes, (176.0, 72.0))))
        return self

    def compile(self, *, device: str | torch.device = "cpu", seed: int | None = None) -> Model:
        """The network as PyTorch: ``.net`` is a ``torch.fx.GraphModule``.

        Raises:
            visualnet.compiling.GraphError: the network has errors.
        """
        from visualnet.compiling.module import compile_project

        return compile_project(self.project, device=device, seed=seed)

    def code(self) -> str:
        """The network as a Python module that needs only PyTorch."""
        from visualnet.compiling.source_code.source import model_source

        return model_source(self.project)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a ``.vnet`` file, laid out for the window.

        Raises:
            FileError: it cannot be written.
        """
        project_file.save(Path(path), self.tidy().project)

    def __repr__(self) -> str:
        main = self.analysis.main
        return f"<Graph “{self.project.name}”: {len(main.nodes)} nodes, {main.parameters:,} parameters>"

    def _repr_svg_(self) -> str:
        from visualnet.api.notebook import svg_of

        return svg_of(Graph(project=self.project).tidy().project)


class Summary(dict[str, Any]):
    """The summary as plain data (a dict), shown as a table."""

    def __init__(self, project: Project) -> None:
        from visualnet.analysis.report import report

        super().__init__(report(project, infer(project, None, fields_or_none(project.data))))

    def __repr__(self) -> str:
        from visualnet.analysis.report import table

        return table(self)

    def _repr_html_(self) -> str:
        rows = [
            f"<tr><td>{html.escape(str(n['name']))}</td><td>{html.escape(str(n['kind']))}</td>"
            f"<td>{html.escape('; '.join('×'.join(map(str, s)) if s else '1' for s in n['output_shapes'].values() if s is not None))}</td>"
            f"<td style='text-align:right'>{n['parameters']:,}</td><td style='text-align:right'>{n['macs']:,}</td></tr>"
            for n in self["nodes"]
        ]
        totals = self["totals"]
        rows.append(
            f"<tr><th>in all</th><th></th><th></th><th style='text-align:right'>{totals['parameters']:,}</th>"
            f"<th style='text-align:right'>{totals['macs']:,}</th></tr>"
        )
        head = "<tr><th>name</th><th>layer</th><th>output</th><th>parameters</th><th>MACs</th></tr>"
        return f"<table>{head}{''.join(rows)}</table>"


def _label(kind: str) -> str:
    return LAYERS[kind].label if kind in LAYERS else kind.removeprefix(BLOCK_PREFIX)


def _positional(kind: str, params: Mapping[str, Param], figures: list[Any]) -> dict[str, Any]:
    """Figures without a name: in the order of the declaration; several whole numbers are one size where that comes first."""
    names = [name for name, param in params.items() if not isinstance(param, Field)]
    if (
        figures
        and names
        and isinstance(params[names[0]], Ints)
        and all(isinstance(f, int) for f in figures)
        and len(figures) > 1
    ):
        return {names[0]: tuple(figures)}
    if figures and LAYERS[kind].role in ("input", "target"):
        return {names[0]: tuple(figures)}
    if len(figures) > len(names):
        raise LayerError(
            f"{_label(kind)} takes {len(names)} figures ({', '.join(names) or 'none'}), not {len(figures)}"
        )
    return dict(zip(names, figures, strict=False))


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Tuples for lists, as projects hold them."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in params.items()}
