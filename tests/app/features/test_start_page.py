"""The start page: what it shows, and what a mouse, keys and a dropped file do there."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.waiting import settle
from visualnet.app.canvas.scene.graph_thumbnail import places
from visualnet.app.features.about_network.panel import AboutDialog
from visualnet.app.features.start_page import page as start_page
from visualnet.app.features.start_page.cards import TemplateCard, format_age, what_it_is
from visualnet.app.features.start_page.emblems import emblem_of
from visualnet.app.features.start_page.page import StartPage
from visualnet.app.shell.project_files import templates
from visualnet.app.shell.window import Window
from visualnet.app.state.frame_settings import SHORTCUTS
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import ThemeKeeper, apply_theme
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.core.document import Document
from visualnet.core.project import Project
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.templates.index import template_list
from visualnet.templates.lessons import lessons


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def page(qtbot: QtBot, settings: Settings) -> StartPage:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, DARK)
    made = StartPage(Studio(Document(Project()), DARK), settings, tuple(lessons()))
    qtbot.addWidget(made)
    made.resize(1440, 856)
    made.show()
    qtbot.waitUntil(lambda: all(card.counted for card in made.cards) and made.further.whole)
    settle()
    return made


def told(page: StartPage) -> list[object]:
    """Everything that the page asks for from now on."""
    heard: list[object] = []
    page.template_chosen.connect(lambda name: heard.append(("template", name)))
    page.file_chosen.connect(lambda name: heard.append(("file", name)))
    page.lesson_chosen.connect(lambda name: heard.append(("lesson", name)))
    page.open_asked.connect(lambda: heard.append("open"))
    page.empty_chosen.connect(lambda: heard.append("empty"))
    return heard


def remember(settings: Settings, folder: Path, *names: str) -> list[str]:
    """Files that were opened lately, the first one last."""
    for name in names:
        (folder / name).write_text("{}", "utf-8")
        settings.remember_file(folder / name)
    return [str(file.path) for file in settings.files() if file.there]


# --- templates -----------------------------------------------------------------------------------------------------------------------


def test_every_template_has_a_card_with_its_figures(page: StartPage) -> None:
    assert [card.name for card in (*page.cards, *page.more)] == [t.name for t in template_list() if not t.of]
    assert len(page.cards) == 6
    figures = {card.name: card.figures.full_text for card in page.cards}
    assert figures["lenet5"] == "61,706 parameters · MNIST digits"
    assert figures["mlp-mnist"].startswith("52,650 parameters")
    for card in page.cards:
        assert card.title.text() and card.about.text()
        assert card.accessibleName() == f"Template {card.title.text()}: {card.about.text()}"
        assert card.accessibleDescription() == card.figures.full_text


@pytest.mark.wide
def test_the_words_of_a_card_fit_into_it(page: StartPage, qtbot: QtBot) -> None:
    for width, height in ((1440, 856), (1280, 676), (960, 556)):
        page.resize(width, height)
        settle()
        for card in page.cards:
            needed = card.about.heightForWidth(card.about.width())
            assert card.about.height() >= needed, (width, card.name)


@pytest.mark.wide
def test_each_picture_shows_what_is_special_in_its_network(page: StartPage) -> None:
    """No two of the featured ones are alike, and each wears the colour of the family that it is about."""
    about = {
        "perceptron-points": "dense",
        "mlp-mnist": "dense",
        "lenet5": "convolution",
        "resnet-small": "activation",
        "vit-small": "attention",
        "gru-rows": "recurrent",
    }
    pictures = {}
    for card in page.cards:
        image = card._draw(DARK, 1.0).toImage()
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert DARK.family(about[card.name]) in seen, card.name
        pictures[card.name] = bytes(image.constBits())
    assert len(set(pictures.values())) == len(page.cards) == 6
    drawn = {emblem_of(template.name) for template in template_list()}
    assert len(drawn) >= 9 and emblem_of("unet") is not emblem_of("lenet5"), "a U-Net is a U"


def test_a_search_shows_only_what_it_finds_and_return_opens_the_first(page: StartPage, qtbot: QtBot) -> None:
    heard = told(page)
    qtbot.mouseClick(page.search.edit, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.search.edit, "variational gener")
    settle()
    shown = [choice.name for choice in (*page.cards, *page.more) if choice.isVisible()]
    assert shown == ["vae"]
    groups = [head for grid, head in page.further.heads.items() if head.isVisible()]
    assert len(groups) == 1, "groups in which nothing was found are hidden with their heads"
    (hit,) = page.found()
    below = hit.mapTo(page, hit.rect().topLeft()).y() - page.search.mapTo(page, page.search.rect().bottomLeft()).y()
    assert below < 90 and not any(lesson.isVisible() for lesson in page.lessons), "what is found stands first"
    assert [choice.name for choice in page.found()] == shown
    qtbot.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert heard == [("template", "vae")]
    qtbot.keyClicks(page.search.edit, "zzz")
    assert page.nothing_found.isVisible() and not page.found()
    qtbot.keyClick(page.search.edit, Qt.Key.Key_Escape)
    settle()
    assert not page.nothing_found.isVisible()
    assert all(choice.isVisible() for choice in (*page.cards, *page.more))
    qtbot.keyClicks(page.search.edit, "resnet")
    settle()
    card, further = page.found()[:2]
    gap = further.mapTo(page, QPoint()).y() - card.mapTo(page, card.rect().bottomLeft()).y()
    assert gap < 90, "no room is left for the cards that were not found"
    qtbot.keyClick(page.search.edit, Qt.Key.Key_Down)
    assert page.found()[0].hasFocus()


@pytest.mark.wide
def test_the_frame_of_the_keyboard_is_there_once_a_key_was_used(page: StartPage, qtbot: QtBot) -> None:
    first, second = page.cards[:2]
    assert first.hasFocus() and not first.framed, "what nobody has chosen looks like the others"
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert second.framed
    qtbot.mousePress(first, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton, pos=QPoint(-5, -5))
    assert first.hasFocus() and not first.framed, "the mouse needs none"
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert second.framed


@pytest.mark.wide
def test_pictures_follow_the_theme_and_are_drawn_once(page: StartPage, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = TemplateCard._draw
    monkeypatch.setattr(
        TemplateCard, "_draw", lambda card, theme, ratio: drawn.append(theme.name) or draw(card, theme, ratio)
    )
    card = page.cards[0]
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    card.grab()
    dark = len(drawn)
    assert dark <= 1  # it may have been painted before
    card.grab()
    assert len(drawn) == dark
    apply_theme(app, LIGHT)
    assert card.grab().toImage().pixelColor(20, 4) == QColor(LIGHT.canvas)
    apply_theme(app, DARK)
    assert card.grab().toImage().pixelColor(20, 4) == QColor(DARK.canvas)
    assert drawn[dark:].count("light") == 1
    assert drawn[dark:].count("dark") == 0


def test_nodes_without_a_place_do_not_lie_on_one_another() -> None:
    graph = Project().graph
    project = load(templates()["lenet5"])
    bare = type(graph)(nodes=project.graph.nodes, wires=project.graph.wires)
    cards = list(places(bare).values())
    assert not any(a.intersects(b) for n, a in enumerate(cards) for b in cards[:n])


def test_a_click_chooses_a_template_and_a_slip_does_not(page: StartPage, qtbot: QtBot) -> None:
    heard = told(page)
    card = page.cards[2]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert heard == [("template", "lenet5")]
    qtbot.mousePress(card, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    qtbot.mouseRelease(card, Qt.MouseButton.LeftButton, pos=QPoint(60, -40))
    qtbot.mouseClick(card, Qt.MouseButton.RightButton, pos=QPoint(60, 60))
    assert len(heard) == 1


def test_the_note_is_cut_to_what_it_is() -> None:
    note = "Residual blocks (He et al. 2015): each adds a correction. Open a block with Enter."
    assert what_it_is(note) == "Residual blocks: each adds a correction."
    assert what_it_is("One neuron: ŷ = g(w₀ + xᵀw). It draws a line.") == "One neuron: ŷ = g(w₀ + xᵀw)."
    assert what_it_is("") == ""


# --- keys ----------------------------------------------------------------------------------------------------------------------------


def test_arrows_go_over_cards_lessons_and_files(
    page: StartPage, settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    remember(settings, tmp_path, "a.vnet", "b.vnet")
    page.refresh()
    settle()
    heard = told(page)

    def press(key: Qt.Key) -> object:
        qtbot.keyClick(page.focusWidget(), key)
        return page.focusWidget()

    page.cards[0].setFocus()
    assert press(Qt.Key.Key_Right) is page.cards[1]
    assert press(Qt.Key.Key_Down) is page.cards[4]
    assert press(Qt.Key.Key_Left) is page.cards[3]
    assert press(Qt.Key.Key_Up) is page.cards[0]
    assert press(Qt.Key.Key_Up) is page.cards[0]
    assert press(Qt.Key.Key_Right) is page.cards[1]
    assert press(Qt.Key.Key_Right) is page.cards[2]
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Return)
    assert press(Qt.Key.Key_Right) in page.lessons
    page.lessons[0].setFocus()
    assert press(Qt.Key.Key_Down) is page.lessons[1]
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    assert press(Qt.Key.Key_Down) is page.lessons[2]
    assert press(Qt.Key.Key_Down) is page.rows[0]
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Enter)
    assert heard == [("template", "lenet5"), ("lesson", page.lessons[1].name), ("file", str(page.rows[0].path))]


@pytest.mark.wide
def test_tab_reaches_everything_that_acts(page: StartPage, settings: Settings, tmp_path: Path, qtbot: QtBot) -> None:
    remember(settings, tmp_path, "a.vnet")
    page.refresh()
    settle()
    met = []
    for _ in range(len(page.choices()) + 12):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        met.append(page.focusWidget())
    for wanted in (*page.choices(), page.open_button, page.empty_button):
        assert wanted in met
        assert wanted.accessibleName()


def test_a_card_that_gets_the_focus_is_scrolled_into_view(page: StartPage, qtbot: QtBot) -> None:
    page.resize(960, 400)
    settle()
    last = page.lessons[-1]
    assert last.visibleRegion().isEmpty()
    last.setFocus()
    assert not last.visibleRegion().isEmpty()


def test_buttons_and_their_keys(page: StartPage, qtbot: QtBot) -> None:
    heard = told(page)
    qtbot.mouseClick(page.open_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.empty_button, Qt.MouseButton.LeftButton)
    assert heard == ["open", "empty"]


@pytest.mark.wide
def test_the_keys_that_a_person_chose_are_shown(qtbot: QtBot, qapp: QApplication, settings: Settings) -> None:
    settings.section(SHORTCUTS)["file.open"] = ["Ctrl+Alt+O"]
    window = Window(settings, ThemeKeeper(qapp, "dark"))
    qtbot.addWidget(window)
    page = window.pages["start_page"]
    assert page.open_button.accessibleDescription() == "Ctrl+Alt+O"
    assert "Ctrl+Alt+O" in page.open_button.text() and "Ctrl+Shift+N" in page.empty_button.text()


# --- layout --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.few(1)
@pytest.mark.parametrize(("width", "height", "beside"), [(1440, 856, True), (1280, 676, True), (960, 556, False)])
def test_nothing_is_cut_off(page: StartPage, qtbot: QtBot, width: int, height: int, beside: bool) -> None:
    page.resize(width, height)
    settle()
    inside = page._page.rect()
    for choice in page.choices():
        at = choice.mapTo(page._page, QPoint(0, 0))
        assert inside.contains(at) and at.x() + choice.width() <= inside.width()
    boxes = [choice.rect().translated(choice.mapTo(page._page, QPoint(0, 0))) for choice in page.choices()]
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])
    left = page.lessons[0].mapTo(page._page, QPoint(0, 0)).x()
    assert (left > page.cards[2].mapTo(page._page, QPoint(0, 0)).x()) == beside
    if beside:  # the first templates are seen at once, and that there are more
        below = page.more[0].mapTo(page._scroll.viewport(), QPoint(0, 0)).y()
        last = page.cards[-1]
        assert last.mapTo(page._scroll.viewport(), QPoint(0, last.height())).y() < page._scroll.viewport().height()
        assert below - 24 < page._scroll.viewport().height()


def test_the_further_templates_are_told_from_the_index_and_not_read(
    page: StartPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, settings: Settings
) -> None:
    read: list[str] = []
    load_now = start_page.load
    monkeypatch.setattr(start_page, "load", lambda path: read.append(path.stem) or load_now(path))
    other = StartPage(Studio(Document(Project()), DARK), settings, tuple(lessons()))
    qtbot.addWidget(other)
    assert read == [card.name for card in other.cards]
    row = next(row for row in page.more if row.name == "vgg-d")
    assert row.accessibleDescription() == "138,357,544 parameters"
    heard = told(page)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert heard == [("template", "vgg-d")]


# --- files opened lately -------------------------------------------------------------------------------------------------------------


def test_files_are_listed_newest_first_without_those_that_are_gone(
    page: StartPage, settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    assert not page.rows
    assert page.recent.nothing.isVisible()
    remember(settings, tmp_path, "old.vnet", "gone.vnet", "new.vnet")
    (tmp_path / "gone.vnet").unlink()
    os.utime(tmp_path / "old.vnet", (0, 86400))
    page.refresh()
    assert [(row.path.name, row.there) for row in page.rows] == [
        ("new.vnet", True),
        ("gone.vnet", False),
        ("old.vnet", True),
    ]
    assert "missing" in page.rows[1].accessibleName() and "moved" in page.rows[1].toolTip()
    assert not page.rows[1].menu().actions()[0].isEnabled()
    assert not page.recent.nothing.isVisible()
    assert "today" in page.rows[0].accessibleName()
    assert "1970" in page.rows[2].accessibleName()
    heard = told(page)
    settle()
    qtbot.mouseClick(page.rows[2], Qt.MouseButton.LeftButton)
    assert heard == [("file", str(tmp_path / "old.vnet"))]


@pytest.mark.wide
def test_a_pinned_file_stays_at_the_head(page: StartPage, settings: Settings, tmp_path: Path, qtbot: QtBot) -> None:
    remember(settings, tmp_path, "one.vnet", "two.vnet", "three.vnet")
    page.refresh()
    qtbot.mouseClick(page.rows[2].pin, Qt.MouseButton.LeftButton)
    assert [row.path.name for row in page.rows] == ["one.vnet", "three.vnet", "two.vnet"]
    assert page.rows[0].pinned and page.focusWidget() is page.rows[0]
    remember(settings, tmp_path, *(f"{n}.vnet" for n in range(20)))
    page.refresh()
    assert page.rows[0].path.name == "one.vnet", "however many come after it"
    qtbot.keyClick(page.rows[0], Qt.Key.Key_P)
    assert "one.vnet" not in [row.path.name for row in page.rows]


@pytest.mark.wide
def test_what_was_open_last_is_offered(page: StartPage, tmp_path: Path, qtbot: QtBot) -> None:
    assert not page.recent.reopen.isVisible()
    page.recent.show_last([tmp_path / "one.vnet", tmp_path / "two.vnet"])
    assert page.recent.reopen.isVisible() and "Reopen last 2 projects" in page.recent.reopen.text()
    with qtbot.waitSignal(page.recent.reopen_asked):
        qtbot.mouseClick(page.recent.reopen, Qt.MouseButton.LeftButton)


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_a_right_click_offers_to_forget_a_file(
    page: StartPage, settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    remember(settings, tmp_path, "one.vnet", "two.vnet")
    page.refresh()
    row = page.rows[0]
    middle = row.rect().center()
    QApplication.sendEvent(row, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, row.mapToGlobal(middle)))
    menu = row.findChild(QMenu)
    assert menu is not None and menu.isVisible()
    action = next(a for a in menu.actions() if "Remove" in a.text())
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert [r.path.name for r in page.rows] == ["one.vnet"]
    assert [file.path for file in settings.files() if file.there] == [tmp_path / "one.vnet"]
    assert (tmp_path / "two.vnet").exists()


@pytest.mark.wide
def test_delete_forgets_a_file_and_the_focus_stays_near(
    page: StartPage, settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    remember(settings, tmp_path, "one.vnet", "two.vnet")
    page.refresh()
    page.rows[1].setFocus()
    qtbot.keyClick(page.rows[1], Qt.Key.Key_Delete)
    assert page.focusWidget() is page.rows[0]
    qtbot.keyClick(page.rows[0], Qt.Key.Key_Delete)
    assert not page.rows
    assert not any(file.there for file in settings.files())
    assert page.recent.nothing.isVisible()


def test_when_it_was() -> None:
    now = datetime(2026, 3, 10, 14, 5)
    assert format_age(datetime(2026, 3, 10, 9, 7), now) == "today 09:07"
    assert format_age(datetime(2026, 3, 9, 23, 59), now) == "yesterday 23:59"
    assert format_age(datetime(2026, 3, 6, 12), now) == "4 days ago"
    assert format_age(datetime(2026, 1, 2), now) == "2 Jan"
    assert format_age(datetime(2024, 12, 31), now) == "31 Dec 2024"


# --- dropping ------------------------------------------------------------------------------------------------------------------------


def drag(page: StartPage, *names: str) -> bool:
    """Drag files over the page and let them go; tells whether they were taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(page, enter)
    if enter.isAccepted():
        QApplication.sendEvent(page, QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, left, none))
    return enter.isAccepted()


def test_one_network_or_file_of_data_can_be_dropped_and_not_two(page: StartPage, tmp_path: Path) -> None:
    heard = told(page)
    name = str(tmp_path / "a.vnet")
    assert drag(page, name)
    assert heard == [("file", name)]
    assert drag(page, str(tmp_path / "a.png")), "a picture may carry one"
    assert drag(page, str(tmp_path / "a.csv")), "data of one's own"
    assert not drag(page, name, str(tmp_path / "b.vnet"))
    assert len(heard) == 3


# --- small versions and notes --------------------------------------------------------------------------------------------------------


def test_a_row_opens_the_small_version_by_its_chip_its_key_and_its_menu(page: StartPage, qtbot: QtBot) -> None:
    heard = told(page)
    row = next(row for row in page.more if row.name == "alexnet")
    assert row.template_actions is not None
    qtbot.mouseClick(row.template_actions.small, Qt.MouseButton.LeftButton)
    qtbot.keyClick(row, Qt.Key.Key_S)
    menu = row.template_actions.menu(page)
    action = next(a for a in menu.actions() if a.text().startswith("Open the small version"))
    action.trigger()
    menu.deleteLater()
    assert heard == [("template", "alexnet-small")] * 3


@pytest.mark.wide
def test_one_that_trains_as_it_is_offers_no_small_version(page: StartPage, qtbot: QtBot) -> None:
    heard = told(page)
    card = page.cards[2]
    assert card.template_actions is not None and not card.template_actions.has_small
    qtbot.keyClick(card, Qt.Key.Key_S)
    assert heard == []
    assert [
        len(row.template_actions.chips)
        for row in page.more
        if row.template_actions and row.name in ("lenet5-28", "vit")
    ] == [1, 2]


def test_a_card_tells_about_its_network_and_opens_it_from_there(
    page: StartPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[AboutDialog] = []
    monkeypatch.setattr(AboutDialog, "exec", lambda self: shown.append(self))
    heard = told(page)
    row = next(row for row in page.more if row.name == "mobilenet-v1")
    assert row.template_actions is not None
    qtbot.mouseClick(row.template_actions.about, Qt.MouseButton.LeftButton)
    qtbot.keyClick(page.cards[0], Qt.Key.Key_I)
    text = shown[0].page.toPlainText()
    assert "What is new" in text and "Howard" in text
    assert not shown[0].page.document().toHtml().count("href")  # nothing is open yet that a step could change
    qtbot.mouseClick(shown[0].small_button, Qt.MouseButton.LeftButton)
    assert not shown[1].small_button.isVisibleTo(shown[1])
    qtbot.mouseClick(shown[1].open_button, Qt.MouseButton.LeftButton)
    assert heard == [("template", "mobilenet-v1-small"), ("template", "perceptron-points")]
