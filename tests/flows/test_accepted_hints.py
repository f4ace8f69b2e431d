"""Published networks greet without problems; what somebody changes in them is told."""

from __future__ import annotations

import pytest

from tests.flows.hands import Hands
from visualnet.app.shell.window import Window
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import MAIN
from visualnet.core.storage import project_file
from visualnet.templates.index import template_list


def test_no_template_opens_with_a_problem() -> None:
    greeted = {}
    for template in template_list():
        studio = Studio(Document(project_file.load(template.path)), DARK)
        if studio.problems():
            greeted[template.name] = [p.words for p in studio.problems()]
    assert greeted == {}


@pytest.mark.wide
def test_a_rounding_that_is_the_persons_own_is_told(window: Window, hands: Hands) -> None:
    window.project_files.open_template("squeezenet-1.1")
    hands.rest()
    studio, conv = window.studio, hands.node("conv1").id
    assert any(p.code == "inexact" for p in studio.analysis.problems), "the authors rounded 111.5"
    assert studio.problems() == () and window.panel("problems").model.all == []
    studio.do("Set kernel size", lambda p: edits.set_params(p, MAIN, [conv], {"kernel_size": 5}))
    assert [p.words for p in studio.problems()] == ["H: 110.5 → 110: the last row is never read; W likewise"]
    assert len(window.panel("problems").model.all) == 1
    studio.do("Rename", lambda p: edits.set_note(edits.set_name(p, "Mine"), "changed"))
    studio.do("Set kernel size", lambda p: edits.set_params(p, MAIN, [conv], {"kernel_size": 3}))
    assert studio.problems() == (), "as published again"
    studio.open(Document(studio.project))
    assert len(studio.problems()) == 1, "a network of one's own"
