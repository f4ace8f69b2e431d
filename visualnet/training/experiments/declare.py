"""How an experiment is declared: variants of a project, the figure that they are compared by, and what shows why they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from visualnet.core.graph import Value
from visualnet.core.project import Project

Edit = Callable[[Project], Project]
Part = Literal["train", "validation"]
PARTS: Mapping[Part, str] = {"train": "training", "validation": "validation"}
SEEDS = (0, 1, 2)
"""The seeds of an experiment that names none."""
MOST_SEEDS, MOST_VARIANTS = 20, 8


def unchanged(project: Project) -> Project:
    """The variant that is the project itself."""
    return project


class Variant(NamedTuple):
    """One of the ways that are compared: its name in legends, a sentence about it, and the edit that makes it of the project."""

    name: str
    words: str
    edit: Edit = unchanged


class VariedAxis(NamedTuple):
    """What is varied beside the variants, so that each becomes a curve over these values."""

    title: str
    values: tuple[float, ...]
    edit: Callable[[Project, float], Project]


class ComparedFigure(NamedTuple):
    """What is compared: a value of the network (``loss``, or a metric node) on a part of the data, in the last epoch.

    ``better`` says which is better, ``max`` or ``min``.
    """

    name: str = "accuracy"
    part: Part = "validation"
    better: Literal["max", "min"] = "max"

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"{PARTS[self.part]} {self.name}"


ACCURACY = ComparedFigure()
"""What is compared where an experiment says nothing else."""


class ExperimentObservation(NamedTuple):
    """An observation that shows why: which, of which node (the first that fits if none is named), and what is to be seen.

    It is of the run of each variant with the first seed, ``trained`` or as it begins.
    """

    observation: str
    words: str
    at: str = ""
    options: tuple[tuple[str, Value], ...] = ()
    trained: bool = True


class Claim(NamedTuple):
    """What the experiment is to show: a variant's mean is better than another's by at least so much, at a value of the axis.

    ``figure`` where it is another one than that of the experiment.
    """

    better: str
    worse: str
    least: float
    at: float | None = None
    figure: ComparedFigure | None = None


@dataclass(frozen=True)
class Experiment:
    """Variants of a project, trained with the same seeds and compared by a figure.

    ``name`` is how files and the command line name it. ``sentence`` says what is compared, ``watch`` what to look at, ``why`` explains it,
    ``sources`` name papers. ``project`` makes what the variants are edits of; it is called only when something is trained. With an
    ``axis`` each run is repeated at each of its values. ``shown`` are the curves that are drawn first: a value and a part, or both
    parts if that is empty.
    """

    name: str
    title: str
    sentence: str
    project: Callable[[], Project]
    variants: tuple[Variant, ...]
    figure: ComparedFigure = ACCURACY
    axis: VariedAxis | None = None
    observations: tuple[ExperimentObservation, ...] = ()
    claims: tuple[Claim, ...] = ()
    watch: str = ""
    why: str = ""
    sources: tuple[str, ...] = ()
    seeds: tuple[int, ...] = SEEDS
    shown: tuple[str, str] = ("", "validation")

    def __post_init__(self) -> None:
        names = [variant.name for variant in self.variants]
        if not 2 <= len(names) <= MOST_VARIANTS:
            raise ValueError(f"an experiment compares 2 to {MOST_VARIANTS} variants, not {len(names)}")
        if len(set(names)) < len(names):
            raise ValueError(f"the variants of an experiment have names of their own, not {', '.join(names)}")
        check_seeds(self.seeds)
        for claim in self.claims:
            assert claim.better in names and claim.worse in names, claim


def check_seeds(seeds: tuple[int, ...]) -> None:
    """Raise ValueError, with words, unless these can be the seeds of an experiment."""
    if not 1 <= len(seeds) <= MOST_SEEDS:
        raise ValueError(f"1 to {MOST_SEEDS} seeds are wanted, not {len(seeds)}")
    if len(set(seeds)) < len(seeds):
        raise ValueError("each seed is wanted once: the same seed gives the same run")
    if any(not 0 <= seed < 2**31 for seed in seeds):
        raise ValueError("a seed is a whole number from 0 to 2,147,483,647")
