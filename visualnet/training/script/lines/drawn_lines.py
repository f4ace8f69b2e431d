"""What a training script says of rounds that draw batches from the data: all of it stands in the template."""

from __future__ import annotations

from visualnet.training.script.lines.round_lines import RoundLines

LINES = RoundLines()
