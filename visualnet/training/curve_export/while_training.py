"""The recipe's switch *curves for other tools*: a run writes its curves beside its log, without anybody's doing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from visualnet.training import events
from visualnet.training.curve_export.tables import write_csv
from visualnet.training.curve_export.tensorboard import TensorBoardSink
from visualnet.training.runs.run_model import read_run

BOARD, TABLE = "tensorboard", "curves.csv"
"""In the run's folder: the folder of event files, and the table."""


class CurveFiles:
    """A sink of a run's events. ``kind`` is ``tensorboard`` (event files, written while the run goes on), ``csv`` (a table, written when it
    ends), ``both`` or ``none``. What cannot be written is told once through ``trouble``, and the training goes on."""

    def __init__(self, folder: Path, kind: str, trouble: Callable[[events.Event], None]) -> None:
        self._folder, self._trouble = folder, trouble
        self._board: TensorBoardSink | None = None
        self._wants_board, self._wants_table = kind in ("tensorboard", "both"), kind in ("csv", "both")

    def __call__(self, event: events.Event) -> None:
        """Take in an event, after the log has it."""
        try:
            if isinstance(event, events.Started) and self._wants_board and self._board is None:
                self._board = TensorBoardSink(self._folder / BOARD)
            if self._board is not None:
                self._board(event)
            if isinstance(event, events.Finished | events.Failed) and self._wants_table:
                write_csv(self._folder / TABLE, read_run(self._folder))
        except (ValueError, OSError) as error:
            self._wants_board = self._wants_table = False
            self._board = None
            words = f"the curves for other tools are not written: {error}. Training goes on."
            self._trouble(events.Trouble(words=words))
