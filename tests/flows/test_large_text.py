"""What grows with the text: icons, messages, collapsed panels; and what gives up room to the canvas when there is less."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.waiting import settle
from visualnet.app.shell.window import Window
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import IconLabel, button, icon_button
from visualnet.app.widgets.dialogs.messages import Banner


@pytest.mark.wide
def test_icons_grow_with_the_text(window: Window) -> None:
    small, label, named = icon_button("close", "Close", size=14), IconLabel("hint", 16), button("Train", icon="play")
    for widget in (small, label, named):
        widget.setParent(window)
        widget.show()
    window.keeper.set_text_size(200)
    try:
        assert (
            small.iconSize().width() == fonts.px(14) == 28 and label.width() == 32 and named.iconSize().height() == 32
        )
        drawn = small.icon().pixmap(small.iconSize()).deviceIndependentSize()
        assert drawn.width() == 28, "sharp at that size, not a small picture in a large room"
    finally:
        window.keeper.set_text_size(100)
    assert small.iconSize().width() == 14 and label.width() == 16


def test_a_banner_puts_its_buttons_below_where_the_words_need_the_room(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    words = "The pictures of ImageNet do not come with the program: open the small version of this network, or choose other data."
    banner.show_message(
        words, "hint", [("Train the small version", lambda: None), ("Open the small version", lambda: None)]
    )
    text, first, second = banner._text, *banner._shown_buttons
    for width in (1200, 520, 300):
        banner.resize(width, max(banner.heightForWidth(width), banner.height()))
        below, stacked = width < 1200, width == 300
        qtbot.waitUntil(lambda: (first.y() >= text.geometry().bottom()) == below)  # noqa: B023
        qtbot.waitUntil(lambda: (second.y() > first.y()) == stacked)  # noqa: B023
        assert all(each.width() >= each.sizeHint().width() for each in (first, second)), "no word is cut"
        assert text.width() >= min(width, 520) / 2


@pytest.mark.wide
def test_titles_of_panels_and_names_of_layers_grow_with_the_text(window: Window) -> None:
    window.project_files.open_template("lenet5")
    window.show_space("build")
    settle(0.1)
    dock, tree = window.spaces.docks["palette"], window.panel("palette").tree
    title = dock.titleBarWidget()
    buttons = title.findChildren(QAbstractButton)
    small = [each.iconSize().width() for each in buttons]
    high = title.height()
    window.keeper.set_text_size(150)
    try:
        settle(0.3)
        assert all(each.iconSize().width() == 1.5 * before for each, before in zip(buttons, small, strict=True))
        assert len(buttons) == 2 and title.height() >= 1.2 * high
        for name in ("Binary cross-entropy (logits)", "TransformerDecoderLayer", "FractionalMaxPool2d"):
            (item,) = tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
            option = QStyleOptionViewItem()
            tree.initViewItemOption(option)
            tree.scrollToItem(item)
            option.rect = tree.visualItemRect(item)
            tree.itemDelegate().initStyleOption(option, tree.indexFromItem(item))
            place = tree.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, tree)
            assert option.fontMetrics.horizontalAdvance(name) <= place.width(), f"{name} is cut"
    finally:
        window.keeper.set_text_size(100)
