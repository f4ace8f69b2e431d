"""One form for many nodes, their mode, and presets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import lenet
from visualnet.analysis.block_ports import ends
from visualnet.analysis.connect.insert_node import insert_node
from visualnet.app.features.inspector.node_page import FORMS
from visualnet.app.features.inspector.panel import InspectorPanel
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.edits import grouping
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.storage import project_file
from visualnet.core.user import presets
from visualnet.layers import LAYERS
from visualnet.layers.shorthand import TypedParameters
from visualnet.resources import resource


def two_convolutions() -> Project:
    project = lenet()
    for kind, name in (("conv2d", "conv2"), ("max_pool2d", "pool")):
        project = edits.add_node(project, MAIN, kind, at=(0, 400), name=name)
    return project


@pytest.fixture
def panel(qtbot: QtBot) -> InspectorPanel:
    made = InspectorPanel(Studio(Document(two_convolutions()), DARK))
    made.told = []  # type: ignore[attr-defined]
    made.studio.message.connect(lambda severity, words: made.told.append((severity, words)))  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(320, 900)
    made.show()
    return made


def choose(panel: InspectorPanel, *names: str) -> None:
    panel.studio.select([panel.studio.graph.named(name).id for name in names])


def params(panel: InspectorPanel, name: str) -> dict[str, object]:
    return dict(panel.studio.graph.named(name).params)


def type_into(panel: InspectorPanel, param: str, text: str) -> None:
    form = panel.node_page.form
    assert form is not None
    field = form.rows[param].field  # type: ignore[attr-defined]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_nodes_of_different_kinds_are_set_by_what_they_share(panel: InspectorPanel) -> None:
    choose(panel, "conv1", "conv2", "pool")
    page = panel.node_page
    assert page.form is not None
    assert {"kernel_size", "stride", "padding"} <= page.form.rows.keys() and "out_channels" not in page.form.rows
    assert page.kind.text() == "2 kinds"
    type_into(panel, "kernel_size", "3")
    assert [params(panel, n)["kernel_size"] for n in ("conv1", "conv2", "pool")] == [3, 3, 3]
    assert page.form.rows["kernel_size"].field.text() == "3"  # type: ignore[attr-defined]
    type_into(panel, "dilation", "2")
    type_into(panel, "dilation", "1 × 1")
    assert all("dilation" not in params(panel, n) for n in ("conv1", "conv2", "pool")), "a default is not written down"
    panel.studio.document.undo()
    panel.studio.document.undo()
    panel.studio.document.undo()
    assert params(panel, "conv1")["kernel_size"] == 5, "one step for all of them"


def test_how_weights_are_trained_is_set_for_several_nodes_in_one_step(panel: InspectorPanel) -> None:
    studio, form = panel.studio, panel.node_page.weights.training
    choose(panel, "conv1", "conv2")
    assert form.isVisibleTo(panel) and form.more is not None and not form.more.opened
    form.rows["lr_factor"].edited.emit(0.1)
    form.rows["unfreeze_at"].edited.emit(3)
    assert [dict(studio.graph.named(n).training) for n in ("conv1", "conv2")] == [
        {"lr_factor": 0.1, "unfreeze_at": 3}
    ] * 2
    form.rows["unfreeze_at"].edited.emit(0)
    assert dict(studio.graph.named("conv1").training) == {"lr_factor": 0.1}, "a default is not written down"
    choose(panel, "pool")
    assert not form.isVisibleTo(panel), "it has no weights"
    choose(panel, "conv1")
    form.rows["weight_decay"].edited.emit(-1)
    assert "at least 0" in form.words["weight_decay"].text()
    choose(panel, "conv1", "conv2")
    assert form.rows["weight_decay"].field.placeholderText() == "differ"  # type: ignore[attr-defined]
    panel.node_page.point_at("training.weight_decay")
    assert form.more.opened
    for _ in range(3):
        studio.document.undo()
    assert not studio.graph.named("conv1").training


def test_with_no_selection_nothing_is_kept_of_a_node(panel: InspectorPanel) -> None:
    view = panel.node_page.drawings
    choose(panel, "conv2")
    assert view.facts is not None and panel.node_page.source.node is not None
    choose(panel)
    assert view.facts is None and panel.node_page.source.node is None, (
        "the project may be closed before another node is selected"
    )


def test_only_the_forms_that_were_used_last_are_kept(panel: InspectorPanel) -> None:
    studio, page = panel.studio, panel.node_page
    kinds = [k.tag for k in LAYERS.values() if not k.hidden and len(k.params) > 1][: 2 * FORMS]
    for kind in kinds:
        studio.do("Add", lambda p, k=kind: edits.add_node(p, MAIN, k, name=f"an_{k}"))
    for kind in (*kinds, kinds[-1], kinds[0]):
        choose(panel, f"an_{kind}")
        assert page.form is not None and page.form.isVisible() and set(page.form.rows) <= set(LAYERS[kind].params)
    assert len(page.forms) == FORMS == page.slot.count()


def test_kinds_with_nothing_in_common_say_so(panel: InspectorPanel) -> None:
    choose(panel, "conv1", "flatten")
    assert "no parameter in common" in panel.node_page.about.text()


def test_weights_of_all_that_learn_are_frozen_at_once(panel: InspectorPanel) -> None:
    choose(panel, "conv1", "logits", "flatten")
    assert panel.node_page.weights.isVisibleTo(panel)
    QTest.mouseClick(panel.node_page.weights.trainable, Qt.MouseButton.LeftButton)
    frozen = {n.name for n in panel.studio.graph if not n.trainable}
    assert frozen == {"conv1", "logits"}


def test_a_frozen_normalization_asks_what_becomes_of_its_statistics(panel: InspectorPanel) -> None:
    studio, section = panel.studio, panel.node_page.weights
    conv = studio.graph.named("conv1").id
    studio.do("Add", lambda p: edits.add_node(p, MAIN, "batch_norm2d", name="bn"))
    target = Port(studio.graph.named("bn").id, "image")
    studio.do("Wire", lambda p: edits.connect(p, MAIN, Port(conv, "features"), target))
    choose(panel, "bn")
    assert not section.statistics.isVisibleTo(panel), "what learns moves them"
    QTest.mouseClick(section.trainable, Qt.MouseButton.LeftButton)
    assert section.statistics.isVisibleTo(panel) and section.statistics.currentText() == "fixed"
    section.statistics.activated.emit(section.statistics.findText("updated"))
    assert studio.graph.named("bn").statistics == "updated"
    choose(panel, "conv1")
    QTest.mouseClick(section.trainable, Qt.MouseButton.LeftButton)
    assert not section.statistics.isVisibleTo(panel), "a convolution has none"


def test_figures_are_shown_as_the_courses_table_has_them(panel: InspectorPanel) -> None:
    studio = panel.studio
    studio.open(Document(project_file.load(resource("templates", "alexnet-course.vnet"))))
    do_waiting_refreshes()
    studio.select([])
    shown = panel.project_page.statistics
    assert shown.isVisibleTo(panel)
    told = [shown.value(key) for key in ("Running statistics", "With statistics", "Not trainable")]
    assert told == ["2,752", "56,361,738", "2,752"]
    for name, figure in zip((f"bn{i}" for i in range(1, 6)), ("384", "1,024", "1,536", "1,536", "1,024"), strict=True):
        choose(panel, name)
        rows = panel.node_page.costs.rows
        assert (rows.value("With statistics"), rows.value("Counters")) == (figure, "1")
    studio.open(Document(two_convolutions()))
    do_waiting_refreshes()
    assert not panel.project_page.statistics.isVisibleTo(panel)


def test_the_mode_of_all_selected_is_shown_and_set(panel: InspectorPanel) -> None:
    choose(panel, "conv1", "relu1")
    switch = panel.node_page.mode.switch
    assert switch.current == 0
    QTest.mouseClick(switch.part(1), Qt.MouseButton.LeftButton)
    assert {panel.studio.graph.named(n).mode for n in ("conv1", "relu1")} == {"mute"}
    choose(panel, "conv1", "flatten")
    assert switch.current == -1, "they differ"
    QTest.mouseClick(switch.part(2), Qt.MouseButton.LeftButton)
    assert panel.studio.graph.named("flatten").mode == "off"
    panel.studio.document.undo()
    assert panel.studio.graph.named("flatten").mode == "" and panel.studio.graph.named("conv1").mode == "mute"
    choose(panel, "image")
    assert not panel.node_page.mode.isVisibleTo(panel), "an input is always on"


def test_presets_are_kept_used_and_begun_with(panel: InspectorPanel) -> None:
    choose(panel, "conv1")
    button = panel.node_page.presets
    button.keep("LeNet's first")
    assert panel.told[-1][0] == "ok"  # type: ignore[attr-defined]
    choose(panel, "conv2", "pool")
    assert not button.isVisibleTo(panel), "of two kinds"
    choose(panel, "conv2")
    type_into(panel, "stride", "2")
    button.use("LeNet's first")
    assert params(panel, "conv2") == params(panel, "conv1")
    panel.studio.document.undo()
    assert params(panel, "conv2") == {"stride": 2}
    button.begin_with("LeNet's first")
    assert presets.first_values("conv2d") == params(panel, "conv1")
    button.presets.aboutToShow.emit()
    names = [action.text() for action in button.presets.actions()]
    assert names[0] == "LeNet's first" and "Keep these parameters as a preset…" in names
    button.drop("LeNet's first")
    assert presets.first_values("conv2d") == {}
    button.keep("x" * 99)
    assert panel.told[-1][0] == "error"  # type: ignore[attr-defined]


def test_a_preset_that_cannot_be_used_whole_says_what_is_left_out(panel: InspectorPanel) -> None:
    presets.keep_preset("conv2d", "wide", {"out_channels": "4*width", "kernel_size": 7})
    choose(panel, "conv2")
    panel.node_page.presets.use("wide")
    assert params(panel, "conv2") == {"kernel_size": 7}
    assert "out_channels" in panel.told[-1][1]  # type: ignore[attr-defined]


def test_a_new_node_begins_with_the_chosen_preset(panel: InspectorPanel) -> None:
    presets.keep_preset("conv2d", "same", {"kernel_size": 7, "padding": "same", "out_channels": "no_such_constant"})
    presets.begin_with("conv2d", "same")
    studio = panel.studio
    after, new = insert_node(
        studio.project, MAIN, (), studio.analysis, "conv2d", (0.0, 0.0), given=TypedParameters({"kernel_size": 3})
    )
    assert after.graph.nodes[new].params == {"kernel_size": 3, "padding": "same"}, "what is typed comes first"
    after, new = insert_node(studio.project, MAIN, (), studio.analysis, "linear", (0.0, 0.0))
    assert after.graph.nodes[new].params == {}


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, of any popup
def test_how_often_a_block_repeats_may_be_written_with_constants(panel: InspectorPanel) -> None:
    studio = panel.studio
    studio.do("Constants", lambda p: edits.set_constants(p, {"depth": 3}))
    choose(panel, "conv1", "relu1")
    ids = list(studio.selection)
    studio.do("Group", lambda p: grouping.group(p, MAIN, ids, ends(), "stage")[0])
    choose(panel, "stage")
    field = panel.node_page.weights.repeat
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "2*depth-1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert studio.graph.named("stage").repeat == "2*depth-1" and field.text() == "2*depth-1"
    assert field._unit.text() == "= 5"
    assert field.names() == {"depth": 3}


def test_there_is_nothing_to_scroll_where_everything_is_seen(panel: InspectorPanel, qtbot: QtBot) -> None:
    bar = panel.verticalScrollBar()
    block = edits.put_block(Project(), "empty", Block())
    panel.resize(320, 420)
    choose(panel, "conv2")
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    panel.studio.open(Document(block))
    panel.studio.open_sheet("empty")
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert panel.project_page.isVisible() and not panel.node_page.isVisible()


def test_weights_of_classes_are_typed_as_several_numbers_and_cleared(panel: InspectorPanel) -> None:
    project = edits.add_node(panel.studio.project, MAIN, "cross_entropy", name="weighed")
    panel.studio.document.do("add", lambda _: project)
    choose(panel, "weighed")
    type_into(panel, "class_weights", "1, 2.5, 0.5")
    assert params(panel, "weighed") == {"class_weights": (1, 2.5, 0.5)}
    form = panel.node_page.form
    assert form is not None
    field = form.rows["class_weights"].field  # type: ignore[attr-defined]
    assert field.text() == "1 × 2.5 × 0.5"
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Return)
    layer = LAYERS["cross_entropy"](params(panel, "weighed"))  # type: ignore[arg-type]
    assert layer.values()["class_weights"] == ()


def test_a_hidden_form_of_another_data_set_changes_nothing(panel: InspectorPanel) -> None:
    """The keyboard may stay in it for a moment, where a list of choices hung over it."""
    studio, section = panel.studio, panel.project_page.data
    studio.do("Choose the data", lambda p: edits.set_data(p, name="mnist32", options={}))
    panel.refresh()
    form = section.forms["mnist32"]
    name = next(iter(form.rows))
    studio.do("Choose the data", lambda p: edits.set_data(p, name="a_newer_one", options={}))
    panel.refresh()
    assert form.isHidden() and "There is no data set" in section.words.text()
    QTest.keyClick(form.rows[name].field, Qt.Key.Key_Up)  # type: ignore[attr-defined]
    assert (studio.project.data.name, dict(studio.project.data.options)) == ("a_newer_one", {})
