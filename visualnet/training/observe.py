"""An observation asked for by names: of a project as it is, or with the weights of a run. For the command line and for Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from visualnet.analysis import Analysis, infer
from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.data.registry import fields_or_none
from visualnet.figures.charts.marks import Chart
from visualnet.training.control import ProbeRequest
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion
from visualnet.training.observations.observation import (
    NETWORK,
    Observation,
    ObservationRequest,
    Result,
    Subject,
    find_observations,
    make_observation,
)
from visualnet.training.observations.subjects import find_subject, spell_subject

__all__ = ["Observed", "choices", "find_subject", "observe_once", "spell_subject"]


class Observed(NamedTuple):
    """What was observed where, at which step of a run, and whether the weights are trained."""

    request: ObservationRequest
    where: str
    step: int
    trained: bool
    result: Result

    @property
    def chart(self) -> Chart:
        """The picture of it."""
        return make_observation(self.request).draw(self.result, [(self.step, self.result)])


def observe_once(
    project: Project,
    name: str,
    at: str = "",
    options: Mapping[str, Value] | None = None,
    sample: int = 0,
    run: Path | None = None,
    check: Callable[[float], None] = lambda share: None,
) -> Observed:
    """Observe a network that is not being trained. ``at`` names a node (``block/node``, with ``.port`` behind it where it has several);
    without it the first that fits is looked at. ``run`` is the folder of the run whose weights it has; without one they are fresh.
    ``check`` is called with the share that is done, and may raise to end the work.

    Raises:
        ValueError: there is no such observation, node or setting, or nothing is to be seen; the words say why.
    """
    request = ObservationRequest(name, NETWORK, tuple(sorted((options or {}).items())))
    made = make_observation(request)
    analysis = infer(project, None, fields_or_none(project.data) or {})
    request = request._replace(subject=find_subject(type(made), analysis, at))
    question = ProbeQuestion(0, project, analysis, ProbeRequest(sample=sample, observations=(request,)), run)
    answer = IdleProbe()(question, check)
    if answer.seen is None:
        raise ValueError(answer.words)
    if answer.seen.sample != sample:
        raise ValueError(f"there is no sample {sample:,} to look at: the last is {answer.seen.sample:,}")
    result = answer.seen.observed[request]
    if isinstance(result, str):
        raise ValueError(result)
    return Observed(request, spell_subject(request.subject, analysis), answer.seen.step, answer.trained, result)


def choices(analysis: Analysis) -> dict[type[Observation], list[Subject]]:
    """Every observation that this network has something for, with what it can look at."""
    found = {kind: kind.subjects(analysis) for kind in find_observations().values()}
    return {kind: subjects for kind, subjects in found.items() if subjects}
