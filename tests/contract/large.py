"""Files in which one figure is absurdly large: what a step may cost must not grow with it.

Run as a program it carries out, for every case, all that the window and the command line do with a file, each step under a limit of
processor time and of memory, and says what broke them, one JSON line each. Tests read those lines.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.contract.machine_pace import slowness
from visualnet.analysis import Analysis, explain, infer, report
from visualnet.analysis.receptive_field import receptive
from visualnet.analysis.repair.search import repairs
from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.diagrams.receptive_field import FieldDrawing
from visualnet.app.features.inspector.explanation_card import ExplanationCard
from visualnet.app.figures.picture import PictureOptions, make_drawing
from visualnet.compiling.source_code.source import model_source
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import Block, DataChoice, Project
from visualnet.core.storage import project_file
from visualnet.data.registry import DATASETS, fields_or_none
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import Layer, Pattern
from visualnet.layers.declaration.params import Int, Ints, Param

FIGURES = (10**3, 10**6, 10**9, 2**40)
SECONDS = 1.0
"""Processor time that a step may take, on the machine of ``machine_pace``; on a slower one as much more."""
MEMORY = 100 * 1024 * 1024
"""Bytes that a step may add."""
STOP = 4.0
"""Processor time after which a step is given up."""
EXTENTS = {"C": 4, "H": 9, "W": 9, "L": 9, "T": 9, "S": 9, "D": 8, "K": 4}


class Case(NamedTuple):
    """A project with one large figure. ``where`` names the figure."""

    where: str
    figure: int
    project: Callable[[], Project]


def cases() -> Iterator[Case]:
    """Every integer parameter of every layer, and every other whole number that a file holds, with each figure."""
    for figure in FIGURES:
        for tag, kind in LAYERS.items():
            if kind.hidden:
                continue
            for name, param in kind.params.items():
                for how, value in _values(param, figure):
                    where = f"{tag}.{name}{how}"
                    yield Case(where, figure, lambda t=tag, n=name, v=value: _alone(t, {n: v}))
                    yield Case(
                        f"{where}, and as much to read",
                        figure,
                        lambda t=tag, n=name, v=value, f=figure: _alone(t, {n: v}, f),
                    )
            yield Case(f"{tag}: what it reads", figure, lambda t=tag, f=figure: _alone(t, {}, f))
            yield Case(f"{tag}: as an expression", figure, lambda t=tag, f=figure: _by_constant(t, f))
        for where, make in OTHERS.items():
            yield Case(where, figure, lambda m=make, f=figure: m(f))


def _values(param: Param, figure: int) -> Iterator[tuple[str, Any]]:
    """The figure as this parameter can hold it; what is out of bounds is a case of its own: the words and the repairs for it."""
    if isinstance(param, Int):
        yield "", figure
        if figure > param.high:
            yield " at its bound", param.high
        if param.low < 0:
            yield " below zero", -figure
    elif isinstance(param, Ints):
        rank = param.rank or 2
        yield "", (figure,) * rank
        yield " along one axis", (*[max(param.low, 1)] * (rank - 1), figure)
        if figure > param.high:
            yield " at its bound", (*[max(param.low, 1)] * (rank - 1), param.high)


def _shapes(layer: Layer, figure: int) -> dict[str, tuple[int, ...]]:
    """Sizes that fit the ports as far as letters tell; with a figure, the last axis of each is so long."""
    ports = layer.inputs()
    if fitting := layer.example():
        shapes = dict(zip(ports, fitting, strict=True))
    else:
        shapes = {name: _shape(pattern) for name, pattern in ports.items()}
    if not figure:
        return shapes
    return {name: (*(min(n, 2) for n in shape[:-1]), figure) if shape else () for name, shape in shapes.items()}


def _shape(pattern: Pattern) -> tuple[int, ...]:
    return tuple(n for axis in pattern.axes for n in ((4, 9, 9) if axis == "*" else (EXTENTS.get(axis, 4),)))


def _alone(tag: str, params: dict[str, Any], figure: int = 0) -> Project:
    """The layer between an input for each of its ports and an output."""
    kind = LAYERS[tag]
    try:
        layer = kind(params, {})
    except ValueError:
        layer = kind()
    # Of data that are not here nothing is known, so that no figure disagrees with them.
    project = edits.add_node(Project(data=DataChoice(name="imagenet")), "", tag, params=params, id="n1", name="layer")
    for at, (port, shape) in enumerate(_shapes(layer, figure).items(), 2):
        if layer.inputs()[port].optional and at % 2:
            continue
        dtype = layer.inputs()[port].dtype
        told = {"size": shape, "dtype": dtype if dtype in ("int", "bool") else "float"}
        project = edits.add_node(project, "", "input", params=told, id=f"n{at}", name=f"in{at}")
        project = edits.connect(project, "", Port(f"n{at}", "x"), Port("n1", port))
    for at, port in enumerate(itertools.islice(layer.outputs(), 3), 100):
        project = edits.add_node(project, "", "output", id=f"n{at}", name=f"out{at}")
        project = edits.connect(project, "", Port("n1", port), Port(f"n{at}", "x"))
    return project


def _by_constant(tag: str, figure: int) -> Project:
    """Every integer parameter that may hold an expression names a constant with the figure."""
    kind = LAYERS[tag]
    whole = [n for n, p in kind.params.items() if isinstance(p, Int) or (isinstance(p, Ints) and not p.words)]
    return edits.set_constants(_alone(tag, dict.fromkeys(whole, "2*big - big")), {"big": figure})


def _repeated(figure: int, inner: str = "relu", deep: int = 4, **params: Any) -> Project:
    """A block that is repeated so often, in blocks that are too."""
    project = Project(data=DataChoice(name="imagenet"))
    for level in range(deep):
        project = edits.put_block(project, f"b{level}", Block())
    for level, sheet in enumerate(("", *(f"b{level}" for level in range(deep)))):
        last = level == deep
        project = edits.add_node(
            project, sheet, "input", id="n1", name="a", params={} if level else {"size": (4, 9, 9)}
        )
        project = edits.add_node(
            project, sheet, inner if last else f"block:b{level}", id="n2", name="m", params=params if last else {}
        )
        project = edits.add_node(project, sheet, "output", id="n3", name="z")
        project = edits.connect(project, sheet, Port("n1", "x"), Port("n2", "x" if last else "a"))
        project = edits.connect(project, sheet, Port("n2", "y" if last else "z"), Port("n3", "x"))
        if not last:
            project = edits.set_node(project, sheet, ["n2"], repeat=min(figure, 1_000) if level else figure)
    return project


def _grown(figure: int, deep: int = 4) -> Project:
    """The repeated block makes its map larger each time, so that no repetition is like another."""
    return _repeated(figure, "pad", deep, pad=(1, 1, 1, 1))


def _in_file(*path: str | int) -> Callable[[int], Project]:
    """A file in which the figure stands at this place; whether it may stand there is for the reader to say."""

    def make(figure: int) -> Project:
        project = edits.put_block(edits.set_constants(_alone("conv2d", {}), {"width": 8}), "b", Block(params={"p": 1}))
        project = edits.add_node(project, "", "block:b", id="n50", name="inner", params={"p": 2})
        tree = json.loads(project_file.dumps(project))
        place: Any = tree
        for key, following in itertools.pairwise(path):
            if isinstance(place, dict):
                place = place.setdefault(key, [] if isinstance(following, int) else {})
            else:
                place = place[key]
        if isinstance(path[-1], int):
            place[path[-1] :] = [figure] * max(1, len(place) - path[-1])
        else:
            place[path[-1]] = figure
        return project_file.loads(json.dumps(tree).encode())

    return make


def _data(name: str, option: str) -> Callable[[int], Project]:
    def make(figure: int) -> Project:
        high = getattr(DATASETS[name].params[option], "high", figure)
        return edits.set_data(_alone("conv2d", {}), name=name, options={option: min(figure, high)})

    return make


OTHERS: dict[str, Callable[[int], Project]] = {
    "repeat": _repeated,
    "repeat, and no two alike": _grown,
    "repeat of one block, and no two alike": lambda figure: _grown(figure, 1),
    "block parameter": _in_file("blocks", "b", "params", "p"),
    "block parameter at its node": _in_file("graph", "nodes", 3, "params", "p"),
    "constant": _in_file("constants", "width"),
    "deviation": _in_file("graph", "nodes", 0, "init", "std"),
    "place": _in_file("graph", "layout", "n1", 0),
    "ids that were given": _in_file("graph", "spent"),
    **{f"recipe: {key}": _in_file("recipe", key) for key in ("batch_size", "epochs", "seed", "lr")},
    "seed of the data": _in_file("data", "seed"),
    "runs": _in_file("runs", 0),
    **{
        f"data {name}.{option}": _data(name, option)
        for name, kind in DATASETS.items()
        for option, param in kind.params.items()
        if isinstance(param, Int)
    },
}


ALWAYS = (
    "repeat",
    "conv2d.stride",
    "conv2d.kernel_size, and",
    "conv_transpose1d.kernel_size at",
    "concatenate.inputs at",
)
"""Cases of which each part has some, and a part of a few hundred all: each has once been too slow, too large, or an error."""


# --- the program ---------------------------------------------------------------------------------------------------------------------


class Late(Exception):
    """A step takes too long."""


def _stop(*_: object) -> None:
    raise Late


def _steps(case: Case) -> Iterator[tuple[str, Callable[[dict[str, Any]], Any]]]:
    """What is done with a file, in order; each finds what the ones before left in a dictionary."""
    yield "load", lambda have: project_file.loads(have["file"])
    yield "infer", lambda have: infer(have["load"], fields=fields_or_none(have["load"].data))
    yield "repairs", lambda have: _repair(have["load"], have["infer"])
    yield "repairs of a fault behind", lambda have: _repair(_faulty(have["load"]), have["infer"])
    yield "summary", lambda have: report.table(report.report(have["load"], have["infer"]))
    yield "code", lambda have: None if have["infer"].errors() else model_source(have["load"], have["infer"])
    yield "drawing", _draw


def _repair(project: Project, known: Analysis) -> None:
    analysis = infer(project, known)
    for problem in [p for p in analysis.problems if p.severity != "hint"][:2]:
        repairs(project, problem, analysis, seconds=0.05)


def _faulty(project: Project) -> Project:
    """Behind the layer stand others that want another number of axes, so that every parameter of it is tried."""
    kind = LAYERS.get(project.graph.nodes["n1"].kind)
    ports = list(kind().outputs()) if kind is not None else []
    if not ports or "n900" in project.graph.nodes:
        return project
    for number, wrong in enumerate(("embedding", "conv3d"), 900):
        project = edits.add_node(project, "", wrong, id=f"n{number}", name=f"wrong{number}")
        target = Port(f"n{number}", next(iter(LAYERS[wrong]().inputs())))
        project = edits.connect(project, "", Port("n1", ports[0]), target)
    return project


def _draw(have: dict[str, Any]) -> None:
    project, analysis = have["load"], have["infer"]
    picture = make_drawing(project, PictureOptions("light", "", None), analysis)
    image = QImage(800, 600, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    for _ in picture.paint(painter):
        pass
    painter.end()
    facts = analysis.main.nodes.get("n1")
    if facts is None or facts.layer is None or not facts.known:
        return
    drawing = facts.layer.drawing(*facts.shapes)
    widget = LayerDrawing()
    widget.show_drawing(drawing)
    widget.resize(400, 300)
    widget.move_on()
    widget.render(image)
    for field in receptive(analysis, ("n1",)):
        seen = FieldDrawing()
        seen.resize(400, 300)
        seen.show_field(field)
        seen.render(image)
    for why in (*explain.shapes(facts), explain.parameters(facts), explain.macs(facts)):
        if why is not None:
            card = ExplanationCard()
            card.show_why(why)
            card.resize(400, 300)
            card.render(image)


def _carry_out(case: Case, slow: float = 1.0) -> tuple[str, str, float]:
    """``done``, ``refused`` by the reader, or what went wrong, at which step, and the slowest step's seconds."""
    slowest, step = 0.0, "make"
    have: dict[str, Any] = {}
    try:
        have["file"] = project_file.dumps(case.project())
        for step, act in _steps(case):
            start = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, STOP)
            try:
                with _bounded():
                    have[step] = act(have)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            slowest = max(slowest, time.process_time() - start)
            if slowest > SECONDS * slow:
                return "slow", f"{step} took {slowest:.2f} s", slowest
    except project_file.FileError as error:
        return "refused", f"{step}: {error}", slowest
    except ValueError as error:
        refused = step == "make"  # what no edit takes, no file holds
        return "refused" if refused else "raised", f"{step}: {type(error).__name__}: {error}", slowest
    except (Late, MemoryError) as error:
        return "slow" if isinstance(error, Late) else "large", step, slowest
    except Exception as error:
        return "raised", f"{step}: {type(error).__name__}: {error}", slowest
    return "done", "", slowest


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """No more than ``MEMORY`` bytes beyond what the program has taken so far."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def main(part: str, parts: str) -> None:
    """Carry out one case of so many; a line for each: name, figure, verdict, words, seconds."""
    application = QApplication.instance() or QApplication([])
    report.problems.__defaults__ = (0.05,)
    signal.signal(signal.SIGPROF, _stop)
    for warm in (_alone("conv2d", {}), _alone("linear", {"out_features": 0}), _repeated(2), _grown(2)):
        _carry_out(Case("warm", 0, lambda w=warm: w))
    slow = slowness()
    seldom = max(1, int(parts) // 300)
    for number, case in enumerate(cases()):
        if number % int(parts) == int(part) or (case.where.startswith(ALWAYS) and number % seldom == 0):
            print(json.dumps([case.where, case.figure, *_carry_out(case, slow)]), flush=True)
    del application


if __name__ == "__main__":
    main(*sys.argv[1:])
