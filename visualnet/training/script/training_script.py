"""Print a project's training as a script, and write it with its data."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from visualnet.analysis import Analysis, infer
from visualnet.analysis.inference.learners import learner_parts
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.plan import Plan
from visualnet.compiling.source_code.batch import FUNCTIONS, BatchObjectives
from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.compiling.source_code.learner_objectives import LearnerObjectives
from visualnet.compiling.source_code.source import SourceFile
from visualnet.compiling.source_code.statements import Statements, unused_name
from visualnet.core.project import Project, loss_of
from visualnet.core.storage import project_file
from visualnet.data.class_balancing import loss_settings
from visualnet.data.loading import Loaded
from visualnet.training import devices, optimizers
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.loop import preflight
from visualnet.training.loop.metrics import Tally
from visualnet.training.loop.procedures.registry import procedure_kind
from visualnet.training.machine.hardware_options import PRECISIONS
from visualnet.training.observations.context import plain_fields
from visualnet.training.recipe.settings import recipe_of_run, settings
from visualnet.training.script import refusals, template
from visualnet.training.script.augmentation_lines import NAMES, definitions, fill_augmentation
from visualnet.training.script.counting_metrics import counts_of_samples
from visualnet.training.script.filling import fill
from visualnet.training.script.learner_lines import LearnerLines, LearnerMethod, choose_names, drops_last
from visualnet.training.script.lines.best_lines import spell_best
from visualnet.training.script.lines.round_lines import RoundLines, find_round_lines
from visualnet.training.script.script_files import ScriptFiles
from visualnet.training.transfer.initial_weights import find_weights, match_network
from visualnet.training.transfer.weight_files import read_weights

_OF_AN_EPOCH = (
    *("model", "train", "generator", "epoch", "averages", "batch_losses", "order", "batches", "index", "at"),
    *("number", "values", "counts", "tallies", "parameter", "tensor", "p", "batch", "step", "figures"),
)
"""What `train_epoch` has already."""
IMPORTS = {
    "Path": "from pathlib import Path",
    "Any": "from typing import Any",
    "pairwise": "from itertools import pairwise",
    "np": "import numpy as np",
    "os": "import os",
    "AveragedModel": "from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn",
}


_AUTO = '"cuda" if torch.cuda.is_available() else "cpu"'
_COUNTS = {"counts": "counted", "tallies": "settled"}


def training_script(
    project: Project, data: Loaded, files: ScriptFiles | None = None, *, analysis: Analysis | None = None
) -> str:
    """The training of a project on its data as a script that needs only PyTorch and NumPy.

    Raises:
        ValueError: the recipe cannot be used, or a script cannot say it; the words name the setting.
        GraphError: the graph has errors.
    """
    return _Script(project, data, files, analysis).text()


def write_data(project: Project, data: Loaded, path: Path) -> None:
    """Write the data file of a script alone.

    Raises:
        ValueError: as `training_script`.
        OSError: it cannot be written.
    """
    project_file.write(path, _Script(project, data).data_bytes())


def write_training(project: Project, data: Loaded, script: Path, data_file: Path | None = None) -> list[Path]:
    """Write the script, and what it reads beside it: the files that were written, the script first.

    Raises:
        ValueError: as `training_script`; or the weights that it starts from are not there.
        OSError: a file cannot be written.
    """
    files = ScriptFiles.beside(script, data_file)
    printed = _Script(project, data, files)
    text = printed.text()
    written = {script: text.encode(), data_file or script.parent / files.data: printed.data_bytes()}
    if project.recipe.start_from:
        written[script.parent / files.start] = printed.start_bytes()
    for path, content in written.items():
        project_file.write(path, content)
    return list(written)


class _Script:
    """Prints one training."""

    def __init__(
        self, project: Project, data: Loaded, files: ScriptFiles | None = None, analysis: Analysis | None = None
    ) -> None:
        self.recipe, self.data, self.files = project.recipe, data, files or ScriptFiles()
        refusals.check(self.recipe)
        refusals.check_data(data.choice)
        self.augmentation = refusals.check_augmentation(data.augmentation)
        optimizers.check_recipe(self.recipe, len(data.validation) > 0)
        self.analysis = analysis if analysis is not None else infer(project, None, data.fields)
        refusals.check_nodes(self.analysis)
        for fault in preflight.faults(self.analysis, data):
            raise ValueError(fault.words)
        self.model: Model = compile_project(
            project, self.analysis, device="meta", given=loss_settings(self.analysis, data)
        )
        self.tally = Tally(self.model, torch.device("cpu"))
        self.values = settings(recipe_of_run(self.recipe))
        self.sampler = procedure_kind(self.recipe.procedure).make_sampler(data, self.recipe)
        self.plays = procedure_kind(self.recipe.procedure).declaration.plays
        self.rounds: RoundLines = find_round_lines(self.recipe.procedure) or RoundLines()
        self.rounds.check(self.model, self.values)
        self.plain = plain_fields(self.model)
        self.batch: list[str] = []
        """What the fields of a batch are called where each learner is given its own."""
        self.best_by = self.tally.best_by
        self.parts = learner_parts(self.model.analysis.main, self.recipe.learners) if self.recipe.learners else ()
        if self.recipe.best_by in {loss_of(part.name) for part in self.parts}:
            self.best_by = self.recipe.best_by, "min"

    # --- the text --------------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The whole script."""
        file = SourceFile(self.model.plan, {*template.NAMES, *FUNCTIONS})
        file.taken |= {*template.NAMES, *FUNCTIONS, *IMPORTS, "get_ema_multi_avg_fn"}
        file.taken |= {*NAMES, *definitions()} if self.augmentation else set()
        file.taken |= self.rounds.names
        learners = self._learners(file.taken)
        found: list[BatchObjectives] = []

        def make(plan: Plan, statements: Statements, name: str) -> BatchObjectives:
            uncounted = counts_of_samples(self.model, self.data)
            if not self.parts:
                found.append(BatchObjectives(plan, statements, name, uncounted, self._decorators()))
                return found[0]
            parts = [(lines.name, part) for lines, part in zip(learners, self.parts, strict=True)]
            validates, decorators = len(self.data.validation) > 0, self._decorators()
            several = LearnerObjectives(plan, statements, name, uncounted, parts, validates, decorators)
            found.append(several)
            self._give_methods(learners, several)
            return several

        network = file.network(make)
        holds = self._holds(found[0], learners)
        for lines in learners:
            lines.common = holds
        values = self._values(holds, file.main, learners)
        loop = fill(template.LOOP, holds, values).replace("#play", values["played"])
        return file.assemble(
            f"{network}\n\n\n{loop}", fill(template.CONSTANTS, holds, values), IMPORTS | dict(self.rounds.imports)
        )

    def _learners(self, taken: set[str]) -> list[LearnerLines]:
        """One for each learner, with a name that nothing else in the script has."""
        model, sampler, better = self.model, self.sampler, self.tally.best_by[1]
        if not self.parts:
            return [LearnerLines(model, self.recipe, sampler, better, scaling=self._scaling())]
        specs = self.recipe.learners
        names = choose_names([spec.name for spec in specs], taken)
        given = zip(specs, self.parts, names, strict=True)
        return [LearnerLines(model, self.recipe, sampler, better, *one, self._scaling()) for one in given]

    def _give_methods(self, learners: Sequence[LearnerLines], objectives: LearnerObjectives) -> None:
        """Tell each learner what gives it its losses, and how the fields of a batch are called for that."""
        taken = {*_OF_AN_EPOCH, *(lines.own(name) for lines in learners for name in template.OWN_NAMES)}
        fields = objectives.field_names(taken)
        self.batch = list(fields.values())
        targets = ["own_values"]
        targets += ["own_counts"] if objectives.counted else []
        targets += ["own_tallies"] if objectives.tallied else []
        for lines, printed in zip(learners, objectives.parts, strict=True):
            given = [fields[self.model.plan.fields[port.node]] for port in printed.sources]
            lines.method = LearnerMethod(printed.method, ", ".join(given), ", ".join(targets))

    def _holds(self, objectives: BatchObjectives, learners: Sequence[LearnerLines]) -> set[str]:
        """The names of what this training uses, as the template asks for them."""
        recipe, values, rows = self.recipe, self.values, self.tally.rows
        patience = values["patience"] is not None
        by_loss = self.best_by[0] == "loss"
        own = set[str]().union(*(lines.holds for lines in learners))
        found = {
            "start": bool(recipe.start_from),
            "device": recipe.device != "cpu",
            "plays": self.plays,
            "reads": not self.plays or any(map(self._is_normalised, self.model.fields)),
            "validation": len(self.data.validation) > 0 and not self.plays,
            "patience": patience,
            "min_delta": patience and values["min_delta"] > 0,
            "gained": patience and not (by_loss and not values["min_delta"]),
            "weights": objectives.names_weights,
            "counted": bool(objectives.counted),
            "settled": bool(rows.settled),
            "counted_or_settled": bool(objectives.counted or rows.settled),
            "parts": bool(rows.parts),
            "adjusted": bool(rows.settled or rows.parts or self.parts),
            "drop_last": drops_last(self.sampler),
            "numbered": "accumulate" in own or bool(self.augmentation),
            "enumerated": "accumulate" in own or bool(self.augmentation),
            "augments": bool(self.augmentation),
            "figures": bool(self.augmentation and any(map(self._is_normalised, self.model.fields))),
            **{name: values[name] for name in ("channels_last", "deterministic")},
        }
        return {name for name, holds in found.items() if holds} | own

    def _values(self, holds: set[str], network: str, learners: Sequence[LearnerLines]) -> dict[str, str]:
        """What stands in the template for its names."""
        recipe, values = self.recipe, self.values
        name, mode = self.best_by
        resting: dict[str, int] = {}
        fixed: dict[str, int] = {}
        for lines in learners:
            resting |= lines.groups.frozen_epochs()
            fixed |= lines.groups.frozen_statistics()
        given = [f"model: {network}", *(argument for lines in learners for argument in lines.given())]
        if self.plays:
            given += [f"target: {network}", "play: QPlay", "epoch: int"]
        else:
            given += ["train: list[Tensor]", "generator: torch.Generator"]
        given += ["epoch: int"] if {"learners", "freezes"} <= holds or "augments" in holds else []
        given += ["figures: dict[str, tuple[Tensor, Tensor]]"] if "figures" in holds else []
        added = ["self", "samples: int", "values: dict[str, Tensor]"]
        added += [f"{name}: dict[str, Tensor]" for name in _COUNTS if _COUNTS[name] in holds]
        only = [
            f"model: {network}",
            "optimizer: torch.optim.Optimizer",
            *(["epoch: int"] if "freezes" in holds else []),
        ]
        swaps = [f"swap({lines.own('optimizer')}, {lines.own('average')})" for lines in learners if lines.averages]
        return {
            **{n: write_literal(values[n]) for n in ("patience", "min_delta")},
            **{f"{kind}_file": write_literal(getattr(self.files, kind)) for kind in ("start", "best", "average")},
            **self._fields(holds),
            **self._play(holds, network),
            **fill_augmentation(
                self.augmentation,
                self.data,
                self.model.fields,
                [field for field in self.model.fields if self._is_normalised(field)],
                "device" in holds,
            ),
            **spell_best(name, mode, bool(values["min_delta"]), alone=name == "loss" or self.plays),
            **self._of_learners(network, learners),
            "data": write_literal(self.files.data),
            "epochs": write_literal(recipe.epochs),
            "batch_size": write_literal(self.sampler.batch_size),
            "lr": write_literal(float(recipe.lr)),
            "seed": write_literal(recipe.seed),
            "threads": write_literal(devices.allot(values["threads"])),
            "sample": "to_channels_last(tensor[index])" if values["channels_last"] else "tensor[index]",
            "loss_weights": _spell_dict({s.facts.node.name: repr(w) for s, w in self.model.plan.losses}),
            "learner_losses": _spell_dict(self._learner_losses()),
            "train_arguments": ", ".join(given),
            "train_call": ", ".join(argument.partition(":")[0] for argument in given),
            "train_only": ", ".join(only),
            "frozen_epochs": _spell_dict({prefix: write_literal(epochs) for prefix, epochs in resting.items()}),
            "frozen_statistics": _spell_dict({module: write_literal(epochs) for module, epochs in fixed.items()}),
            "network": network,
            "chunk": "BATCH_SIZE" if self.model.sums else "2 * BATCH_SIZE",
            "add_arguments": ", ".join(added),
            "added": ", ".join(["len(index)", "values", *(name for name in _COUNTS if _COUNTS[name] in holds)]),
            "batch": ", ".join(self.batch) if len(self.batch) > 1 else f"({', '.join(self.batch)},)",
            "losses": ", ".join(lines.own("own_loss") for lines in learners),
            "swaps": "\n".join(swaps),
        }

    def _of_learners(self, network: str, learners: Sequence[LearnerLines]) -> dict[str, str]:
        """The parts of the template that each learner has for itself, one after the other."""

        def each(text: str, depth: int = 0, apart: str = "\n") -> str:
            return apart.join(filter(None, (lines.lines(text, network, depth) for lines in learners)))

        return {
            "learner_constants": each(template.LEARNER_CONSTANTS),
            "learner_functions": each(template.LEARNER_FUNCTIONS, apart="\n\n\n"),
            "set_up": each(template.SET_UP, 1),
            "begin_epoch": each(template.BEGIN_EPOCH, 2),
            "end_epoch": each(template.END_EPOCH, 2),
            "step": "" if self.parts else each(template.STEP, 2),
            "turns": "\n\n".join(lines.turns(network, 2) for lines in learners) if self.parts else "",
        }

    def _learner_losses(self) -> dict[str, str]:
        """The losses that each learner lowers, by the name of their sum."""
        nodes = self.model.analysis.main.nodes
        return {
            loss_of(part.name): write_literal(tuple(nodes[node_id].node.name for node_id in part.losses))
            for part in self.parts
        }

    def _device_type(self) -> str:
        return _AUTO if self.recipe.device == "auto" else write_literal(self.recipe.device.partition(":")[0])

    def _scaling(self) -> dict[str, str]:
        """How the losses of fp16 are scaled; empty for other numbers."""
        if self.values["precision"] != "fp16":
            return {}
        own = {name: write_literal(self.values[name]) for name in ("init_scale", "growth_interval")}
        return {"device_type": self._device_type(), **own}

    def _decorators(self) -> list[str]:
        """What stands over a function that computes a batch: in which precision, and whether it is compiled."""
        values, found = self.values, []
        if values["precision"] != "float32":
            found.append(f"@torch.autocast({self._device_type()}, dtype={PRECISIONS[values['precision']]})")
        if values["compile"]:
            backend = values["compile_backend"]
            given = ["dynamic=False", *([] if backend == "inductor" else [f"backend={write_literal(backend)}"])]
            found.append(f"@torch.compile({', '.join(given)})")
        return found

    def _fields(self, holds: set[str]) -> dict[str, str]:
        """How the data file is read."""
        lines, arrays = [], []
        names: set[str] = {"data", "part", "device", "array"}
        for field in self.model.fields:
            name = unused_name(field, names)
            read = f'data[f"{{part}}_{field}"]'
            if self._is_normalised(field):
                normal = f'({read} - data["{field}_mean"]) / data["{field}_std"]'
                if "augments" in holds:
                    lines.append(f"{name} = {read}")
                    lines.append('if part != "train":  # that is normalised behind the augmentation')
                    read = f'({name} - data["{field}_mean"]) / data["{field}_std"]'
                    lines.append(f"    {name} = {read}")
                    arrays.append(name)
                    continue
                read = normal
            lines.append(f"{name} = {read}")
            arrays.append(name)
        placed = "device" in holds
        return {
            "field_list": " and ".join(filter(None, [", ".join(arrays[:-1]), arrays[-1]])),
            "load_fields": "\n".join(lines),
            "arrays": ", ".join(arrays) + ("," if len(arrays) == 1 else ""),
            "device": _AUTO if self.recipe.device == "auto" else write_literal(self.recipe.device),
            "to_device": ".to(device)" if placed else "",
            "device_argument": ", device" if placed else "",
            "device_parameter": ", device: torch.device" if placed else "",
        }

    def _play(self, holds: set[str], network: str) -> dict[str, str]:
        """What is said of the rounds; of play nothing where nothing is played."""
        played = self.rounds.fill(self.data, self.model, self.values, network)
        return {
            "order": self.rounds.order(self.values),
            "play_device": "device" if "device" in holds else 'torch.device("cpu")',
            "play": "#play" if played[0] else "",
            "played": played[0],
            "play_constants": played[1],
        }

    def _is_normalised(self, field: str) -> bool:
        return field in self.data.mean and field not in self.plain

    # --- what it reads ---------------------------------------------------------------------------------------------------------

    def data_bytes(self) -> bytes:
        """The data file: every field of each part, and of what is normalised the mean and the deviation."""
        arrays: dict[str, Any] = {}
        parts = {"train": self.data.train, "validation": self.data.validation, "test": self.data.test}
        for field in self.model.fields:
            for part, index in parts.items():
                if len(index) and not self.plays:
                    arrays[f"{part}_{field}"] = self.data.fetch(index, (field,))[field]
            if self._is_normalised(field):
                arrays[f"{field}_mean"], arrays[f"{field}_std"] = self.data.mean[field], self.data.std[field]
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    def start_bytes(self) -> bytes:
        """The tensors that the training starts from, under the names of this network."""
        tensors = read_weights(find_weights(self.recipe.start_from))
        table = match_network(self.model.net, tensors)
        if not table.taken:
            words = f"the training cannot start from {self.recipe.start_from}: it is of another network, no tensor fits"
            raise BadCheckpoint(words)
        file = io.BytesIO()
        torch.save({name: tensors[source].contiguous().clone() for name, source in table.taken.items()}, file)
        return file.getvalue()


def _spell_dict(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{write_literal(name)}: {value}" for name, value in values.items()) + "}"
