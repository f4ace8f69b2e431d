"""From the published network to one that trains here: Train without data offers it, and it learns."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.flows.hands import Hands
from tests.waiting import linger, settle, until
from visualnet.app.features.about_network.panel import OPEN_SMALL
from visualnet.app.shell.window import Window
from visualnet.templates.small_versions import TRAIN_SMALL

LEFT = Qt.MouseButton.LeftButton


def test_train_without_data_offers_the_small_version(window: Window, qtbot: QtBot) -> None:
    window.project_files.open_template("gpt")
    train = window.actions_["train.start"]
    until(train.isEnabled, "Train")
    train.trigger()
    assert window.runner.state == "idle"
    assert "do not come with the program" in window.banner.text
    offer = next(
        b for b in window.banner.findChildren(type(window.pages["start_page"].open_button)) if b.text() == OPEN_SMALL
    )
    qtbot.mouseClick(offer, LEFT)
    assert window.studio.project.name == "GPT, small"
    qtbot.waitUntil(lambda: window.runner.why_not() == "")


def buttons(widget: QWidget, text: str) -> list[QPushButton]:
    return [b for b in widget.findChildren(QPushButton) if b.text() == text and b.isVisible()]


@pytest.mark.wide
def test_a_network_without_data_says_so_at_once_and_one_button_trains_its_small_version(
    window: Window, hands: Hands, qtbot: QtBot
) -> None:
    window.project_files.open_template("resnet-50")
    hands.rest()
    assert "the pictures of ImageNet do not come with the program" in window.banner.text.replace("The p", "the p")
    train = window.topbar.run_buttons["train.start"]
    assert train.property("kind") == "", "not offered as if it could run"
    assert "do not come with the program" in train.toolTip()
    window.spaces.reveal("inspector")
    window.studio.select([])
    data = window.panel("inspector").project_page.data
    data.set_opened(True)
    hands.rest()
    assert "ImageNet do not come with the program. Choose data that fit the input." in data.words.text()
    assert data.names.currentIndex() == -1 and data.names.placeholderText()
    assert buttons(data, OPEN_SMALL)
    qtbot.mouseClick(buttons(window.banner, TRAIN_SMALL)[0], LEFT)
    assert window.studio.project.name == "ResNet-50, small"
    qtbot.waitUntil(lambda: window.runner.model is not None and window.runner.model.step >= 1)
    assert train.property("kind") == "primary"
    assert not window.banner.isVisible(), window.banner.text
    window.runner.finish()


@pytest.mark.wide
def test_what_is_wrong_with_the_data_of_one_network_is_not_said_of_the_next(window: Window) -> None:
    runner, probes = window.runner, window.runner.probes
    window.project_files.open_template("gpt")
    until(lambda: probes.data_error, "words about the data that are not there")
    window.project_files.open_template("unet-small")
    assert runner.why_not() == "", "its data are read only now"
    probes.take_data(window.studio.project.data, None, "the disk is gone")
    assert "the disk is gone" in runner.why_not()


@pytest.mark.wide
@pytest.mark.parametrize("name", ["gpt-small", "unet-padded-small", "seq2seq-small"])
def test_words_and_masks_train_in_the_window(hands: Hands, window: Window, qtbot: QtBot, name: str) -> None:
    """What is no picture of one class is looked at as well while it trains: no panel stumbles over it."""
    window.project_files.open_template(name)
    window.show_space("inspect")
    window.actions_["train.start"].trigger()
    qtbot.waitUntil(lambda: window.runner.model is not None and window.runner.model.step >= 3)
    for node in list(window.studio.graph)[:4]:
        window.studio.select([node.id])
        linger(0.06)
    window.show_space("train")
    linger(0.1)
    window.runner.finish()
    assert window.runner.model is not None and window.runner.model.failed is None
    assert not window.banner.isVisible(), window.banner.text


@pytest.mark.wide
def test_about_this_network_is_beside_the_inspector(window: Window, qtbot: QtBot) -> None:
    window.project_files.open_template("lenet5")
    settle(0.02)
    window.actions_["help.about_network"].trigger()
    settle(0.02)
    panel = window.panel("about")
    assert panel.isVisible()
    assert "LeNet" in panel.page.toPlainText()
