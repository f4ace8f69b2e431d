"""Print a project's training as a script, and write it with its data."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from visualnet.analysis import Analysis, infer
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.plan import Plan
from visualnet.compiling.source_code.batch import FUNCTIONS, BatchObjectives
from visualnet.compiling.source_code.code_layout import spell
from visualnet.compiling.source_code.source import SourceFile
from visualnet.compiling.source_code.statements import Statements, fresh
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Sampler
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.layers.recipe.settings import settings
from visualnet.training import devices, optimizers
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.loop import preflight
from visualnet.training.loop.metrics import Tally
from visualnet.training.machine.machine import PRECISIONS
from visualnet.training.probes import plain_fields
from visualnet.training.script import refusals, template
from visualnet.training.script.counting import counts_of_samples
from visualnet.training.script.group_lines import GroupLines
from visualnet.training.script.recipe_lines import spell_optimizer, spell_schedule, spell_warm_up
from visualnet.training.script.script_files import ScriptFiles
from visualnet.training.transfer.start import find_weights, match_network
from visualnet.training.transfer.weight_files import read_weights

IMPORTS = {
    "Path": "from pathlib import Path",
    "Any": "from typing import Any",
    "np": "import numpy as np",
    "os": "import os",
    "AveragedModel": "from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn",
}


_AUTO = '"cuda" if torch.cuda.is_available() else "cpu"'
_SCALER = ("init_scale", "growth_interval")
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
        optimizers.check_recipe(self.recipe, len(data.validation) > 0)
        self.analysis = analysis if analysis is not None else infer(project, None, data.fields)
        refusals.check_nodes(self.analysis)
        for fault in preflight.faults(self.analysis, data):
            raise ValueError(fault.words)
        self.model: Model = compile_project(project, self.analysis, device="meta")
        self.tally = Tally(self.model, torch.device("cpu"))
        self.values = settings(self.recipe)
        self.groups = GroupLines(self.model, self.recipe, self.values)
        self.all_trained = all(parameter.requires_grad for parameter in self.model.objective.parameters())
        self.sampler = Sampler(len(data.train), self.recipe.batch_size, self.recipe.seed)
        self.plain = plain_fields(self.model)

    # --- the text --------------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The whole script."""
        file = SourceFile(self.model.plan, {*template.NAMES, *FUNCTIONS})
        file.taken |= {*template.NAMES, *FUNCTIONS, *IMPORTS, "get_ema_multi_avg_fn"}
        found: list[BatchObjectives] = []

        def make(plan: Plan, statements: Statements, name: str) -> BatchObjectives:
            uncounted = counts_of_samples(self.model, self.data)
            found.append(BatchObjectives(plan, statements, name, uncounted, self._decorators()))
            return found[0]

        network = file.network(make)
        holds = self._holds(found[0])
        values = self._values(holds, file.main)
        loop = template.fill(template.LOOP, holds, values)
        return file.assemble(f"{network}\n\n\n{loop}", template.fill(template.CONSTANTS, holds, values), IMPORTS)

    def _holds(self, objectives: BatchObjectives) -> set[str]:
        """The names of what this training uses, as the template asks for them."""
        recipe, values, rows = self.recipe, self.values, self.tally.rows
        schedule = SCHEDULES[values["schedule"]]
        warm = values["warmup"] > 0
        moves = warm or bool(schedule.torch)
        patience = values["patience"] is not None
        by_loss = self.tally.best_by[0] == "loss"
        found = {
            "start": bool(recipe.start_from),
            "device": recipe.device != "cpu",
            "groups": bool(self.groups.others),
            "freezes": self.groups.freezes,
            "frozen_statistics": bool(self.groups.frozen_statistics()),
            "moves": moves,
            "scaled": self.groups.scales and moves,
            "validation": len(self.data.validation) > 0,
            "warmup": warm,
            "schedule": bool(schedule.torch),
            "step_schedule": warm or bool(schedule.torch and not schedule.epoch),
            "epoch_schedule": bool(schedule.torch) and schedule.epoch and not schedule.watches,
            "plateau": schedule.watches,
            "patience": patience,
            "min_delta": patience and values["min_delta"] > 0,
            "gained": patience and not (by_loss and not values["min_delta"]),
            "several": len(self.model.losses) > 1,
            "counted": bool(objectives.counted),
            "settled": bool(rows.settled),
            "counted_or_settled": bool(objectives.counted or rows.settled),
            "parts": bool(rows.parts),
            "adjusted": bool(rows.settled or rows.parts),
            "drop_last": self.sampler.steps < math.ceil(self.sampler.size / self.sampler.batch_size),
        }
        found |= {"fp16": values["precision"] == "fp16"}
        found |= {name: values[name] for name in ("channels_last", "deterministic")}
        on = {name for name, guard in GUARDS.items() if guard.is_on(values)}
        return {name for name, holds in found.items() if holds} | (
            on & {"l1", "clip_norm", "clip_value", "accumulate", "average"}
        )

    def _values(self, holds: set[str], network: str) -> dict[str, str]:
        """What stands in the template for its names."""
        recipe, values = self.recipe, self.values
        name, mode = self.tally.best_by
        steps = -(-self.sampler.steps // values["accumulate"])
        schedule = spell_schedule(values, steps, mode)
        warm_up = spell_warm_up(values, steps)
        holds |= {"needs_steps"} if "steps_per_epoch" in schedule + warm_up else set()
        stepped = "step_schedule" in holds
        epoch_wise = bool(schedule) and SCHEDULES[values["schedule"]].epoch
        batches = "math.ceil(len(train[0]) / BATCH_SIZE)"
        if "drop_last" in holds:
            batches = "len(train[0]) // BATCH_SIZE"
        given = [
            f"model: {network}",
            "optimizer: torch.optim.Optimizer",
            *(["scheduler: torch.optim.lr_scheduler.LRScheduler"] if stepped else []),
            *(["scaler: torch.amp.GradScaler"] if "fp16" in holds else []),
            *(["average: AveragedModel"] if "average" in holds else []),
            "train: list[Tensor]",
            "generator: torch.Generator",
        ]
        added = ["self", "samples: int", "values: dict[str, Tensor]"]
        added += [f"{name}: dict[str, Tensor]" for name in _COUNTS if _COUNTS[name] in holds]
        told = {
            n: spell(values[n])
            for n in ("l1", "clip_norm", "clip_value", "accumulate", "patience", "min_delta", "ema_decay", *_SCALER)
        }
        sums = self.model.sums
        return {
            **told,
            **{f"{kind}_file": spell(getattr(self.files, kind)) for kind in ("start", "best", "average")},
            **self._fields(holds),
            **self._best(name, mode),
            "data": spell(self.files.data),
            "epochs": spell(recipe.epochs),
            "batch_size": spell(self.sampler.batch_size),
            "lr": spell(float(values["lr"])),
            "seed": spell(recipe.seed),
            "threads": spell(devices.allot(values["threads"])),
            "device_type": self._device_type(),
            "warmup": spell(values["warmup"]),
            "loss_weights": "{"
            + ", ".join(f"{spell(s.facts.node.name)}: {w!r}" for s, w in self.model.plan.losses)
            + "}",
            "train_arguments": ", ".join(given),
            "train_call": ", ".join(argument.partition(":")[0] for argument in given),
            "groups": self.groups.dicts(),
            "rate_factors": spell(tuple(self.groups.factors)),
            "frozen_epochs": self.groups.frozen_epochs(),
            "frozen_statistics": self.groups.frozen_statistics(),
            "network": network,
            "chunk": "BATCH_SIZE" if sums else "2 * BATCH_SIZE",
            "add_arguments": ", ".join(added),
            "optimizer": spell_optimizer(recipe, self._parameters(), "fp16" in holds),
            "steps_per_epoch": batches if values["accumulate"] == 1 else f"math.ceil({batches} / ACCUMULATE)",
            "warm_up": warm_up,
            "scheduler_kind": ": torch.optim.lr_scheduler.LRScheduler" if schedule and not epoch_wise else "",
            "schedule": schedule,
            "main_name": "epoch_scheduler" if epoch_wise and stepped else "scheduler",
        }

    def _device_type(self) -> str:
        return _AUTO if self.recipe.device == "auto" else spell(self.recipe.device.partition(":")[0])

    def _decorators(self) -> list[str]:
        """What stands over the function that computes a batch: in which precision, and whether it is compiled."""
        values, found = self.values, []
        if values["precision"] != "float32":
            found.append(f"@torch.autocast({self._device_type()}, dtype={PRECISIONS[values['precision']]})")
        if values["compile"]:
            backend = values["compile_backend"]
            given = ["dynamic=False", *([] if backend == "inductor" else [f"backend={spell(backend)}"])]
            found.append(f"@torch.compile({', '.join(given)})")
        return found

    def _parameters(self) -> str:
        if self.groups.others:
            return "group_parameters(model)"
        return "model.parameters()" if self.all_trained else "[p for p in model.parameters() if p.requires_grad]"

    def _best(self, name: str, mode: str) -> dict[str, str]:
        """How the best epoch is told."""
        worst, beats = ("math.inf", "<") if mode == "min" else ("-math.inf", ">")
        gain = "gained - value" if mode == "min" else "value - gained"
        least = "MIN_DELTA" if self.values["min_delta"] else "0"
        told = {
            "best_by": spell(name),
            "worst_value": worst,
            "has_gained": f"{gain} > {least}",
        }
        if name == "loss":
            return {**told, "worst": worst, "is_best": f"value {beats} best", "new_best": "value"}
        # Of two epochs with the same value the one with the smaller loss is the better.
        pair = '(value, means["loss"])' if mode == "min" else '(value, -means["loss"])'
        return {
            **told,
            "worst": f"({worst}, {worst})",
            "is_best": f"math.isfinite(value) and {pair} {beats} best",
            "new_best": pair,
        }

    def _fields(self, holds: set[str]) -> dict[str, str]:
        """How the data file is read."""
        lines, arrays = [], []
        names: set[str] = {"data", "part", "device", "array"}
        for field in self.model.fields:
            name = fresh(field, names)
            read = f'data[f"{{part}}_{field}"]'
            if self._is_normalised(field):
                read = f'({read} - data["{field}_mean"]) / data["{field}_std"]'
            lines.append(f"{name} = {read}")
            arrays.append(name)
        placed = "device" in holds
        return {
            "field_list": " and ".join(filter(None, [", ".join(arrays[:-1]), arrays[-1]])),
            "load_fields": "\n".join(lines),
            "arrays": ", ".join(arrays) + ("," if len(arrays) == 1 else ""),
            "device": _AUTO if self.recipe.device == "auto" else spell(self.recipe.device),
            "to_device": ".to(device)" if placed else "",
            "device_argument": ", device" if placed else "",
            "device_parameter": ", device: torch.device" if placed else "",
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
                if len(index):
                    arrays[f"{part}_{field}"] = self.data.arrays[field][index]
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
