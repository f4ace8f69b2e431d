"""How much memory is free: of the machine, or of a device. The machine's needs no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.core.process.machine_memory import machine_memory

if TYPE_CHECKING:
    import torch


def free_memory(device: torch.device | None = None) -> int:
    """Bytes that can be taken without anything else being put aside: of the machine, or of a GPU."""
    if device is not None and device.type == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        # What torch keeps for later is free for whoever asks torch.
        return int(free) + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return machine_memory()
