"""Adds the loss, the target and the metric that a network lacks, at one stroke."""

from __future__ import annotations

from visualnet.analysis.repair.training_ends import NodesByRole, plan_training_ends
from visualnet.app.state.studio import Studio
from visualnet.core.project import MAIN, Project

TEXT = "Add loss, target and accuracy"
SEEN_WHOLE = 40
"""A sheet of so many cards can be read as a whole; of a larger one only what is new is shown."""


def lacks_training_ends(studio: Studio) -> bool:
    """Whether the main graph holds something, and lacks a loss, a target or a metric."""
    facts = studio.analysis.main
    return bool(facts.graph.nodes) and not NodesByRole.of(facts).whole


def add_training_ends(studio: Studio) -> None:
    """Add what is lacking for training, wired, as one step; the task is guessed from the answer's size and the data."""
    analysis, fields = studio.analysis, studio.fields
    added: list[str] = []

    def edit(project: Project) -> Project:
        project, added[:] = plan_training_ends(project, analysis.main, fields).add(project)
        return project

    if not studio.do(TEXT, edit):
        return
    if studio.sheet != MAIN:
        studio.open_sheet(MAIN)
    studio.select(added)
    if studio.shell.has_window and len(studio.graph.nodes) <= SEEN_WHOLE:
        studio.shell.run_action("view.fit")
    else:
        studio.focus_requested.emit(tuple(added), "")
    names = ", ".join(f"“{studio.project.graph.nodes[i].name}”" for i in added)
    then = "can begin once everything fits" if studio.analysis.errors() else "can begin"
    studio.message.emit("ok", f"Added {names}, wired. Train (F5) {then}.")
