"""A text of one's own: translated while it is typed, or gone on with word by word; and another word is written by a click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.features.writing.panel import FRESH, WritingPanel
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.figures.charts.marks import HitRegion


def open_panel(window: Window, hands: Hands, template: str, trained: bool = True) -> WritingPanel:
    """The panel *Writing* in front of a template, as soon as it shows something."""
    import torch  # noqa: F401  # what the window does in the background

    window.project_files.open_template(template)
    if trained:
        window.studio.do("Start from", lambda p: edits.set_recipe(p, start_from=f"trained/{template}"))
    panel: WritingPanel = window.show_panel("writing")
    hands.until(lambda: panel.shown is not None, what="what is written of the sample")
    return panel


def written(panel: WritingPanel) -> str:
    """What is written now, once it is the answer to what was asked."""
    panel.refresh()
    found = panel.probes.observed.last(panel.state.request)
    return "" if found is None or found[1] is not panel.shown else " ".join(found[1].words["written"])


def click(panel: WritingPanel, view: ChartView, which: Callable[[HitRegion], bool]) -> None:
    """Click a place of a chart."""
    panel.area.ensureWidgetVisible(view)
    assert view.drawing is not None
    region = next(region for region in view.drawing.regions if which(region))
    scale = view.width() / view.drawing.width
    QTest.mouseClick(view, LEFT, NONE, QPoint(round((region.x + 4) * scale), round((region.y + 6) * scale)))


@pytest.mark.wide
def test_a_sentence_is_translated_while_it_is_typed(window: Window, hands: Hands) -> None:
    panel = open_panel(window, hands, "translation")
    panel.text.setFocus()
    QTest.keyClicks(panel.text, "the small dog sees a")
    hands.until(lambda: written(panel).startswith("der kleine hund"), what="the beginning of the translation")
    QTest.keyClicks(panel.text, " flower")
    hands.until(lambda: written(panel) == "der kleine hund sieht eine blume [end]", what="the whole translation")
    assert "What each word looks at" in panel.lines_title.text() and panel.layer.count() == 2
    chart = panel.lines.canvas.chart
    assert chart is not None
    assert chart.sources == ("the", "small", "dog", "sees", "a", "flower")
    assert chart.queries[:3] == ("der", "kleine", "hund") and chart.weights.shape == (4, 7, 6)

    # Another word is forced at a place: what stands before it stays, what is behind is written anew.
    click(panel, panel.words, lambda region: region.words.startswith("“sieht”"))
    assert "Word 4" in panel.choices_title.text()
    chosen = [region.words for region in panel.choices.drawing.regions if "click to write it" in region.words]
    other = chosen[0].partition("”")[0][1:]
    click(panel, panel.choices, lambda region: region.words.startswith(f"“{other}”"))
    hands.until(lambda: written(panel).startswith(f"der kleine hund {other}"), what="the forced word")
    assert panel.state.by_hand == {3}
    hands.press(panel, "Take back")
    hands.until(lambda: "sieht eine blume" in written(panel), what="the word of before")

    # Several texts are followed at once, the best first.
    QTest.mouseClick(panel.choosing.ways.part(2), LEFT)
    hands.until(lambda: written(panel) and panel.texts.isVisible(), what="the texts that were followed")
    scores = panel.texts.chart.scores
    assert len(scores) == 4 and list(scores) == sorted(scores, reverse=True)
    assert panel.texts.chart.texts[0] == "der kleine hund sieht eine blume"

    # A word that is not known is told, with one that is like it.
    QTest.keyClicks(panel.text, "s appel")
    hands.until(lambda: "apple" in panel.note.text(), what="that a word is not known")
    assert "no words of this network" in panel.note.text() and panel.note.isVisible()


@pytest.mark.wide
def test_a_text_is_gone_on_with_word_by_word(window: Window, hands: Hands) -> None:
    panel = open_panel(window, hands, "gpt-small")
    QTest.keyClicks(panel.text, "once there was a small fox . the")
    hands.until(lambda: written(panel) == "fox", what="what may come next")
    assert "come next" in panel.choices_title.text() and panel.state.taken == ()
    hands.press(panel, "Step")
    hands.until(lambda: written(panel) == "fox had", what="the next word")
    hands.press(panel, "Write on")
    hands.until(lambda: len(panel.state.taken) >= 6, what="several words")
    hands.press(panel, "Stop")
    hands.until(lambda: written(panel) != "", what="rest")
    count = len(panel.state.taken)
    assert "fox had a" in written(panel) and "." in written(panel)
    hands.press(panel, "Take back")
    assert len(panel.state.taken) == count - 1

    # Drawn with a seed the same words come again, with another one others.
    QTest.mouseClick(panel.choosing.ways.part(1), LEFT)
    panel.text.setFocus()
    QTest.keyClick(panel.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(panel.text, "once there was a")
    drawn = {}
    for seed in (1, 2, 3, 4, 1):
        panel.choosing.fields["seed"].setValue(seed)
        hands.until(lambda: written(panel) != "", what="a word that is drawn")
        before = drawn.setdefault(seed, written(panel))
        assert written(panel) == before
    assert len(set(drawn.values())) > 1


@pytest.mark.wide
def test_what_cannot_write_says_so_and_fresh_weights_are_told(window: Window, hands: Hands) -> None:
    panel = open_panel(window, hands, "seq2seq-small", trained=False)
    assert panel.hint.text() == FRESH
    assert panel.no_attention.isVisible() and not panel.lines.isVisible()
    QTest.keyClicks(panel.text, "3 1 4")
    hands.until(lambda: "5 more" in panel.note.text(), what="that the row is too short")
    window.project_files.open_template("lenet5")
    hands.until(lambda: panel.stack.currentWidget() is panel.empty, what="that nothing can be written")
    assert "translation" in panel.empty.sentence.text()
