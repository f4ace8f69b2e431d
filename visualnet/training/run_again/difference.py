"""What sets two runs apart: network and recipe by their projects, data by their fingerprints, surroundings, and the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.analysis import infer
from visualnet.analysis.compare.difference_text import lines
from visualnet.analysis.compare.project_diff import Differences, differences
from visualnet.core.text.format import format_duration, format_number
from visualnet.data.registry import fields_or_none
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RunRecord
from visualnet.training.runs.run_model import read_project


class Pair(NamedTuple):
    """One thing that is another one in the second run; empty where a run does not tell."""

    what: str
    first: str
    second: str


class RunDifference(NamedTuple):
    """``network`` are lines as `visualnet diff` prints them, without recipe and data; None where a project is not there."""

    runs: tuple[str, str]
    network: tuple[str, ...] | None
    recipe: tuple[Pair, ...]
    data: tuple[Pair, ...]
    surroundings: tuple[Pair, ...]
    outcome: tuple[Pair, ...]

    def sections(self) -> list[tuple[str, list[Pair]]]:
        """What can be shown as a table: a title and its pairs; a line of the network stands in the first column."""
        if self.network is None:
            network = [Pair("the project of a run cannot be read", "", "")]
        else:
            network = [Pair(line.strip(), "", "") for line in self.network]
        named = (
            ("Recipe", self.recipe),
            ("Data", self.data),
            ("Surroundings", self.surroundings),
            ("Outcome", self.outcome),
        )
        return [(title, list(pairs)) for title, pairs in (("Network", network), *named) if pairs]

    def describe(self) -> str:
        """The difference as text."""
        told = []
        for title, pairs in self.sections():
            told.append(f"{title}:")
            told += [
                f"  {p.what}: {p.first or '–'} → {p.second or '–'}" if p.first or p.second else f"  {p.what}"
                for p in pairs
            ]
        return "\n".join(told) or "no difference"

    def as_data(self) -> dict[str, Any]:
        """The same as plain values."""
        pairs = ("recipe", "data", "surroundings", "outcome")
        network = list(self.network) if self.network is not None else None
        return {"runs": list(self.runs), "network": network} | {
            name: [pair._asdict() for pair in getattr(self, name)] for name in pairs
        }


def find_run_difference(first: Path, second: Path) -> RunDifference:
    """What sets the runs of two folders apart.

    Raises:
        ValueError: one of the folders holds no run.
    """
    one, other = read_record(first), read_record(second)
    return RunDifference(
        (first.name, second.name),
        _network(first, second),
        tuple(_pairs(one.recipe, other.recipe, lambda name: not name.startswith("data"))),
        tuple(
            [
                *_pairs(one.recipe, other.recipe, lambda name: name.startswith("data")),
                *_pairs(
                    {"fingerprint": one.data, "samples": _sizes(one)},
                    {"fingerprint": other.data, "samples": _sizes(other)},
                ),
            ]
        ),
        tuple(_pairs(_surroundings(one), _surroundings(other))),
        tuple(_pairs(_outcome(one), _outcome(other))),
    )


def _network(first: Path, second: Path) -> tuple[str, ...] | None:
    projects = [read_project(folder) for folder in (first, second)]
    if projects[0] is None or projects[1] is None:
        return None
    found = differences(*(infer(project, fields=fields_or_none(project.data)) for project in projects if project))
    drawn = Differences(found.nodes, found.wires, found.blocks, (), found.totals)
    return tuple(lines(drawn)) if drawn else ()


def _pairs(one: Mapping[str, Any], other: Mapping[str, Any], wanted: Any = lambda name: True) -> Iterable[Pair]:
    for name in dict.fromkeys([*one, *other]):
        was, now = one.get(name), other.get(name)
        if was != now and wanted(name):
            yield Pair(name, _told(was), _told(now))


def _told(value: Any) -> str:
    if value is None:
        return ""
    return format_number(value, 6) if isinstance(value, float) else str(value)


def _sizes(record: RunRecord) -> str:
    return " / ".join(f"{size:,}" for size in record.sizes)


def _surroundings(record: RunRecord) -> dict[str, Any]:
    revision = record.revision
    commit = f"{revision.commit[:12]}{', changed' if revision.dirty else ''}" if revision is not None else ""
    seeds = {f"seed of the {name}": seed for name, seed in record.seeds.items() if name != "recipe"}
    versions = {f"version of {name}": version for name, version in record.versions.items()}
    place = {"device": record.device, "threads": record.threads, "processes": record.processes.words}
    return {**seeds, **versions, **place, "git revision": commit}


def _outcome(record: RunRecord) -> dict[str, Any]:
    best = {f"best {name}": value for name, value in record.best.items()}
    last = {f"last {name}": value for name, value in record.last.items()}
    return {
        "state": record.state,
        "epochs": record.epochs,
        **best,
        "best epoch": record.best_epoch,
        **last,
        "duration": format_duration(record.duration),
    }
