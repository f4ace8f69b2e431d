"""All that one file holds: the graph, its blocks, the choice of data, and how to train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from visualnet.core.graph import Graph, Value

MAIN = ""
"""Where the main graph stands among ``Project.sheet(...)``; any other sheet is a block's name."""


class ParameterDescription(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a block's parameter means, and between which numbers it may lie."""

    note: str = ""
    low: int | float | None = None
    high: int | float | None = None
    extra: Mapping[str, Any] = {}

    @property
    def bounds(self) -> str:
        """Between which numbers it may lie, in words; empty where it may be any."""
        if self.low is not None and self.high is not None:
            return f"{self.low:,} to {self.high:,}"
        if self.low is not None:
            return f"at least {self.low:,}"
        return "" if self.high is None else f"at most {self.high:,}"

    def fault(self, value: int | float) -> str:
        """Why the parameter cannot be this number; empty if it can."""
        if self.low is not None and value < self.low:
            return f"{value:,} is too small; at least {self.low:,} is wanted"
        if self.high is not None and value > self.high:
            return f"{value:,} is too large; at most {self.high:,} is wanted"
        return ""


class Block(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A named sub-graph, defined once and used many times.

    ``params`` are its own parameters with their defaults; inside, a number may be written as arithmetic in them. Its ``input`` and
    ``output`` nodes are its ports, named as those nodes are. ``about`` tells of the parameters, by name.
    """

    graph: Graph = Graph()
    params: Mapping[str, int | float] = {}
    note: str = ""
    extra: Mapping[str, Any] = {}
    about: Mapping[str, ParameterDescription] = {}


class FieldFacts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one field of own data holds. An extent of 0 differs from sample to sample; ``classes`` as in ``Spec``."""

    shape: tuple[int, ...] = ()
    axes: tuple[str, ...] = ()
    dtype: str = "float"
    classes: int = 0


class DataFacts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was found when own data were looked through, so that shapes are known without a file being touched.

    ``fields`` are those of the raw samples, before any preparation. ``columns`` are what the data can be divided by (a column, a
    folder). ``fingerprint`` tells whether the files are still those that were looked through.
    """

    size: int = 0
    fields: Mapping[str, FieldFacts] = {}
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    fingerprint: str = ""
    extra: Mapping[str, Any] = {}


class PreparationStep(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One step of the preparation of samples: its kind, as ``data/preparation`` declares it, and its settings; ``off``: it is left out."""

    kind: str
    options: Mapping[str, Value] = {}
    off: bool = False
    extra: Mapping[str, Any] = {}


class DataChoice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Which data set, with which options, how its samples are prepared, and how it is divided.

    ``split`` gives the shares of training, validation and test (they add to 1); the division keeps each class's share and depends on
    ``seed`` alone. ``division`` says by what else it is divided (``data/division`` declares the ways), with ``division_options``.
    ``normalise`` takes the training set's mean and deviation. ``balance`` says how rare classes are made up for.

    Own data have a ``path``: a file or a folder, absolute with forward slashes. In a project's file it is relative to that file's folder.
    A path that is not absolute here is one that this machine does not know. ``facts`` are what was found there.
    """

    name: str = "mnist5k"
    options: Mapping[str, Value] = {}
    split: tuple[float, float, float] = (0.8, 0.2, 0.0)
    seed: int = 0
    normalise: bool = True
    path: str = ""
    facts: DataFacts | None = None
    preparation: tuple[PreparationStep, ...] = ()
    division: str = "shares"
    division_options: Mapping[str, Value] = {}
    balance: str = ""
    extra: Mapping[str, Any] = {}

    @property
    def called(self) -> str:
        """The name that messages give the data: of own ones the name of the file or folder."""
        return PurePosixPath(self.path).name or self.name


class LearnerSpec(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One of several learners of a recipe: how it makes its steps, and how many of them a round (over one batch) has.

    Which losses it lowers and which weights it trains is said at the nodes: ``Node.training["learner"]`` holds its ``name``. The other
    fields are those of a recipe.
    """

    name: str
    steps: int = 1
    optimizer: str = "Adam"
    lr: float = 0.001
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: str = "constant"
    options: Mapping[str, Value] = {}
    extra: Mapping[str, Any] = {}


STEP_FIELDS = ("optimizer", "lr", "momentum", "nesterov", "weight_decay", "schedule", "options")
"""What a recipe says of how steps are made; where it has learners, each of them says it."""

LOSS = "loss"
"""What `Recipe.best_by` names for the loss that is lowered: of several learners the sum of what they lower."""
LAST_EPOCH = "last epoch"
"""What `Recipe.best_by` names where no value tells which epoch is the best, as of networks that learn against each other."""


def loss_of(learner: str) -> str:
    """What `Recipe.best_by` names for the loss of one of several learners."""
    return f"{learner} {LOSS}"


class Recipe(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How to train. Names are torch's own; ``optimizer`` is ``SGD``, ``Adam`` …; ``device`` is ``auto``, ``cpu``, ``cuda`` …

    ``best_by`` names the value (``loss``, or a loss or metric node) by which the best epoch is told, on the validation set; or it is
    `LAST_EPOCH`.
    ``start_from`` names weights among the person's own: ``runs/FOLDER/best``, ``runs/FOLDER/last``, ``weights/NAME``,
    or those that come with the program, ``trained/TEMPLATE``; or nothing.
    ``options`` are the other settings of the optimizer, of the schedule and of what guards the steps, by name, where they differ from
    what ``layers/recipe`` declares; those that no declaration has are kept. ``learners`` are those that learn beside or against each
    other, in the order of a round; where there are none, the recipe itself is the one learner. ``procedure`` says what a round does, as
    a file of ``training/loop/procedures/kinds`` declares it.
    """

    optimizer: str = "Adam"
    lr: float = 0.001
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    batch_size: int = 64
    epochs: int = 10
    seed: int = 0
    device: str = "auto"
    best_by: str = LOSS
    start_from: str = ""
    schedule: str = "constant"
    options: Mapping[str, Value] = {}
    learners: tuple[LearnerSpec, ...] = ()
    procedure: str = "supervised"
    extra: Mapping[str, Any] = {}

    def of_learner(self, learner: LearnerSpec) -> Recipe:
        """The recipe as one learner follows it."""
        said = {field: getattr(learner, field) for field in STEP_FIELDS}
        return msgspec.structs.replace(self, **said, learners=())


class RunRef(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A line of the run history that travels with the file: what the run was and how it ended. The run itself is a folder elsewhere."""

    id: str
    folder: str = ""
    started: str = ""
    state: str = ""
    epochs: int = 0
    summary: Mapping[str, float] = {}
    extra: Mapping[str, Any] = {}


class SearchEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a search varies: a setting by its address (``lr``, ``conv1.out_channels``, ``constant.width`` …), and what it may be.

    Either a number from ``low`` to ``high``, both included (``log``: small values are tried as often as large ones; ``step``: only
    ``low``, ``low + step`` …), or one of ``choices``. Whether numbers are whole is declared by the setting.
    """

    address: str
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    step: int | float | None = None
    choices: tuple[Value, ...] = ()
    extra: Mapping[str, Any] = {}

    @property
    def words(self) -> str:
        """What it may be: ``0.001 to 0.1 (log)``, ``8 to 64 by 8``, ``SGD, Adam``."""
        if self.low is None or self.high is None:
            return ", ".join(str(v).lower() if isinstance(v, bool) else str(v) or "as usual" for v in self.choices)
        way = " (log)" if self.log else f" by {self.step:g}" if self.step else ""
        return f"{self.low:g} to {self.high:g}{way}"


class SearchSpec(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How good settings are looked for: what is varied, which values are tried (``method``), what is given up early (``pruning``).

    ``objective`` names the value of the last epoch that is compared (empty: what the network says of itself), on the ``part``
    ``validation`` or ``train``, and ``goal`` whether it is to be large or small (``max``, ``min``). It ends after so many ``trials``, or
    begins no other one after so many ``minutes`` (0: no bound). Each trial is trained with so many ``seeds``, from the recipe's one on;
    ``seed`` is that of the choice of values. The words that are declared for ``method`` and ``pruning`` are in ``training/search``.
    """

    entries: tuple[SearchEntry, ...] = ()
    method: str = "tpe"
    pruning: str = "median"
    objective: str = ""
    part: str = "validation"
    goal: str = "max"
    trials: int = 20
    minutes: float = 0.0
    seeds: int = 1
    seed: int = 0
    extra: Mapping[str, Any] = {}


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """All that is saved. ``constants`` are numbers that every expression may name (``classes``, ``width``).

    ``graph`` is the main sheet; each block has one of its own. ``readonly`` says why the file must not be overwritten (a newer format),
    and is never saved.
    """

    name: str = "untitled"
    note: str = ""
    graph: Graph = Graph()
    blocks: Mapping[str, Block] = {}
    constants: Mapping[str, int | float] = {}
    data: DataChoice = DataChoice()
    recipe: Recipe = Recipe()
    runs: tuple[RunRef, ...] = ()
    search: SearchSpec | None = None
    extra: Mapping[str, Any] = {}
    readonly: str = ""

    def sheet(self, name: str) -> Graph:
        """The main graph (``MAIN``) or a block's graph.

        Raises:
            KeyError: there is no block of that name.
        """
        return self.graph if name == MAIN else self.blocks[name].graph

    def sheets(self) -> Iterator[tuple[str, Graph]]:
        """The main graph, then every block's, with their names."""
        yield MAIN, self.graph
        for name, block in self.blocks.items():
            yield name, block.graph

    def same_network(self, other: Project) -> bool:
        """Whether another state of this project computes the same; where cards stand does not matter."""
        return (
            self.graph.nodes is other.graph.nodes
            and self.graph.wires is other.graph.wires
            and self.blocks is other.blocks
            and self.constants is other.constants
        )

    def with_sheet(self, name: str, graph: Graph) -> Project:
        """The project with one sheet put in place of the old one. Bends whose wire is gone go too."""
        if any(target not in graph.wires for target in graph.bends):
            bends = {t: b for t, b in graph.bends.items() if t in graph.wires}
            graph = msgspec.structs.replace(graph, bends=bends)
        if name == MAIN:
            return msgspec.structs.replace(self, graph=graph)
        block = msgspec.structs.replace(self.blocks[name], graph=graph)
        return msgspec.structs.replace(self, blocks={**self.blocks, name: block})
