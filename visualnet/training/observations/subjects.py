"""What of a network observations can be about."""

from __future__ import annotations

from collections.abc import Callable

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.training.observations.observation import Observation, Subject

MOST_REPETITIONS = 64
"""Of a block that is repeated oftener, the first repetitions are offered."""


def output_ports(
    analysis: Analysis,
    wanted: Callable[[NodeFacts, str], bool] = lambda facts, port: True,
) -> list[Subject]:
    """The output ports of known shape that carry samples, in the order of the drawing, each repetition of a block by itself; losses,
    metrics and targets are left out."""
    found: list[Subject] = []
    for path, facts in analysis.walk():
        kind = facts.layer.role if facts.layer is not None else ""
        if kind in ("loss", "metric", "target"):
            continue
        ports = [port for port in facts.outputs if port in facts.leaving and wanted(facts, port)]
        if ports:
            found += [(each, port) for each in analysis.repetitions(path, MOST_REPETITIONS) for port in ports]
    return found


def batched_ports(analysis: Analysis) -> list[Subject]:
    """The output ports at which numbers of each sample leave."""
    return output_ports(analysis, lambda facts, port: facts.leaving[port].batched and facts.leaving[port].size > 0)


def nodes(analysis: Analysis, wanted: Callable[[NodeFacts], bool]) -> list[Subject]:
    """The nodes for which ``wanted`` holds, in the order of the drawing, each repetition of a block by itself."""
    return [
        (each, "")
        for path, facts in analysis.walk()
        if wanted(facts)
        for each in analysis.repetitions(path, MOST_REPETITIONS)
    ]


def find_subject(kind: type[Observation], analysis: Analysis, at: str) -> Subject:
    """The subject of this name; the first there is, if none is told.

    Raises:
        ValueError: there is none of that name; the words list those there are.
    """
    subjects = kind.subjects(analysis)
    if not subjects:
        raise ValueError(kind.why_none)
    if not at:
        return subjects[0]
    names = {subject: spell_subject(subject, analysis) for subject in subjects}
    wanted = at.strip().casefold()
    for subject, name in names.items():
        if wanted in (name.casefold(), name.casefold().rpartition(".")[0] if subject[1] else ""):
            return subject
    some = ", ".join(list(names.values())[:12])
    raise ValueError(f"“{kind.title}” has nothing at “{at}”; it can look at: {some}{' …' if len(names) > 12 else ''}")


def spell_subject(subject: Subject, analysis: Analysis) -> str:
    """A subject as it is typed: ``block/node.port``."""
    path, part = subject
    name = analysis.name_of(path).replace(" › ", "/")
    return f"{name}.{part}" if part else name or "the network"
