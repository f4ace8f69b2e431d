"""Repairs: edits that make a problem go away, found by trying them out on the formulas.

No list says which fault has which cure. Candidates come from the declarations (their parameters, and layers marked ``adapter``) and from
the wires; each is applied to the project, inferred again, and kept if the problem is gone and nothing else broke. What changes least, and
nearest to the fault, comes first. If no single edit helps, two in succession are tried.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from visualnet.analysis.facts import Analysis, GraphFacts, Problem
from visualnet.analysis.inference import learners, linear_rows
from visualnet.analysis.inference.infer import infer
from visualnet.analysis.inference.infer_block import has_too_many_layers
from visualnet.analysis.repair.data_candidates import FieldsOf, preparations, widths_of_classes
from visualnet.analysis.repair.earlier_values import earlier_values
from visualnet.analysis.repair.learner_candidates import learner_repairs
from visualnet.analysis.repair.missing_nodes import missing_node_candidates
from visualnet.analysis.repair.padding_candidates import size_keeping_paddings
from visualnet.analysis.repair.parameter_candidates import (
    Candidate,
    ProblemPlace,
    activations,
    adapters,
    values,
)
from visualnet.analysis.repair.weight_candidates import initialization_candidates, readable_inits, readable_training
from visualnet.analysis.repair.wiring_candidates import fields as agreeing
from visualnet.analysis.repair.wiring_candidates import rewiring_candidates
from visualnet.core.project import Project
from visualnet.layers.declaration.layer import Spec

DEAR = 1.9
"""What costs more is no small change: two small ones may be better."""
SLACK = 0.5
"""How much less a candidate may come to cost when its consequences are seen."""

RANGE = 1.4
"""What costs so much more than the best is no alternative to it."""

LEAST, WHOLE_S = 8, 0.1
"""A search of so many seconds or more tries so many candidates however late it is: one pause of the garbage collector takes as long."""


class Repair(NamedTuple):
    """One way out. ``words`` say what it does; ``cost`` ranks it (smaller changes less); ``after`` counts the errors that remain."""

    words: str
    edit: Callable[[Project], Project]
    cost: float
    after: int


def repairs(
    project: Project,
    problem: Problem,
    analysis: Analysis,
    *,
    limit: int = 6,
    seconds: float = 0.3,
    fields: Mapping[str, Spec] | None = None,
    earlier: Sequence[Project] = (),
    fields_of: FieldsOf | None = None,
) -> list[Repair]:
    """The best repairs of one problem, each proved by inference.

    ``earlier`` are the projects before the last edits, the newest first: what was changed last is the likeliest to be taken back.
    ``fields_of`` tells the fields of other data; without it the data stay as they are.
    Takes at most about ``seconds`` of this thread's own time: while a training keeps the machine busy, none is left out for that.
    """
    search = Search(
        project, problem, analysis, limit=limit, seconds=seconds, fields=fields, earlier=earlier, fields_of=fields_of
    )
    search.work()
    return search.repairs


class Search:
    """The same in parts, for a window that answers in between: ``work`` until it says that all is done; then ``repairs`` are there."""

    def __init__(
        self,
        project: Project,
        problem: Problem,
        analysis: Analysis,
        *,
        limit: int = 6,
        seconds: float = 0.3,
        fields: Mapping[str, Spec] | None = None,
        earlier: Sequence[Project] = (),
        fields_of: FieldsOf | None = None,
    ) -> None:
        self.repairs: list[Repair] = []
        self.limit, self.stopwatch = limit, _Stopwatch(seconds)
        self._trial = _Trial(project, problem, analysis, fields, self.stopwatch, fields_of)
        first = _last_changes(project, problem, analysis, fields, earlier)
        candidates = () if has_too_many_layers(analysis.main) else _candidates(project, problem, analysis, fields)
        self._steps = self._search(chain(first, candidates))

    def work(self, seconds: float = math.inf) -> bool:
        """Search for about so long; True when there is no more to do."""
        self.stopwatch.go_on()
        until = self.stopwatch.spent + seconds
        for _ in self._steps:
            if self.stopwatch.spent >= until:
                self.stopwatch.rest()
                return False
        return True

    def _search(self, candidates: Iterable[Candidate]) -> Iterator[None]:
        trial, limit = self._trial, self.limit
        found: list[Repair] = []
        taken_back: list[Repair] = []  # apart: that an edit can be taken back is no reason to look for nothing else
        failed: list[tuple[Candidate, Analysis]] = []
        thought: list[Candidate] = []
        least = LEAST if self.stopwatch.seconds >= WHOLE_S else 0
        yield from _gather(candidates, thought, lambda: self.stopwatch.spent >= self.stopwatch.seconds / 2, least)
        for tried, candidate in enumerate(thought):
            if (tried >= least and self.stopwatch.late) or _enough(found, candidate, limit):
                break
            repair, after = trial(candidate)
            if repair is not None:
                (taken_back if candidate.back else found).append(repair)
            elif after is not None and len(failed) < 30:
                failed.append((candidate, after))
            yield
        if not any(r.after == 0 and r.cost < DEAR for r in (*taken_back, *found)):
            for candidate, after in failed:
                yield from _second_steps(trial, candidate, after, found)
                if self.stopwatch.late or sum(r.after == 0 for r in found) >= limit:
                    break
        self.repairs = _varied(sorted([*taken_back, *found], key=lambda r: (r.after, r.cost)), limit)


class _Stopwatch:
    """This thread's own time, as far as it was spent here."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._before, self._since = 0.0, time.thread_time()

    @property
    def spent(self) -> float:
        return self._before + time.thread_time() - self._since

    @property
    def late(self) -> bool:
        return self.spent > self.seconds

    def rest(self) -> None:
        """What comes now is not spent here, until ``go_on``."""
        self._before = self.spent

    def go_on(self) -> None:
        self._since = time.thread_time()


def _enough(found: list[Repair], candidate: Candidate, limit: int) -> bool:
    """Whether the candidates to come cost so much that none would be shown."""
    whole = sorted(r.cost for r in found if r.after == 0)
    if whole and candidate.cost > whole[0] + RANGE:
        return True
    return len(whole) >= 3 * limit and candidate.cost > whole[limit] + SLACK


class _Trial:
    """Applies candidates and judges what comes of them."""

    def __init__(
        self,
        project: Project,
        problem: Problem,
        analysis: Analysis,
        fields: Mapping[str, Spec] | None,
        stopwatch: _Stopwatch,
        fields_of: FieldsOf | None,
    ) -> None:
        self.fields_of = fields_of
        self.project, self.problem, self.analysis, self.fields, self.stopwatch = (
            project,
            problem,
            analysis,
            fields,
            stopwatch,
        )
        self.errors = len(analysis.errors())
        self.known = {_place(p) for p in analysis.problems}
        self.warned, self.hinted = _count(analysis, "warning"), _count(analysis, "hint")

    def __call__(self, candidate: Candidate) -> tuple[Repair | None, Analysis | None]:
        """The candidate as a repair, if inference agrees that it is one; else what came of it, if it moved the fault."""
        try:
            changed = candidate.edit(self.project)
        except ValueError:
            return None, None
        if changed is self.project:
            return None, None
        fields = self.fields
        if changed.data is not self.project.data:
            fields = self.fields_of(changed.data) if self.fields_of is not None else None
            if fields is None:
                return None, None
        after = infer(changed, self.analysis, fields)
        errors = len(after.errors())
        fresh = [p for p in after.problems if _place(p) not in self.known]
        worse = errors > self.errors - (self.problem.severity == "error")
        still = _place(self.problem) in {_place(p) for p in after.problems}
        if still or worse:
            return None, None if still else after
        warned = sum(p.severity == "warning" for p in fresh)
        if self.problem.severity != "error" and warned:
            return None, after
        eased = min(max(self.warned - _count(after, "warning"), 0), 3)
        hints = min(max(_count(after, "hint") - self.hinted, -3), 3)
        cost = candidate.cost + 0.8 * warned - 0.4 * eased + 0.15 * hints
        return Repair(candidate.words, candidate.edit, cost, errors), after


def _count(analysis: Analysis, severity: str) -> int:
    return sum(p.severity == severity for p in analysis.problems)


def _place(problem: Problem) -> tuple[str, str, str, str]:
    return problem.code, problem.sheet, problem.node, problem.at


def _second_steps(trial: _Trial, first: Candidate, after: Analysis, found: list[Repair]) -> Iterator[None]:
    """Add to ``found`` what more is needed where one edit is not enough: four ways at most."""
    rest = next((p for p in after.problems if p.severity == "error" and p.node), None)
    if rest is None or len(after.errors()) > trial.errors + 2:
        return
    # A wire drawn anew most often lacks a layer in between, so that is tried first.
    seconds: list[Candidate] = []
    yield from _gather(_candidates(after.project, rest, after, trial.fields), seconds, lambda: trial.stopwatch.late)
    most = len(found) + 4
    for second in sorted(seconds, key=lambda c: not c.inserts)[:80]:
        if trial.stopwatch.late or len(found) >= most:
            return

        def both(project: Project, second: Candidate = second) -> Project:
            return second.edit(first.edit(project))

        words = f"{first.words}; {second.words[0].lower()}{second.words[1:]}"
        repair, _ = trial(Candidate(words, both, first.cost + second.cost + 0.5))
        if repair is not None:
            found.append(repair)
        yield


def _varied(found: list[Repair], limit: int) -> list[Repair]:
    """The best few, each once, without ten values of one parameter crowding everything else out."""
    best: dict[str, Repair] = {}
    for repair in found:
        best.setdefault(repair.words, repair)
    chosen: list[Repair] = []
    more: list[Repair] = []
    seen: dict[str, int] = {}
    for repair in best.values():
        stem = repair.words.partition("→")[0].partition(" (")[0]
        seen[stem] = seen.get(stem, 0) + 1
        (chosen if seen[stem] <= 2 else more).append(repair)
    return [*chosen, *more][:limit]


def _gather(
    candidates: Iterable[Candidate], into: list[Candidate], late: Callable[[], bool], least: int = 0
) -> Iterator[None]:
    """The cheapest first, of as many as can be thought of until it is late, and of so many at least."""
    for candidate in candidates:
        if len(into) >= least and late():
            break
        into.append(candidate)
        yield
    into.sort(key=lambda c: c.cost)


def _last_changes(
    project: Project,
    problem: Problem,
    analysis: Analysis,
    fields: Mapping[str, Spec] | None,
    earlier: Sequence[Project],
) -> Iterator[Candidate]:
    """What the last edits changed, to be changed back."""
    facts = _facts(problem, analysis)
    if facts is not None:
        yield from earlier_values(ProblemPlace(project, problem, facts, fields), earlier)


def _candidates(
    project: Project, problem: Problem, analysis: Analysis, fields: Mapping[str, Spec] | None
) -> Iterator[Candidate]:
    """What may be tried for this problem."""
    facts = _facts(problem, analysis)
    if facts is None:
        return
    place = ProblemPlace(project, problem, facts, fields)
    if problem.code in learners.CODES:
        yield from learner_repairs(place)
        return
    if problem.node not in facts.nodes:
        yield from missing_node_candidates(place)
        return
    if problem.code == linear_rows.CODE:
        yield from activations(place)
        return
    if problem.code == "large-start":
        yield from initialization_candidates(place)
        return
    if problem.code == "first-weights":
        yield from readable_inits(place)
        return
    if problem.code == "training":
        yield from readable_training(place)
        return
    yield from rewiring_candidates(place)
    yield from agreeing(place)
    yield from preparations(place)
    yield from widths_of_classes(place)
    if problem.code == "misfit":
        yield from size_keeping_paddings(place)
    upstream = problem.severity == "error" and problem.code not in ("no-port", "cycle", "parameter")
    for node_id, distance in place.near():
        if distance == 0 or upstream:
            cheaper = 0.4 if problem.code == "no-port" else 0.0
            yield from (c._replace(cost=c.cost - cheaper) for c in values(place, node_id, distance))
        doubted = any(p.code == "doubtful" for p in facts.nodes[node_id].problems)
        if distance == 0 or (upstream and (doubted or distance <= 2)):
            yield from adapters(place, node_id, 0 if doubted else distance)
        if upstream and facts.nodes[node_id].inside and distance <= 3:
            yield from _inner_values(place, node_id, distance)
    if problem.code == "inside":
        inner = next((p for p in analysis.problems if _within(p, problem)), None)
        if inner is not None:
            yield from (c._replace(cost=c.cost + 0.3) for c in _candidates(project, inner, analysis, fields))


def _inner_values(place: ProblemPlace, node_id: str, distance: int) -> Iterator[Candidate]:
    """Parameters of the nodes in a block that feeds the fault, from its outputs upstream."""
    block = place.facts.nodes[node_id]
    inside = block.inside[-1]
    seen: set[str] = set()
    for end in inside.outline.ends.get("output", ()):
        inner = ProblemPlace(place.project, Problem("", "error", "", end, block.node.block or ""), inside, place.fields)
        for inner_id, depth in inner.near():
            if inner_id not in seen and depth:
                seen.add(inner_id)
                yield from (c._replace(cost=c.cost + 0.3) for c in values(inner, inner_id, distance + depth))


def _within(inner: Problem, outer: Problem) -> bool:
    depth = len(outer.path)
    return (
        inner.code != "inside"
        and inner.severity == "error"
        and len(inner.path) > depth
        and inner.path[:depth] == outer.path
    )


def _facts(problem: Problem, analysis: Analysis) -> GraphFacts | None:
    """The facts of the problem's sheet; of a block that is repeated, where the problem is."""
    try:
        graphs = analysis.at(problem.path[:-1]).inside if len(problem.path) > 1 else ()
    except KeyError:
        return None
    own = (
        g
        for g in graphs
        if problem.node in g.nodes and any(p.words == problem.words for p in g.nodes[problem.node].problems)
    )
    return next(own, None) or (graphs[0] if graphs else analysis.sheet(problem.sheet))
