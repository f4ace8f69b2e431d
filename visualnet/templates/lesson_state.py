"""What lessons may look at: how everything stands, and what the person has done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from visualnet.analysis import Analysis
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, Project

DEEDS = {
    "play": "a step was played in the panel Play, by hand or by the network",
    "evaluate": "a run was judged in the panel Evaluate",
    "chart": "one of the charts there was chosen: “chart roc_of_odd”",
    "threshold": "the threshold of such a chart was moved",
    "generate": "something was generated, with each setting of its own: “generate temperature=0.5”, “generate method=prior”",
    "choose": "how words are chosen in the panel Writing: “choose beam”",
    "forward": "back-propagation was followed to the loss",
    "update": "back-propagation was followed to the end of the step",
    "take": "that step was taken",
    "action": "an action of the menus was done, and its dialog left: “action help.zoo”",
}
"""What a person can do that no project, selection or run tells of: features count it in the Studio, lessons wait for it. Behind the word
may stand what it was done with."""


class ShownExperiment(NamedTuple):
    """What the page *Experiments* shows: an experiment by its name (empty: none, or one of the person's own), whether a run of it was
    begun, and how many are over."""

    name: str = ""
    begun: bool = False
    done: int = 0


class LessonState(NamedTuple):
    """What a condition may look at: the project and what is true of it, the open sheet with its selection, and the run."""

    project: Project
    analysis: Analysis
    sheet: str = MAIN
    selection: tuple[str, ...] = ()
    running: bool = False
    """Whether a training goes on."""
    epochs: int = 0
    """How many epochs the run that is shown has finished."""
    paused: bool = False
    """Whether a training waits to be resumed."""
    epochs_before: int = 0
    """How many epochs were finished when the step began."""
    deeds: Mapping[str, int] = {}
    """How often each of `DEEDS` was done since the program began."""
    deeds_before: Mapping[str, int] = {}
    """How often when the step began."""
    page: str = ""
    """The feature whose page covers the canvas; empty where none does."""
    experiment: ShownExperiment = ShownExperiment()
    """The experiment that its page shows."""
    pictures: frozenset[str] = frozenset()
    """The observations that the panel *See inside* shows, by name."""
    run: str = ""
    """The id of the run that is shown."""
    run_before: str = ""
    """That of the one that was shown when the step began."""
    chosen: int = -1
    """Which answer to the question of the step was chosen last, counted from 0; -1: none yet."""

    @property
    def over(self) -> bool:
        """Whether a training has come to its end: there is nothing to wait for any more."""
        return self.epochs > 0 and not self.running and not self.paused


class LessonAction(NamedTuple):
    """What the program does in place of the person: select a node, set parameters of it, an action of the menus, or choose
    an answer."""

    node: str = ""
    params: Mapping[str, Value] = {}
    action: str = ""
    chosen: int = -1
