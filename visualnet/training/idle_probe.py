"""A look into a network that is not being trained: as its training would begin, or with the weights of a run."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.analysis import Analysis
from visualnet.core.project import Project, Recipe
from visualnet.pytorch import need_torch
from visualnet.training.control import ProbeRequest

if TYPE_CHECKING:
    from visualnet.training.events import ProbeReport

MOST_PARAMETERS = 30_000_000
"""Larger networks are only looked into while they train: building one aside takes seconds and a second copy of its weights."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights by name, as they were after a step of a run."""

    step: int
    tensors: Mapping[str, Any]


@dataclass(frozen=True)
class ProbeQuestion:
    """What to look at, in which network, with which weights (a folder of a run, or None)."""

    number: int
    project: Project
    analysis: Analysis
    request: ProbeRequest
    run: Path | None = None
    weights: Weights | None = None
    """A copy that a run that goes on gave; else those that ``run`` has left."""
    kept: Path | None = None
    """A file of weights, which counts before what ``run`` has left."""


@dataclass(frozen=True)
class ProbeResult:
    """The answer to a question; `words` tell why there is none, or that the run's weights do not fit this network."""

    number: int
    seen: ProbeReport | None
    trained: bool = False
    words: str = ""


def torch_is_ready() -> bool:
    """Whether torch has been imported to its end."""
    module = sys.modules.get("torch")
    spec = getattr(module, "__spec__", None)
    return module is not None and spec is not None and not getattr(spec, "_initializing", False)


class IdleProbe:
    """Answers questions in the thread that calls it, and keeps the network of the last one."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] | None = None
        self._probe: Any = None
        self._forgotten, self._lock = 0, threading.Lock()
        self._trained, self._step, self._words = False, 0, ""

    def __call__(
        self,
        question: ProbeQuestion,
        check: Callable[[float], None] | None = None,
        going: Callable[[float], None] = lambda share: None,
    ) -> ProbeResult:
        """Compute the answer. With ``check`` only what is observed, which may take long: it is called with the share that is done.
        ``going`` is called while the data are read, and may raise to end that."""
        if question.analysis.main.parameters > MOST_PARAMETERS:
            return ProbeResult(question.number, None, words="This network is large: press Train to look inside.")
        if question.analysis.errors():
            return ProbeResult(question.number, None, words="Mend the errors in the network to look inside.")
        from visualnet.compiling.plan import GraphError

        try:
            probe = self._prepare(question, check or going)
            with _autocast(question.project.recipe):
                seen = (
                    probe.look_long(question.request, self._step, check)
                    if check
                    # Nothing waits for it, and nobody looks again: all that is observed is computed at once.
                    else probe.look(question.request, self._step, inf)
                )
        except (GraphError, ValueError, RuntimeError, KeyError, IndexError) as error:
            words = str(error).strip().partition("\n")[0]
            if isinstance(error, IndexError):
                words = "the data hold a number for which an embedding has no vector; raise its num_embeddings."
            self._drop()
            return ProbeResult(question.number, None, words=f"Nothing can be shown: {words}")
        return ProbeResult(question.number, seen, self._trained, self._words)

    def forget(self) -> None:
        """Let the network go; called from any thread, also while a question is answered: of that the answer is all that stays."""
        with self._lock:
            self._forgotten += 1
            self._key = self._probe = None

    def _drop(self) -> None:
        with self._lock:
            self._key = self._probe = None

    def _prepare(self, question: ProbeQuestion, going: Callable[[float], None]) -> Any:
        with self._lock:
            forgotten, known, probe = self._forgotten, self._key, self._probe
        project = question.project
        weights = weights_of(question.run) if question.kept is None else (question.kept,)
        stamps = tuple(path.stat().st_mtime_ns for path in weights)
        graph = project.graph
        key = (
            graph.nodes,
            graph.wires,
            project.blocks,
            project.constants,
            project.data,
            project.recipe.seed,
            project.recipe.start_from,
            question.weights or weights,
            stamps,
        )
        if known is not None and _same(known, key):
            return probe
        del probe
        self._drop()
        need_torch()
        from visualnet.compiling.module import compile_project
        from visualnet.data.loading import load
        from visualnet.data.tensors import Tensors
        from visualnet.training import probes
        from visualnet.training.observations.context import plain_fields

        def check(share: float) -> None:
            going(share)
            if self._forgotten != forgotten:
                raise ValueError("nobody asks any more")

        data = load(project.data, check)
        model = compile_project(project, question.analysis, seed=project.recipe.seed)
        self._trained, self._step, self._words = False, 0, ""
        if question.weights is not None:
            model.objective.load_state_dict(question.weights.tensors)
            self._trained, self._step = True, question.weights.step
        else:
            self._restore(weights, model.net)
        if not self._trained and project.recipe.start_from:
            self._start(project.recipe.start_from, model.net)
        tensors = Tensors(data, model.fields, model.device, plain_fields(model))
        made = probes.Probe(model, data, tensors)
        made.context.run = question.run
        with self._lock:
            if self._forgotten == forgotten:
                self._probe, self._key = made, key
        return made

    def _restore(self, weights: tuple[Path, ...], net: Any) -> None:
        """The newest weights that can be read and fit this network."""
        from visualnet.training import checkpoints

        for path in weights:
            try:
                checkpoints.load_weights(path, net)
                folder = path.parent
                self._step = checkpoints.read_state(folder).step if (folder / "state.json").is_file() else 0
            except checkpoints.BadCheckpoint:
                continue
            self._trained = True
            return
        if weights:
            self._words = "The network has changed since its last run: these are fresh weights."

    def _start(self, reference: str, net: Any) -> None:
        """The weights that the recipe begins with."""
        from visualnet.training.checkpoints import BadCheckpoint
        from visualnet.training.transfer.initial_weights import start_from

        try:
            table = start_from(reference, net)
            self._trained = len(table.taken) == len(table.matches)
            self._words = "" if self._trained else "A part of the weights is fresh."
        except BadCheckpoint as error:
            self._words = f"These are fresh weights: {error}"


def _autocast(recipe: Recipe) -> AbstractContextManager[Any]:
    """The recipe's mixed precision. fp16 is left out: it is looked at on the CPU, which may not compute in it."""
    from visualnet.training.machine.hardware_options import PRECISIONS

    precision = recipe.options.get("precision")
    if precision != "bf16":
        return nullcontext()
    torch: Any = sys.modules["torch"]
    found: AbstractContextManager[Any] = torch.autocast("cpu", PRECISIONS[precision])
    return found


def weights_of(run: Path | None) -> tuple[Path, ...]:
    """The weights that a run has left, the newest first."""
    if run is None:
        return ()
    places = (
        run / "last" / "weights.safetensors",
        run / "before-last" / "weights.safetensors",
        run / "best.safetensors",
    )
    return tuple(path for path in places if path.is_file())


def _same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return all(x is y or (type(x) is type(y) and not isinstance(x, dict) and x == y) for x, y in zip(a, b, strict=True))
