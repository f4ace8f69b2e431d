"""Every feature of the registry: said in words, found in a menu, seen in both themes, gone without a trace, and never needed by another."""

from __future__ import annotations

import ast
import gc
import sys
import weakref
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QTextEdit,
    QWidget,
)

from tests.flows.monkey.watch import what_keeps
from tests.waiting import until
from visualnet.app import features, shell
from visualnet.app.actions.registry import MENUS, ActionSpec
from visualnet.app.canvas.scene.sheet_index import SheetHit
from visualnet.app.features import registry
from visualnet.app.features.feature import Feature
from visualnet.app.features.lazy_page import LazyPage
from visualnet.app.features.registry import FEATURES
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.shell.actions import all_actions
from visualnet.app.shell.closing_dialog import ClosingDialog
from visualnet.app.shell.window import Window
from visualnet.app.shell.workspaces import SIZES
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.core import edits
from visualnet.core.project import MAIN
from visualnet.core.user.settings import Settings
from visualnet.resources import resource

SEEN = [feature for feature in FEATURES if feature.dock is not None or feature.page is not None]
ASKING = ("help.explain",)
"""Actions that open a dialog, though their words do not end in dots."""
COVERING = ("help.start_page",)
"""Actions after which no panel is to be seen."""
OpenWindow = Callable[..., Window]


def actions_of(feature: Feature) -> tuple[ActionSpec[Studio], ...]:
    """All that it adds to the menus."""
    return (*feature.actions, *([toggle] if (toggle := feature.toggle) is not None else []))


def name_of(feature: Feature) -> str:
    return feature.id


@pytest.fixture
def open_window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Makes windows with some features and in some theme, and closes them at the end; what was changed is thrown away."""
    made: list[Window] = []

    def make(features: tuple[Feature, ...] = FEATURES, theme: str = "dark") -> Window:
        window = Window(
            Settings(tmp_path / f"{len(made)}.json"),
            ThemeKeeper(qapp, theme),  # type: ignore[arg-type]
            features=features,
        )
        window.resize(1440, 900)
        window.show()
        qapp.processEvents()
        made.append(window)
        return window

    yield make
    monkeypatch.setattr(ClosingDialog, "exec", ClosingDialog.discard_all)
    monkeypatch.setattr(QMessageBox, "exec", lambda _: QMessageBox.StandardButton.Discard)
    for window in made:
        window.close()
        window.deleteLater()
    made.clear()
    settle(qapp)


def settle(qapp: QApplication) -> None:
    for _ in range(3):
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_ids_and_actions_are_declared_once() -> None:
    ids = [feature.id for feature in FEATURES]
    assert len(ids) == len(set(ids))
    actions = [spec.id for spec in all_actions(FEATURES)]
    assert len(actions) == len(set(actions))


@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_a_feature_says_what_it_is_for_and_can_be_reached(feature: Feature) -> None:
    assert feature.help.endswith(".") and len(feature.help) > 30
    assert feature.dock or feature.page or feature.actions or feature.strip or feature.overlay
    for spec in actions_of(feature):
        assert spec.text and spec.tip and spec.menu in MENUS, spec.id
        assert not spec.icon or resource("icons", f"{spec.icon}.svg").is_file(), spec.icon
        assert spec.run or spec.check or spec.fill, spec.id


@pytest.mark.few(3)
@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_the_program_works_without_it(feature: Feature, open_window: OpenWindow, qapp: QApplication) -> None:
    """With one feature left out the window opens, edits, switches workspaces and themes, and does what the other features offer."""
    window = open_window(tuple(each for each in FEATURES if each is not feature))
    starts = feature.page is not None and feature.page.home
    assert window.covered == (not starts), "without the start page the canvas is there at once"
    window.project_files.open_template("lenet5-28")
    for space in ("build", "train", "inspect"):
        window.show_space(space)
        qapp.processEvents()
    window.studio.select([next(iter(window.studio.graph.nodes))])
    assert not set(window.actions_) & {spec.id for spec in actions_of(feature)}
    for each in window.features:
        for spec in each.actions:
            if spec.run is not None and not spec.text.endswith("…") and spec.id not in (*ASKING, *COVERING):
                window.run_action(spec.id)
        if each.dock is not None:
            assert window.show_panel(each.id) is not None
    assert window.show_panel(feature.id) is None
    search_leads_somewhere(window, feature)
    for spec in actions_of(feature):
        window.run_action(spec.id)  # what others ask for in vain
    window.set_mode("light")
    qapp.processEvents()


def search_leads_somewhere(window: Window, left_out: Feature) -> None:
    """The search of all commands finds nothing of what was left out, and asks the feature that declares it for anything else."""
    window.palette_popup.open()
    index = window.palette_popup._index
    assert index is not None
    kinds = {entry.target.partition(":")[0] for entry in index.entries if ":" in entry.target}
    declared = {group.kind for each in window.features for group in each.search_entries}
    assert kinds == declared | {"layer", "template"}
    assert not kinds & {group.kind for group in left_out.search_entries}
    dead = [e.target for e in index.entries if e.target and ":" not in e.target and e.target not in window.actions_]
    assert not dead, "answers that lead to actions which are not there"
    window.palette_popup.close_panel()


@pytest.mark.parametrize("left_out", [f for f in FEATURES if f.search_entries], ids=name_of)
def test_the_search_offers_nothing_that_nobody_does(left_out: Feature, open_window: OpenWindow) -> None:
    window = open_window(tuple(each for each in FEATURES if each is not left_out))
    window.project_files.open_template("lenet5-28")
    search_leads_somewhere(window, left_out)
    page = window.pages["start_page"]
    assert bool(page.lessons) == (left_out.id != "lessons"), "nor does the start page"


def test_the_question_about_a_network_is_put_whoever_is_there_to_ask_it(open_window: OpenWindow) -> None:
    """Without the panel that asks it, it stands across the window with both answers."""
    window = open_window(tuple(each for each in FEATURES if each.ask_network is None))
    window.project_files.open_template("lenet5-28")
    network = window.runner.network
    before, begun = window.studio.project, []
    node = next(node.id for node in window.studio.graph if node.kind == "conv2d")
    window.studio.do("Bias", lambda p: edits.set_params(p, MAIN, [node], {"bias": False}))
    assert network.holds_back_ended(before, begun.append)
    assert window.banner.isVisible() and window.banner.text.startswith("The network has changed")
    answers = {button.text(): button for button in window.banner.findChildren(QPushButton) if button.isVisible()}
    assert {"Go on with the changed network", "Go on with the old one"} <= set(answers)
    answers["Go on with the old one"].click()
    assert [project.graph for project in begun] == [before.graph] and not network.open


def test_the_shell_knows_no_feature_by_name() -> None:
    """No identity of a feature stands in its source; a word that is also an icon's or a workspace's is never handed to what takes one."""
    ids = {feature.id for feature in FEATURES}
    words = {path.stem for path in resource("icons").glob("**/*.svg")} | set(SIZES)
    takes = {"panel", "show_panel", "page", "show_page", "overlay", "reveal", "is_open", "is_seen", "set_shown"}
    takes |= {"set_panel_shown", "is_panel_seen"}
    holds = {"docks", "pages", "strips", "_overlays", "_declared"}
    named = []
    for path in sorted(Path(shell.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in ids - words:
                named.append(f"{path.name}:{node.lineno} {node.value}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in takes:
                given = [arg for arg in node.args if isinstance(arg, ast.Constant) and arg.value in ids]
                named += [f"{path.name}:{arg.lineno} {node.func.attr}({arg.value!r})" for arg in given]
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                whole = node.value
                if isinstance(whole, ast.Attribute) and whole.attr in holds:
                    named.append(f"{path.name}:{node.lineno} {whole.attr}[{node.slice.value!r}]")
    assert named == []


@pytest.mark.few(3)
@pytest.mark.parametrize("feature", SEEN, ids=name_of)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_empty_says_what_to_do_in_the_colours_of_the_theme(
    feature: Feature, theme: str, open_window: OpenWindow, qapp: QApplication
) -> None:
    window = open_window((feature,), theme)
    shown: QWidget
    if feature.page is not None:
        window.show_page(feature.id)
        shown = window.pages[feature.id]
    else:
        window.project_files.new()
        shown = window.show_panel(feature.id)
    qapp.processEvents()
    assert shown.isVisible() and says_what_to_do(shown)
    image = shown.grab().toImage()
    tokens = DARK if theme == "dark" else LIGHT
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert {tokens.ground, tokens.surface, tokens.raised} & seen, (
        "neither ground nor surface of the theme is to be seen"
    )
    assert len(seen) > 3, "nothing is painted"


def says_what_to_do(widget: QWidget) -> bool:
    """Whether a sentence is to be read in it, or a list has something to choose from."""
    words = [w.text() for w in widget.findChildren(QLabel) if w.isVisible()]
    words += [w.toPlainText() for w in (widget, *widget.findChildren(QTextEdit)) if isinstance(w, QTextEdit)]
    lists = [view.model() for view in widget.findChildren(QAbstractItemView) if view.isVisible()]
    return any(len(w.split()) > 3 for w in words) or any(model.rowCount() > 3 for model in lists)


@pytest.mark.usefixtures("program_freezes")
def test_nothing_holds_the_state_of_a_window_that_is_closed(qapp: QApplication, tmp_path: Path) -> None:
    """Not even what Python's collector cannot see, as a reference that Qt's side of a binding keeps."""
    window = Window(Settings(tmp_path / "settings.json"), ThemeKeeper(qapp, "dark"))
    window.show()
    settle(qapp)
    studio = weakref.ref(window.studio)
    window.close()
    window.deleteLater()
    del window
    settle(qapp)

    def gone() -> bool:
        gc.unfreeze()
        gc.collect()
        return studio() is None

    until(gone, "the state of the window is collected")


@pytest.mark.wide
@pytest.mark.usefixtures("program_freezes")
def test_nothing_of_a_feature_lives_on_when_its_window_is_closed(qapp: QApplication, tmp_path: Path) -> None:
    """Widgets are destroyed and no object of its classes is left; threads and timers that it left would fail the test by themselves.

    A first window loads the modules, with the tables in them.
    """
    for round_ in range(2):
        before, known = live_objects(), ids_of_features()
        window = Window(Settings(tmp_path / f"{round_}.json"), ThemeKeeper(qapp, "dark"))
        window.show()
        settle(qapp)
        window.project_files.open_template("lenet5-28")
        for feature in FEATURES:
            window.show_panel(feature.id)
            make_view(window, feature)
            for spec in feature.actions:
                if spec.fill is not None:
                    window.actions_[spec.id].menu().aboutToShow.emit()
        settle(qapp)
        # The collector hands out tuples that another thread is still filling, and that thread fails (SystemError): let it end.
        until(lambda window=window: not window.runner._queue.busy, "nothing done beside the window")  # type: ignore[misc]
        until(lambda window=window: not any(t.running for t in window.findChildren(BackgroundTask)), "no task at work")  # type: ignore[misc]
        made = {name.partition(".")[0] for name in live_objects() - before}
        seen = {folder_of(f) for f in FEATURES if f.dock or f.page or f.overlay or f.strip}
        assert seen <= made, "some were not even made"
        window.close()
        window.deleteLater()
        del window
        settle(qapp)

    def gone() -> bool:
        gc.unfreeze()  # all is in sight, also what the window's collector took out of sight as it was closed
        gc.collect()
        return not live_objects() - before

    try:
        until(gone, "what was at work beside the window has ended too")
    except AssertionError:
        left = [f"{features.__name__}.{kind}" for kind in live_objects() - before]
        ways = [way for kind in left[:8] for way in what_keeps(kind, known)]
        raise AssertionError("\n".join((f"of the closed window there are still {', '.join(left)}", *ways))) from None


def ids_of_features() -> set[int]:
    """The identities of all objects of classes that the features declare."""
    return {id(o) for o in gc.get_objects() if str(type(o).__module__).startswith(f"{features.__name__}.")}


def make_view(window: Window, feature: Feature) -> None:
    """A late page's view, as if it had been shown."""
    page = window.pages.get(feature.id)
    assert not isinstance(page, LazyPage) or page.view is not None


def live_objects() -> Counter[str]:
    """How many objects of the classes in each feature's folder there are, of Qt's only those that are not destroyed yet."""
    gc.freeze(), gc.unfreeze()  # the window's collector takes what rests out of sight
    package = f"{features.__name__}."
    kinds = {
        kind: f"{kind.__module__.removeprefix(package)}.{kind.__qualname__}"
        for kind in {type(o) for o in gc.get_objects()}
        if str(kind.__module__).startswith(package)
    }
    return Counter(
        kinds[type(o)]
        for o in gc.get_objects()
        if type(o) in kinds and not (isinstance(o, shiboken6.Object) and not shiboken6.isValid(o))
    )


def folder_of(feature: Feature) -> str:
    """The name of the folder that declares it."""
    return next(
        module.__name__.split(".")[-2]
        for module in list(sys.modules.values())
        if module.__name__.startswith("visualnet.app.features.") and getattr(module, "FEATURE", None) is feature
    )


HELLO = {
    "__init__.py": '"""The panel *Hello*."""\n',
    "panel.py": """from PySide6.QtWidgets import QLabel


class HelloPanel(QLabel):
    def __init__(self, studio):
        super().__init__(f"{len(studio.graph.nodes)} nodes")
        studio.analysed.connect(lambda _: self.setText(f"{len(studio.graph.nodes)} nodes"))
""",
    "feature.py": """from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, draws_something, lazy


FEATURE = Feature(
    "hello",
    "Says how many nodes there are.",
    dock=Dock("Hello", lazy("visualnet.app.features.hello.panel:HelloPanel"), "Show how many nodes there are", "info"),
    actions=(
        ActionSpec("graph.hello", 60, "Say hello", "Greet the network", "info", "Ctrl+Alt+H",
                   lambda studio: studio.message.emit("ok", "Hello, network"), draws_something, {"sheet": 40}),
    ),
)
""",
}


def test_a_panel_is_one_folder_and_one_entry_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_window: OpenWindow, qapp: QApplication
) -> None:
    """A feature is written into a folder and entered in a copy of the registry: its dock, action and menu entries are in the window."""
    folder = tmp_path / "hello"
    folder.mkdir()
    for name, text in HELLO.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(features, "__path__", [*features.__path__, str(tmp_path)])
    source = Path(registry.__file__).read_text(encoding="utf-8")
    source += "\nfrom visualnet.app.features.hello.feature import FEATURE as HELLO\nFEATURES = (*FEATURES, HELLO)\n"
    scope: dict[str, Any] = {"__name__": "registry"}
    try:
        exec(compile(source, "registry.py", "exec"), scope)
        window = open_window(scope["FEATURES"])
        window.project_files.open_template("lenet5-28")
        menus = {m.title(): [a.objectName() for a in m.actions()] for m in window.topbar.menus.findChildren(QMenu)}
        assert "view.hello" in menus["Panels"] and menus["Graph"][-2:] == ["", "graph.hello"]
        dock = window.spaces.docks["hello"]
        assert dock.windowTitle() == "Hello" and dock.isHidden() and not dock.made
        window.run_action("view.hello")
        qapp.processEvents()
        assert dock.isVisible() and dock.panel.text() == f"{len(window.studio.graph.nodes)} nodes"
        menu = QMenu()
        window.canvas.view.context_menu_requested.emit(menu, SheetHit())
        assert menu.actions()[-1].objectName() == "graph.hello"
        window.run_action("graph.hello")
        assert window.toast.text == "Hello, network"
        window.project_files.new()
        assert not window.actions_["graph.hello"].isEnabled()
    finally:
        for name in [name for name in sys.modules if name.startswith("visualnet.app.features.hello")]:
            del sys.modules[name]
