"""The inspector's section about which learner trains the weights of nodes and blocks, or lowers a loss; only where there are several."""

from __future__ import annotations

from visualnet.analysis.facts import NodeFacts
from visualnet.analysis.inference.learners import learner_parts
from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.sections.section import EditorGrid, InspectorSection, choice_box
from visualnet.app.forms.form import caption
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.core import edits
from visualnet.core.graph import LEARNER
from visualnet.core.project import MAIN

_TIP = "Which of the recipe's learners trains these weights, or lowers this loss. Learners are made on the Recipe page."
MIXED = "several"


class LearnerSection(InspectorSection):
    """One choice for all that is selected and has weights, or is a loss."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Learner")
        self.ids: list[str] = []
        self.choice = choice_box((), _TIP, self._set_learner)
        self.editors = EditorGrid({"learner": self.choice}, wide=("learner",))
        self.words = caption("")
        self.add(self.editors)
        self.add(self.words)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show the learner that the selected nodes name."""
        known = self.studio.facts.nodes if self.studio.facts is not None else {}
        chosen = [known[i] for i in selected.ids if i in known]
        lowered = self.studio.analysis.main.outline.ends.get("loss", ())
        losses = [facts for facts in chosen if facts.node.id in lowered and self.studio.sheet == MAIN]
        learning = losses or [facts for facts in chosen if facts.weights or facts.parameters]
        learners = self.studio.project.recipe.learners
        self.ids = [facts.node.id for facts in learning]
        said = {str(facts.node.training.get(LEARNER, "")) for facts in learning}
        names = [learner.name for learner in learners]
        self.setVisible(bool(learning) and (len(names) > 1 or bool(said - {""})))
        if not learning:
            return
        self.choice.clear()
        self.choice.addItem("not said", "")
        for name in names:
            self.choice.addItem(name, name)
        for name in sorted(said - {"", *names}):
            self.choice.addItem(f"{name} (not in the recipe)", name)
        if len(said) > 1:
            self.choice.addItem(MIXED, None)
            self.choice.setCurrentIndex(self.choice.count() - 1)
        else:
            self.choice.setCurrentIndex(self.choice.findData(next(iter(said))))
        self.words.setText(self._describe(learning, bool(losses)))
        self.words.setVisible(bool(self.words.text()))

    def point_at(self) -> None:
        """Open, and give the focus to the choice."""
        self.set_opened(True)
        self.choice.setFocus()

    def _describe(self, chosen: list[NodeFacts], losses: bool) -> str:
        """Who trains the weights in fact, where the node itself does not say it."""
        if losses:
            return "The one that lowers it; a loss is lowered by one learner."
        parts = learner_parts(self.studio.analysis.main, self.studio.project.recipe.learners)
        here = sheet_path(self.studio)
        found = set()
        for facts in chosen:
            if not facts.node.training.get(LEARNER):
                start = (*here, facts.node.id)
                names = {p.name for p in parts for path in p.trains if path[: len(start)] == start}
                found |= names or {""}
        if not found:
            return ""
        by = " and ".join(f"“{name}”" for name in sorted(found - {""})) or "no learner"
        return (
            f"Trained by {by}, as the block says or as losses reach it." if found - {""} else "Trained by no learner."
        )

    def _set_learner(self, at: int) -> None:
        name = self.choice.itemData(at)
        if name is None:
            return
        sheet, ids, given = self.studio.sheet, list(self.ids), name or edits.RESET
        self.studio.do("Set learner", lambda p: edits.set_training(p, sheet, ids, {LEARNER: given}))
