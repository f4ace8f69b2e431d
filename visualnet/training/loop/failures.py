"""How a run ends that cannot go on: in words, with the guilty node and what to do."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from visualnet.analysis import Analysis
from visualnet.analysis.cost.totals import Costs
from visualnet.analysis.facts import NodePath
from visualnet.compiling import GraphError, failing_node
from visualnet.core.errors import first_line
from visualnet.core.text.format import format_bytes
from visualnet.data.streaming.readable import DataLost, UnreadableSample
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.events import Failed
from visualnet.training.loop.metrics import NonFinite, set_state
from visualnet.training.loop.preflight import StartFault
from visualnet.training.loop.procedures.q_play import PlayFailed

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.training.machine.hardware_options import Machine

_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "cannot allocate memory")
MAX_TEXT = 20_000
_NOT_DETERMINISTIC = re.compile(r"(\S+) does not have a deterministic implementation")


class TrainingRefused(ValueError):
    """The run cannot begin."""

    def __init__(self, fault: StartFault) -> None:
        super().__init__(fault.words)
        self.fault = fault


def describe(
    error: Exception, model: Model | None, batch_size: int, step: int, analysis: Analysis | None = None
) -> Failed:
    """The exception as an event of plain text; nothing of it may be kept, for it holds every tensor of the step."""
    if isinstance(error, TrainingRefused):
        return Failed(kind=error.fault.kind, words=error.fault.words, path=tuple(error.fault.path), step=step)
    if isinstance(error, DataLost | UnreadableSample | PlayFailed):
        return Failed(kind="unreadable", words=str(error), step=step)
    text = "".join(traceback.format_exception(error))[-MAX_TEXT:]
    if isinstance(error, GraphError):
        return Failed(kind="graph", words=str(error), traceback=text, step=step)
    if isinstance(error, BadCheckpoint):
        return Failed(kind="data", words=str(error), traceback=text, step=step)
    found = failing_node.from_traceback(error)
    path = tuple(found[0]) if found else ()
    told = model.guilty(error, {}) if model is not None and found else None
    if is_memory(error) and (heavy := _heavy(analysis, batch_size)):
        words = f"there is not enough memory to train this network: {heavy[1]}"
        return Failed(kind="memory", words=words, path=heavy[0], traceback=text, step=step)
    if is_memory(error):
        where = f" at {_node(told[1])}" if told else ""
        smaller = max(batch_size // 2, 1)
        way_out = (
            f"make the batch smaller (it is {batch_size:,}; try {smaller:,})"
            if batch_size > 1
            else "use a smaller network"
        )
        words = f"there is not enough memory for a training step{where}: {way_out}"
        return Failed(kind="memory", words=words, path=path, traceback=text, step=step)
    words = _advise(told[1] if told else first_line(error), str(error))
    return Failed(kind="error", words=words, path=path, traceback=text, step=step)


def find_unasked_loss(model: Model, batch: Sequence[Tensor]) -> tuple[NodePath, str] | None:
    """The loss that these samples ask nothing of, whose mean is therefore NaN; None if each is asked something."""
    model.trial.eval()
    with torch.no_grad():
        counts = model.trial(*batch)[1]
    for step, _ in model.plan.losses:
        name = step.facts.node.name
        if (key := model.counted.get(name)) is not None and not counts[key].any():
            words = (
                f"“{name}” is asked nothing in this batch, as every target is ignored, and a mean over nothing is NaN: "
                "make the batch larger, or leave out the samples that ask nothing"
            )
            return (step.id,), words
    return None


def find_failing_node(
    fault: NonFinite, model: Model, again: Callable[[Tensor, int], list[Tensor]], machine: Machine, step: int
) -> Failed:
    """Run the bad step again, just as it was (``again`` gives its batch), and name the first node whose numbers are not finite."""
    try:
        if machine.group.shards:
            raise ValueError("the weights are divided over the processes")
        found = find_unasked_loss(model, again(fault.index, step - 1))
        if found is None:
            set_state(machine.device, fault.state)
            model.trial.train()
            with machine.autocast():
                batch = again(fault.index, step - 1)
                found = model.guilty(None, dict(zip(model.fields, batch, strict=True)), fault.only)
    except Exception as error:
        found = ((), f"(the node could not be found: {first_line(error)})")
    path, words = found or ((), "though each node alone gives finite numbers")
    words = f"the loss became {'NaN' if fault.value != fault.value else 'infinite'} at step {step}: {words}"
    if machine.precision is not None:
        name = machine.values["precision"]
        wider = {"fp16": "bf16 and float32 have room for larger numbers", "bf16": "float32 is more exact"}[name]
        words = f"{words}; it was computed in {name}, and {wider}: try that before a lower learning rate"
    return Failed(kind="nonfinite", words=words, path=tuple(path), step=step)


def is_memory(error: BaseException) -> bool:
    """Whether memory ran out, on whichever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _MEMORY)


def _heavy(analysis: Analysis | None, batch_size: int) -> tuple[NodePath, str] | None:
    """The node with the most weights and what to do, where it is the weights, not the batch, that take the memory."""
    if analysis is None:
        return None
    costs = Costs(analysis, batch_size)
    whole = costs.whole()
    held = whole.weights + whole.gradients + whole.optimizer
    if held < whole.training / 2:
        return None
    most, cost = max(costs.sheet().items(), key=lambda item: item[1].parameters)
    return (most,), (
        f"weights, gradients and optimizer alone take {format_bytes(held)}, most of it for “{analysis.main.nodes[most].node.name}” "
        f"({cost.parameters:,} parameters): make it smaller"
    )


def _advise(words: str, error: str) -> str:
    """Words of torch about what the machine's switches forbid, with the way out."""
    if match := _NOT_DETERMINISTIC.search(error):
        node = f"{_node(words)}: " if " failed:" in words else ""
        return (
            f"{node}{match[1]} has no deterministic form on this device: switch off deterministic algorithms in the recipe, "
            "choose another layer there, or train on the CPU"
        )
    if "unsafe to autocast" in error:
        node = f"{_node(words)}: " if " failed:" in words else ""
        return (
            f"{node}this loss cannot be computed in numbers of 16 bits: take the one that is given logits (it has the sigmoid in it), "
            "or switch off mixed precision in the recipe"
        )
    return words


def _node(words: str) -> str:
    return words.partition(" failed:")[0]
