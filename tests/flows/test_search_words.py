"""The table of words that people try: each gives an answer, and each answer names something that exists."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.counting import count_calls
from tests.flows.hands import Hands
from visualnet.app.actions.search_words import ANSWERS, WORDS, split_words
from visualnet.app.features.recipe.search_choices import recipe_choices
from visualnet.app.shell.searchable import Searchable
from visualnet.app.shell.window import Window
from visualnet.app.widgets.dialogs.command_palette import CommandPalette
from visualnet.core.text.search_index import SearchHit
from visualnet.layers import LAYERS
from visualnet.templates.index import template_list
from visualnet.templates.lessons import lessons

TRIED = ("draw", "confusion", "gradient", "onnx", "schedule", "early stopping", "augment", "csv", "weights", "lesson")
TRIED += ("repeat", "heat")


def hits(palette: CommandPalette, text: str) -> list[SearchHit]:
    palette.search.edit.setText(text)
    return palette.hits


def targets() -> dict[str, str]:
    """Every word of the table, and where it leads: a target, or the title of an answer."""
    found = {word: target for target, words in WORDS.items() for word in split_words(words)}
    return found | {word: answer.title for answer in ANSWERS for word in split_words(answer.words)}


def exists(window: Window, target: str) -> bool:
    sort, _, name = target.partition(":")
    if not name:
        return target in window.actions_.specs
    things = {
        "layer": LAYERS,
        "template": [t.name for t in template_list()],
        "lesson": lessons(),
        "setting": [choice.name for choice in recipe_choices()],
    }
    return name in things[sort]


def test_every_word_leads_to_what_it_means_and_all_of_it_exists(window: Window, hands: Hands) -> None:
    assert len(targets()) >= 150
    every = [word for words in (*WORDS.values(), *(a.words for a in ANSWERS)) for word in split_words(words)]
    assert sorted(every) == sorted(set(every)), "no word leads to two places"
    assert [t for t in (*WORDS, *(a.target for a in ANSWERS if a.target)) if not exists(window, t)] == []
    palette = window.palette_popup
    palette.open()
    astray = {}
    for word, wanted in targets().items():
        found = [hit.entry for hit in hits(palette, word)[:3]]
        if not any(wanted in (entry.target, entry.title) for entry in found):
            astray[word] = [entry.title for entry in found]
    assert astray == {}
    for answer in ANSWERS:
        assert answer.sentence.endswith(".") and len(answer.sentence) < 160, answer.title


@pytest.mark.few(1)
@pytest.mark.parametrize("word", TRIED)
def test_what_was_tried_in_vain_has_an_answer_on_the_start_page_too(window: Window, word: str) -> None:
    assert window.covered
    window.palette_popup.open()
    first = hits(window.palette_popup, word)[0]
    assert first.word or word in first.entry.title.casefold()


@pytest.mark.wide
def test_layers_templates_lessons_and_settings_are_found_and_done(window: Window, hands: Hands) -> None:
    palette = window.palette_popup
    labels = {entry.label for entry in Searchable(window).entries()}
    assert labels == {"Layer", "Template", "Lesson", "Setting", "Answer"}

    def take(text: str, wanted: str) -> None:
        window.actions_.trigger("help.command_palette")
        QTest.keyClicks(palette.search.edit, text)
        assert palette.hits[0].entry.target == wanted, [hit.entry for hit in palette.hits[:3]]
        palette.grab()
        QTest.keyClick(palette.search.edit, Qt.Key.Key_Return)
        hands.rest()

    take("dense", "layer:linear")
    assert not palette.isHidden() and "Open a network first" in palette.words.text()
    palette.close_panel()
    take("lenet 5", "template:lenet5")
    assert window.studio.project.name == "LeNet-5" and not window.covered
    before = len(window.studio.graph.nodes)
    take("dense", "layer:linear")
    assert len(window.studio.graph.nodes) == before + 1 and palette.isHidden()
    take("learning rate", "setting:lr")
    panel = window.panel("recipe")
    assert panel.isVisible() and panel.rows["lr"].isAncestorOf(window.focusWidget())
    take("watch it", "lesson:watch-it-learn")


@pytest.mark.wide
def test_an_answer_says_what_to_do_instead(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    palette = window.palette_popup
    palette.open()
    QTest.keyClicks(palette.search.edit, "excel")
    assert palette.hits[0].entry.label == "Answer"
    assert palette.words.isVisible() and "saved as CSV" in palette.words.text()
    QTest.keyClick(palette.search.edit, Qt.Key.Key_Return)
    assert palette.isHidden()
    hands.rest()
    assert window.panel("data").isVisible()
    panel = window.panel("recipe")
    for words, name in (("early stop", "patience"), ("gradient clipping", "clip_norm"), ("lr decay", "schedule")):
        palette.open()
        QTest.keyClicks(palette.search.edit, words)
        assert palette.hits[0].entry.target == f"setting:{name}"
        QTest.keyClick(palette.search.edit, Qt.Key.Key_Return)
        hands.rest()
        assert panel.rows[name].isVisible() and panel.rows[name].isAncestorOf(window.focusWidget())
    palette.open()
    QTest.keyClicks(palette.search.edit, "heat")
    assert palette.hits[0].entry.target == "view.heat", "what opens a menu is found as well"


@pytest.mark.wide
def test_what_a_newcomer_tried(window: Window, hands: Hands) -> None:
    """The words of the field and those of the page; and why a command is grey."""
    window.project_files.open_template("perceptron-points")
    hands.rest()
    palette = window.palette_popup
    palette.open()
    for text, wanted in (
        ("learning rate finder", "train.find_rate"),
        ("lr finder", "train.find_rate"),
        ("freeze", "graph.freeze"),
        ("adversarial", "setting:learners"),
        ("stop after", "setting:patience"),
        ("patience", "setting:patience"),
    ):
        assert hits(palette, text)[0].entry.target == wanted, text
    assert hits(palette, "stop after")[0].entry.title == "Stop after (patience)"
    window.actions_.trigger("train.use_trained")
    hands.rest()
    palette.open()
    hits(palette, "use trained weights")
    assert palette.words.text().startswith("No trained weights come with this network")
    hits(palette, "gan")
    QTest.keyClick(palette.search.edit, Qt.Key.Key_Return)
    hands.rest()
    add = window.panel("recipe").learners.first
    assert add.hasFocus() and add.text() == "Add a learner" and not add.visibleRegion().isEmpty()


def test_a_key_is_answered_at_once(window: Window) -> None:
    window.palette_popup.open()
    index = window.palette_popup._index
    assert index is not None and len(index.entries) > 350
    work = []
    for word in ("convolution", "early stopping", "heat", "zzz", "optimizer"):
        for length in range(1, len(word) + 1):
            work.append(count_calls(partial(index.find, word[:length]))[1])
    assert max(work) < 40 * len(index.entries), "some calls for each entry that may be meant"
