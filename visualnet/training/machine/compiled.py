"""A program that ``torch.compile`` translates when it first sees batches of a size, and that is run as it is where that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, fx

from visualnet.training import events

Results = tuple[Mapping[str, Tensor], Mapping[str, Tensor]]
MOST_VARIANTS = 64
"""Translations of one program: for each batch size, in training and in validation, before and after weights are unfrozen."""


class CompiledProgram:
    """Runs a program of a model translated. ``emit`` is told before each translation: until it is done the run answers to nothing.

    A translation is made for one size of batches: so what a batch gives does not depend on those before it, and a resumed run
    computes the same.
    """

    def __init__(self, program: fx.GraphModule, backend: str, emit: Callable[[events.Event], None]) -> None:
        self.program, self.emit = program, emit
        self._translated: Callable[..., Results] | None = torch.compile(program, backend=backend, dynamic=False)
        self._known: set[Any] = set()
        self._parameters = list(program.parameters())

    def __call__(self, *batch: Tensor) -> Results:
        results: Results
        if self._translated is None:
            results = self.program(*batch)
            return results
        trained = sum(parameter.requires_grad for parameter in self._parameters)
        key = (self.program.training, torch.is_grad_enabled(), trained, *(tensor.shape for tensor in batch))
        begun = None
        if key not in self._known:
            self.emit(events.Compiling())
            self._known.add(key)
            begun = _Begun(self.program)
        try:
            return self._translated(*batch)
        except Exception as error:
            words = _reason(error)
        if begun is not None:
            begun.restore()
        # What fails untranslated too is no fault of the translation: it is raised here.
        results = self.program(*batch)
        self._translated = None
        self.emit(events.Trouble(words=f"torch.compile failed, and the run goes on without it: {words}"))
        return results


class _Begun:
    """What a forward pass changes: a part of it may be done when the next part cannot be translated."""

    def __init__(self, program: fx.GraphModule) -> None:
        self.generator = torch.get_rng_state()
        self.on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
        self.buffers = {buffer: buffer.clone() for buffer in program.buffers()}

    def restore(self) -> None:
        """Put it back."""
        torch.set_rng_state(self.generator)
        if self.on_gpu:
            torch.cuda.set_rng_state_all(self.on_gpu)
        for buffer, value in self.buffers.items():
            buffer.copy_(value)


def _reason(error: Exception) -> str:
    """The first line of what went wrong, below what torch wraps around it."""
    inner = getattr(error, "inner_exception", None) or error
    return str(inner).strip().partition("\n")[0] or type(inner).__name__


@contextmanager
def translating() -> Iterator[None]:
    """Translate whole steps while this lasts, and let go of all translations afterwards: they hold the network's weights."""
    import torch._dynamo
    import torch._functorch.config
    import torch._inductor.config

    wanted = (
        (torch._dynamo.config, {"recompile_limit": MOST_VARIANTS}),
        # The backward pass with the forward one: where it cannot be translated, nothing of the step has been done yet.
        (torch._functorch.config, {"force_non_lazy_backward_lowering": True}),
        # Dropout draws what it draws untranslated; and the other cores stay with the window.
        (torch._inductor.config, {"fallback_random": True, "compile_threads": 1}),
    )
    try:
        with ExitStack() as stack:
            for config, values in wanted:
                known = {
                    name: value for name, value in values.items() if hasattr(config, name)
                }  # older torch has fewer
                stack.enter_context(config.patch(known))
            yield
    finally:
        torch._dynamo.reset()
