"""A method carried out: the network compiled, the weights that are asked for put in, and something made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from visualnet.analysis import Analysis
from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.pytorch import need_torch
from visualnet.training.generating.method import Check, GenerationPlace, find_methods, make_method
from visualnet.training.idle_probe import Weights
from visualnet.training.run_records.kept_weights import kept_weights
from visualnet.training.runs.preparation_file import read_preparation

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext

NO_WEIGHTS = "the run has no weights yet: they are written with its first checkpoint"


class Generated(NamedTuple):
    """What was made, after which step of a run (0 where that is not known), and whether the weights are trained."""

    made: GeneratedResult
    step: int
    trained: bool


def generate(
    project: Project,
    analysis: Analysis,
    name: str,
    place: GenerationPlace,
    options: Mapping[str, Value] | None = None,
    run: Path | None = None,
    weights: str | Weights = "",
    check: Check = lambda share: None,
) -> Generated:
    """Make something. The weights are those of a ``run``'s folder (``weights`` names them; else the newest), a copy of those that are
    trained now, or without a run fresh ones. No weight, no statistic and none of torch's generators changes.

    Raises:
        ValueError: there is no such method or setting, the weights are not of this network, or nothing can be made; the words say why.
    """
    kind = find_methods().get(name)
    made_by = make_method(name, {**(kind.usual(analysis, place) if kind is not None else {}), **(options or {})})
    need_torch()
    import torch

    from visualnet.training.observations.context import in_evaluation_mode

    context, step = open_context(project, analysis, run, weights)
    context.check = check
    with in_evaluation_mode(context.model), torch.no_grad():
        try:
            made = made_by.make(context, place, check)
        except (KeyError, RuntimeError) as error:
            words = str(error).strip().partition("\n")[0]
            raise ValueError(f"nothing could be made at “{place.name}”: {words}") from None
    return Generated(made, step, run is not None or isinstance(weights, Weights))


def open_context(
    project: Project, analysis: Analysis, run: Path | None, weights: str | Weights = ""
) -> tuple[ObservationContext, int]:
    """The network with these weights (see `generate`) and its data, ready to compute, and the step after which the weights were so.

    Raises:
        ValueError: as `generate`.
    """
    from visualnet.compiling.module import compile_project
    from visualnet.data.loading import load
    from visualnet.data.tensors import Tensors
    from visualnet.training.observations.context import ObservationContext, plain_fields

    model = compile_project(project, analysis, seed=project.recipe.seed)
    step = 0
    if isinstance(weights, Weights):
        model.objective.load_state_dict(weights.tensors)
        step = weights.step
    elif run is not None:
        step = _load(model, run, weights)
    kept = read_preparation(run) if run is not None else None
    data = load(project.data, kept=kept)
    context = ObservationContext(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))
    context.run = run
    return context, step


def _load(model: Model, run: Path, name: str) -> int:
    from visualnet.training import checkpoints

    there = {kept.name: kept.path for kept in kept_weights(run)}
    if not there:
        raise ValueError(NO_WEIGHTS)
    if name and name not in there:
        raise ValueError(f"the run has no weights “{name}”: it has {', '.join(there)}")
    path = there[name or next(iter(there))]
    checkpoints.load_weights(path, model.net)
    return checkpoints.read_state(path.parent).step if (path.parent / "state.json").is_file() else 0
