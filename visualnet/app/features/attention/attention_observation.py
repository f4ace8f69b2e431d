"""Attention among the observations: as matrices, and as lines between words."""

from __future__ import annotations

from PySide6.QtCore import Signal

from visualnet.app.plots.attention import AttentionView
from visualnet.app.plots.attention_lines import AttentionLinesView
from visualnet.app.state.studio import Studio
from visualnet.figures.sequences.word_lines import WordLines
from visualnet.training.observations.observation import History, Observation, Result, Subject


class AttentionObservation(AttentionView):
    """Weights as matrices, over the words or the image's patches."""

    sample_chosen = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.step: int | None = None
        """The step to be named before what is said, where no other widget names it."""

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Draw it."""
        arrays = result.arrays
        rows, columns, extra = arrays["grid"].tolist() if "grid" in arrays else (0, 0, 0)
        self.set_attention(
            arrays["weights"],
            image=arrays.get("image"),
            grid=(rows, columns) if rows else None,
            extra_tokens=extra,
            step=self.step,
            words=(result.words.get("queries", ()), result.words.get("sources", ())),
            maps=arrays.get("maps"),
            title=result.words.get("title", ("head", "looks at")),
        )


class LinesObservation(AttentionLinesView):
    """Weights as lines from word to word."""

    sample_chosen = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Draw it."""
        chart = made.draw(result, history)
        assert isinstance(chart, WordLines)
        self.show_lines(chart)
