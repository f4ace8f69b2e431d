"""What a note proposes to break can be tried: every step applies to its template, changes it, and is refused in words elsewhere."""

from __future__ import annotations

import pytest

from visualnet.analysis import infer
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.project_file import dumps, loads
from visualnet.data.registry import fields_or_none
from visualnet.templates.index import Template, template_list
from visualnet.templates.note_actions import apply_step, steps, without_steps

ALL = template_list()
STEPS = [(t, words, link) for t in ALL for words, link in steps(t.page.read_text(encoding="utf-8"))]


def test_most_templates_have_a_step() -> None:
    with_one = {t.name for t, _, _ in STEPS}
    assert len(with_one) >= 0.8 * len(ALL)


@pytest.mark.few(50)
@pytest.mark.parametrize(("template", "words", "link"), STEPS, ids=[f"{t.name}-{link}" for t, _, link in STEPS])
def test_a_step_changes_its_network_as_the_file_allows(template: Template, words: str, link: str) -> None:
    project = project_file.load(template.path)
    changed = apply_step(project, link)
    # A small version may already stand where the step leads; the panel then says so.
    assert changed != project or template.of
    assert words
    assert loads(dumps(changed), "changed") == changed
    analysis = infer(changed, fields=fields_or_none(changed.data))
    assert not [p for p in analysis.problems if p.code == "parameter"]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("set:conv1.stride=2", "no “conv1” any more"),
        ("set:block/conv1.stride=2", "no block “block” any more"),
        ("constant:alpha=1", "no constant “alpha” any more"),
        ("mute:relu1", "no “relu1” any more"),
        ("repeat:stage1=2", "no “stage1” any more"),
        ("constant:alpha", "says nothing"),
        ("fetch:secrets=1", "nothing that a note can do"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(link: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        apply_step(Project(), link)


def test_only_own_steps_are_steps() -> None:
    text = "See [here](https://example.org) or [try `it`](set:a.b=1) and [this](file:///etc/passwd)."
    assert list(steps(text)) == [("try it", "set:a.b=1")]
    assert without_steps(text).count("](") == 2
