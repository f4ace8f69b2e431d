"""The problems as a list: joined, in an order that holds while figures change, filtered, in groups, and as text. No widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from visualnet.analysis.connect.check import OPEN
from visualnet.analysis.facts import SEVERITIES, GraphFacts, Problem
from visualnet.analysis.inference import learners
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.core.text.format import capitalize_first, format_quantity, shorten_count

GROUPINGS: Mapping[str, str] = {"severity": "By severity", "node": "By node", "kind": "By kind", "": "Ungrouped"}
SEVERITY_WORDS: Mapping[str, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "hint": ("hint", "hints"),
}
KINDS: Mapping[str, str] = {
    "unconnected": "Not connected",
    "rank": "Number of axes",
    "dtype": "Kind of numbers",
    "misfit": "Sizes that do not fit",
    "inexact": "Divisions that leave something out",
    "doubtful": "Perhaps not meant",
    "refused": "Perhaps not meant",
    "large-start": "Before training",
    "unused-weight": "Before training",
    "unused-setting": "Before training",
    "parameter": "Parameters",
    "first-weights": "Before training",
    "training": "Training",
    **dict.fromkeys(learners.CODES, "Learners"),
    "unknown-kind": "Unknown layers",
    "unknown-block": "Unknown blocks",
    "recursion": "Blocks in themselves",
    "repeat": "Repetition",
    "share": "Shared weights",
    "inside": "Inside blocks",
    "too-large": "Too large",
    "cycle": "Circles",
    "no-port": "Wires that lead nowhere",
    "unused": "Leads nowhere",
    "no-field": "Data",
    "field-size": "Data",
    "field-type": "Data",
    "runtime": "Training",
}
WHOLE = "The network as a whole"


class Row(NamedTuple):
    """What one row tells: a problem, and the axes for which the same is true."""

    problem: Problem
    words: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same row while its figures change."""
        return key(self.problem)


class ProblemGroup(NamedTuple):
    """Rows under one title."""

    title: str
    rows: tuple[Row, ...]

    @property
    def worst(self) -> str:
        """The severity of the worst of them."""
        return min((r.problem.severity for r in self.rows), key=SEVERITIES.index)


class ProblemFilter(NamedTuple):
    """What someone wants to see."""

    text: str = ""
    hidden: frozenset[str] = frozenset()
    """Severities that are left out."""
    sheet: str | None = None
    """Only this sheet; None for the whole project."""
    grouping: str = "severity"


def key(problem: Problem) -> tuple[str, str, str, str]:
    """What makes it the same problem while its figures change."""
    return problem.code, problem.sheet, problem.node, problem.at


def wire_error(problems: Iterable[Problem], sheet: str, target: Port) -> Problem | None:
    """The error that a wire brings to the node where it ends; one at its own port before others of the node."""
    own = [
        p
        for p in problems
        if p.severity == "error" and p.sheet == sheet and p.node == target.node and p.code not in OPEN
    ]
    return next((p for p in own if p.at == target.port), own[0] if own else None)


def join_axes(problems: Iterable[Problem]) -> list[Row]:
    """Errors, warnings, hints; what is the same along several axes (``H: …``, ``W: …``) is one row."""
    found: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: SEVERITIES.index(p.severity) if p.severity in SEVERITIES else 9):
        axis, colon, rest = problem.words.partition(": ")
        same = rest.partition(":")[0] if colon and len(axis) == 1 else problem.words
        place = (problem.severity, problem.code, problem.sheet, problem.node, problem.at, problem.formula, same)
        found.setdefault(place, []).append(problem)
    rows = []
    for first, *others in found.values():
        axes = [o.words.partition(": ")[0] for o in others if o.words != first.words]
        words = first.words + (f"; {', '.join(axes)} likewise" if axes else "")
        rows.append(Row(first, capitalize_first(words)))
    return rows


def sort_problems(rows: Iterable[Row], project: Project) -> list[Row]:
    """The order of the file within each severity: it does not change while wires and numbers do."""
    places: dict[tuple[str, str], int] = {}
    sheets = {name: at for at, (name, _) in enumerate(project.sheets())}
    for name, graph in project.sheets():
        places.update({(name, node_id): at for at, node_id in enumerate(graph.nodes)})

    def rank(row: Row) -> tuple[int, int, int, str, str]:
        p = row.problem
        worst = SEVERITIES.index(p.severity) if p.severity in SEVERITIES else 9
        return worst, sheets.get(p.sheet, 0), places.get((p.sheet, p.node), -1), p.code, p.at

    return sorted(rows, key=rank)


def name_place(problem: Problem, project: Project) -> str:
    """``encoder / attention``: the node's name, behind the block that it is in."""
    try:
        node = project.sheet(problem.sheet).nodes.get(problem.node)
    except KeyError:
        node = None
    place = f"{problem.sheet} / " if problem.sheet != MAIN else ""
    return place + (node.name if node is not None else "whole network")


def filter_rows(rows: Iterable[Row], wish: ProblemFilter, project: Project) -> list[Row]:
    """The rows that someone wants to see; every word of the text must be found."""
    words = wish.text.casefold().split()
    found = []
    for row in rows:
        p = row.problem
        if wish.sheet is not None and p.sheet != wish.sheet:
            continue
        text = f"{row.words} {name_place(p, project)} {p.code} {p.formula} {KINDS.get(p.code, '')}".casefold()
        if all(word in text for word in words):
            found.append(row)
    return found


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """How many of each severity."""
    found = dict.fromkeys(SEVERITIES, 0)
    for row in rows:
        found[row.problem.severity] = found.get(row.problem.severity, 0) + 1
    return found


def group_rows(rows: Iterable[Row], grouping: str, project: Project) -> list[ProblemGroup]:
    """The rows under titles, the group with the first row first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(_title(row.problem, grouping, project), []).append(row)
    return [ProblemGroup(title, tuple(members)) for title, members in found.items()]


def _title(problem: Problem, grouping: str, project: Project) -> str:
    if grouping == "severity":
        return capitalize_first(SEVERITY_WORDS[problem.severity][1])
    if grouping == "node":
        return name_place(problem, project) if problem.node else WHOLE
    if grouping == "kind":
        return KINDS.get(problem.code, "What the network lacks" if problem.code.startswith("no-") else "Others")
    return ""


class ProblemList:
    """The problems as a person walks through them: those that are shown, in groups, and one of them the current one."""

    def __init__(self) -> None:
        self.all: list[Row] = []
        """Every row there is; ``shown`` are those that the filters let through, in the order in which they are seen."""
        self.shown: list[Row] = []
        self.groups: list[ProblemGroup] = []
        self.current: Problem | None = None
        self.walked = False
        """Whether the current problem was gone to, by click or key; else the first step goes to it, not past it."""

    def update(self, problems: Iterable[Problem], project: Project) -> None:
        """Take other problems; the current one stays current while it lasts, whatever its figures."""
        self.all = sort_problems(join_axes(problems), project)
        if self.current is not None:
            self.current = next((r.problem for r in self.all if r.key == key(self.current)), None)

    def filter(self, wish: ProblemFilter, project: Project) -> dict[str, int]:
        """Show what is wanted; how many rows of each severity the text and the place let through."""
        found = filter_rows(self.all, wish, project)
        shown = [row for row in found if row.problem.severity not in wish.hidden]
        self.groups = group_rows(shown, wish.grouping, project)
        self.shown = [row for group in self.groups for row in group.rows]
        if self.current is None or all(r.problem != self.current for r in self.shown):
            self.walked = False
            errors = (r.problem for r in self.shown if r.problem.severity == "error" or len(self.shown) == 1)
            self.current = next(errors, None)
        return counts(found)

    def choose(self, problem: Problem) -> str:
        """Make a problem the current one; the title of its group."""
        self.current, self.walked = problem, True
        return next((g.title for g in self.groups if any(r.problem == problem for r in g.rows)), "")

    def step(self, way: int) -> int:
        """The place among ``shown`` of the next or previous problem, round and round."""
        problems = [row.problem for row in self.shown]
        at = 0 if way > 0 else -1
        if self.walked and self.current is not None and self.current in problems:
            at = problems.index(self.current) + way
        return at % len(problems)

    def forget(self) -> None:
        """Another project: no problem of it was gone to yet."""
        self.current, self.walked = None, False


def lines(
    groups: Iterable[ProblemGroup], collapsed: Collection[str], titled: bool, most: int
) -> tuple[list[ProblemGroup | Row], int]:
    """Titles and rows from top to bottom, about so many, and how many rows are left out. A collapsed group is its title alone."""
    found: list[ProblemGroup | Row] = []
    for group in groups:
        found += [group] if titled else []
        found += [] if titled and group.title in collapsed else group.rows
    rows = [at for at, line in enumerate(found) if isinstance(line, Row)]
    if len(rows) > most:
        found = found[: rows[most]]
    while len(found) > most and isinstance(found[-1], ProblemGroup):
        found.pop()
    return found, max(0, len(rows) - most)


def text(rows: Collection[Row], project: Project) -> str:
    """For a mail: a line for each problem, its formula below."""
    lines = []
    for row in rows:
        lines.append(f"{row.problem.severity}: {name_place(row.problem, project)}: {row.words}")
        if row.problem.formula:
            lines.append(f"    {row.problem.formula}")
    return "\n".join(lines)


def summarize(facts: GraphFacts | None, problems: Iterable[Problem]) -> str:
    """What a sheet has in all, on one line: parameters, MACs, and how many problems, as the list counts them."""
    if facts is None or not facts.nodes:
        return ""
    parts = [f"{facts.parameters:,} parameters"]
    if facts.trainable != facts.parameters:
        parts.append(f"{facts.trainable:,} trained")
    if facts.macs:
        parts.append(f"{shorten_count(facts.macs)} MACs")
    counts = Counter(row.problem.severity for row in join_axes(problems))
    found = [format_quantity(counts[severity], severity) for severity in SEVERITIES if counts[severity]]
    return " · ".join([*parts, ", ".join(found) or "no problems"])


def problems_by_node(problems: Iterable[Problem], sheet: str) -> dict[str, tuple[Problem, ...]]:
    """The problems of each node of a sheet."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.sheet == sheet and problem.node:
            found.setdefault(problem.node, []).append(problem)
    return {node: tuple(own) for node, own in found.items()}
