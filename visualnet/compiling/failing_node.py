"""Which node is to blame: for an error, or for the first number that is not finite."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, fx

from visualnet.analysis.facts import NodePath
from visualnet.core.errors import first_line

Blame = tuple[NodePath, str]


def from_traceback(error: BaseException) -> Blame | None:
    """The node whose line of generated code the error came through, innermost block first; None if it came through none."""
    found: Blame | None = None
    for frame, line in _frames(error.__traceback__):
        module = frame.f_locals.get("self")
        if isinstance(module, fx.GraphModule) and frame.f_code.co_name == "forward":
            text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
            name = text.partition("=")[0].partition(":")[0].strip()
            node = next((n for n in module.graph.nodes if n.name == name), None)
            if node is not None and "path" in node.meta:
                found = node.meta["path"], f"failed: {first_line(error)}"
    return found


def _frames(traceback: TracebackType | None) -> Iterator[tuple[Any, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def replay(module: fx.GraphModule, arguments: Sequence[Any]) -> Blame | None:
    """Run node by node until one fails or gives a number that is not finite. Running statistics are left as they were."""
    kept = [(buffer, buffer.clone()) for buffer in module.buffers()]
    try:
        with torch.no_grad():
            _Replay(module).run(*arguments)
    except _Found as found:
        return found.blame
    finally:
        for buffer, before in kept:
            buffer.copy_(before)
    return None


class _Found(Exception):
    def __init__(self, path: NodePath, words: str) -> None:
        super().__init__(words)
        self.blame: Blame = (path, words)


class _Replay(fx.Interpreter):
    """Looks at what each node of the drawing gives; steps within a node (a masked score of −∞) are its own business."""

    def run_node(self, n: fx.Node) -> Any:
        path = n.meta.get("path", ())
        try:
            result = super().run_node(n)
        except _Found:
            raise
        except Exception as error:
            raise _Found(path, f"failed: {first_line(error)}") from None
        if "port" in n.meta and isinstance(result, Tensor) and (words := _not_finite(result)):
            raise _Found(path, f"gives {words}{self._weights(n)}")
        return result

    def _weights(self, n: fx.Node) -> str:
        """Whether the fault lies in the weights already: then the step before spoiled them."""
        if n.op != "call_module":
            return ""
        for name, parameter in self.fetch_attr(str(n.target)).named_parameters():
            if words := _not_finite(parameter):
                return f"; its {name} already holds {words}: the last step was too large (a smaller learning rate may help)"
        return ""


def _not_finite(tensor: Tensor) -> str:
    """``3 NaN and 2 infinite of 640 numbers``, or nothing."""
    if not tensor.is_floating_point() or tensor.device.type == "meta":
        return ""
    nan, infinite = int(tensor.isnan().sum()), int(tensor.isinf().sum())
    counts = [f"{count:,} {what}" for count, what in ((nan, "NaN"), (infinite, "infinite")) if count]
    return f"{' and '.join(counts)} of {tensor.numel():,} numbers" if counts else ""
