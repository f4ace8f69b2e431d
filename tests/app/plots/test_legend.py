"""The sample of a line in a legend or a table."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from visualnet.app.plots.charts.legend import line_sample


def test_the_sample_of_a_dashed_line_has_gaps(qapp: QApplication) -> None:
    """In a table of runs it is all that tells the ninth line from the first, which has its colour."""

    def runs(dashed: bool) -> int:
        picture = line_sample(QColor("red"), dashed).pixmap(18, 12).toImage()
        inked = [picture.pixelColor(x, picture.height() // 2).alpha() > 128 for x in range(picture.width())]
        return sum(now and not before for before, now in pairwise([False, *inked]))

    assert runs(dashed=False) == 1 and runs(dashed=True) >= 3
