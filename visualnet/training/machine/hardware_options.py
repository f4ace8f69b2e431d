"""The machine switches of a run, as its loop uses them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, fx, nn

from visualnet.layers.recipe.machine import MACHINE, describe_machine
from visualnet.layers.recipe.technique import Values
from visualnet.training import devices, events
from visualnet.training.distributed.process_group import ALONE, ProcessGroup
from visualnet.training.machine.compiled import CompiledProgram, translating
from visualnet.training.machine.loss_scaler import LossScaler

Program = Callable[..., tuple[Mapping[str, Tensor], Mapping[str, Tensor]]]
"""From a batch to values and what they count, as ``Model.trial``."""
PRECISIONS = {"bf16": torch.bfloat16, "fp16": torch.float16}
CUBLAS_WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"
"""Deterministic products of matrices on a GPU need this in the environment."""


class Machine:
    """What the settings of a run switch on at its place. Where nothing is, programs, weights and batches stay as they are.

    Raises:
        ValueError: the place cannot compute in the precision that is asked for; the words say what would do.
    """

    def __init__(
        self,
        values: Values,
        place: devices.DeviceChoice,
        emit: Callable[[events.Event], None],
        group: ProcessGroup = ALONE,
    ) -> None:
        self.values, self.device, self.emit, self.group = {**values}, place.device, emit, group
        missing = devices.find_missing(place.device)
        if words := missing.get("precision", {}).get(values["precision"]):
            raise ValueError(f"the recipe asks for {values['precision']}: {words}")
        if values["compile"] and (words := missing.get("compile", {}).get(True)):
            self.values["compile"] = False
            emit(events.Trouble(words=f"the run goes on without torch.compile: {words}"))
        if values["threads"] is not None and values["threads"] > devices.cores():
            self.values["threads"] = None
            words = f"the recipe asks for {values['threads']:,} threads, and there are {devices.cores():,} cores here"
            emit(events.Trouble(words=f"{words}: the run takes {place.threads:,}"))
        self.precision = PRECISIONS.get(self.values["precision"])
        """The numbers of autocast; None for none."""
        self._programs: dict[fx.GraphModule, Program] = {}

    @property
    def words(self) -> str:
        """What is switched on, in a few words; empty where nothing is."""
        told = describe_machine({**self.values, "threads": MACHINE["threads"].params["threads"].default})
        return ", ".join(filter(None, (told, self.group.processes.words if self.group.size > 1 else "")))

    @property
    def scales(self) -> bool:
        """Whether losses are scaled."""
        return self.precision is torch.float16

    def make_scaler(self) -> LossScaler | None:
        """What scales the losses of one learner, where they are scaled."""
        return LossScaler(self.device, self.values) if self.scales else None

    def arrange(self, net: nn.Module) -> None:
        """Lay the weights out as asked for."""
        if self.values["channels_last"]:
            for parameter in net.parameters():
                parameter.data = to_channels_last(parameter.data)

    def autocast(self) -> AbstractContextManager[Any]:
        """What forward passes and losses are computed within."""
        if self.precision is None:
            return nullcontext()
        return torch.autocast(self.device.type, self.precision)

    def wrap(self, program: fx.GraphModule) -> Program:
        """The program as it is run: compiled, in the wanted precision, on batches laid out as asked for; itself where nothing is
        switched on."""
        if program not in self._programs:
            self._programs[program] = self.group.wrap(program, self._wrap(program))
        return self._programs[program]

    def forget_programs(self) -> None:
        """Let go of what was wrapped so far: another network is trained from here on."""
        self._programs.clear()

    def _wrap(self, program: fx.GraphModule) -> Program:
        plain: Program = program
        if self.values["compile"]:
            plain = CompiledProgram(program, self.values["compile_backend"], self.emit)
        arranges = self.values["channels_last"]
        if self.precision is None and not arranges:
            return plain

        def run(*batch: Tensor) -> tuple[Mapping[str, Tensor], Mapping[str, Tensor]]:
            if arranges:
                batch = tuple(to_channels_last(tensor) for tensor in batch)
            with self.autocast():
                return plain(*batch)

        return run

    @contextmanager
    def applied(self) -> Iterator[None]:
        """What holds for all of torch while the run lasts; afterwards it is as it was."""
        with ExitStack() as stack:
            if self.values["deterministic"]:
                stack.enter_context(_deterministic(self.device))
            if self.values["compile"]:
                stack.enter_context(translating())
            yield


def to_channels_last(tensor: Tensor) -> Tensor:
    """Images, and weights of 2-D convolutions, pixel by pixel; all else as it is."""
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


@contextmanager
def _deterministic(device: torch.device) -> Iterator[None]:
    before, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    if device.type == "cuda":
        os.environ.setdefault(CUBLAS_WORKSPACE, ":4096:8")
        torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warns)
        torch.backends.cudnn.benchmark = benchmark
