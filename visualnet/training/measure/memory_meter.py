"""How much memory a run really took on its device, held against what was forecast."""

from __future__ import annotations

import torch

from visualnet.analysis import Analysis
from visualnet.analysis.cost.totals import Costs
from visualnet.training.events import Memory


class MemoryMeter:
    """Measures on CUDA, whose allocator counts; elsewhere nothing is counted, and that is said.

    What other work holds and what the data take on the device is left out: the forecast is of the network and its training.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.counts = device.type == "cuda"
        self.before = torch.cuda.memory_allocated(device) if self.counts else 0
        self.data = 0
        if self.counts:
            torch.cuda.reset_peak_memory_stats(device)

    def count_data(self, taken_before: int) -> None:
        """The data lie on the device now; so much was taken before they came."""
        self.data = self.allocated() - taken_before

    def allocated(self) -> int:
        """Bytes that are taken now; 0 where nothing counts them."""
        return torch.cuda.memory_allocated(self.device) if self.counts else 0

    def compare(self, analysis: Analysis, batch: int, step: int) -> Memory:
        """The peak so far beside the forecast."""
        peak = torch.cuda.max_memory_allocated(self.device) - self.before - self.data if self.counts else None
        return Memory(step=step, device=str(self.device), peak=peak, forecast=Costs(analysis, batch).whole().training)
