"""Networks that find objects, written by hand."""

from __future__ import annotations

from torch import Tensor, nn

from tests.twins.comparing import Sizes


class Rcnn(nn.Module):
    """Girshick et al. 2014 with a small trunk: scores of 13 classes and background, and the four numbers that move a box."""

    def __init__(self, c: Sizes) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            *(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU()),
        )
        self.scores, self.steps = nn.Linear(128, 14), nn.Linear(128, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.trunk(x)
        return self.scores(x), self.steps(x)
