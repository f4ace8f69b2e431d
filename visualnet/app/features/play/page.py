"""What the panel *Play* consists of: the game, the buttons, the bars and the field of Q-values. What is done with them is the panel's."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QPushButton, QSlider, QSpinBox, QWidget

from visualnet.app.features.play.game_view import GameView
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.child_objects import find_descendants
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button, describe, icon_button, label, spin_box
from visualnet.app.widgets.layouts import STRETCH, clear, column, row, stack
from visualnet.core.text.format import capitalize_first
from visualnet.data.environments.environment import Environment
from visualnet.data.environments.episode import MOST_SEED

NO_GAME = "Nothing is played here: choose an environment as data, such as the mouse, or open the template “Mouse”."
TEMPLATE = "mouse"
SLOWEST, FASTEST, USUAL = 1, 30, 6
"""Steps a second that the network plays."""
SIGNS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
SIDE_BY_SIDE = 440
"""From this width on the field stands beside the game."""


class PlayPage(QWidget):
    """The widgets of the panel, and signals that tell what is asked for with them."""

    begin_asked = Signal()
    next_asked = Signal()
    watch_asked = Signal()
    step_asked = Signal()
    action_chosen = Signal(int)
    weights_chosen = Signal()
    field_toggled = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._build()
        self.set_theme(studio.theme)
        studio.theme_changed.connect(self.set_theme)

    def _build(self) -> None:
        self.game, self.bars = GameView(), ChartView()
        self.bars.empty_words = "What each action is worth appears here"
        self.title, self.words, self.fault = (
            ElidedLabel("", "strong"),
            label("", "small", wrap=True),
            label("", "error", wrap=True),
        )
        self.seed = describe(
            spin_box(QSpinBox()), "Episode", "The seed of the episode: the same one begins the same episode"
        )
        self.seed.setRange(0, MOST_SEED)
        self.seed.setValue(1)
        self.seed.setKeyboardTracking(False)
        self.seed.setMaximumWidth(fonts.px(110))
        self.seed.valueChanged.connect(lambda _: self.begin_asked.emit())
        self.next_button = button("New episode", "", "reset", self.next_asked.emit)
        self.next_button.setToolTip("Begin the episode of the next seed")
        self.again = icon_button("repeat", "Begin again", "Begin this episode again", self.begin_asked.emit)
        head = row((self.title, 1), label("Episode", "small"), self.seed, self.again, self.next_button, spacing=6)
        self._build_controls()
        self.training = ElidedLabel("", "small")
        self._build_field()
        controls = row(self.watch, self.one, self.speed, (self.weights, 1), spacing=6)
        playing = QWidget()
        self.pictures = row((self.game, 1), (self.field, 1), spacing=8)
        self.field.hide()
        column(
            head,
            (self.pictures, 1),
            row(STRETCH, self.hand, STRETCH),
            self.words,
            self.fault,
            controls,
            self.bars,
            row(self.field_button, (self.training, 1)),
            margins=(10, 8, 10, 8),
            spacing=6,
            parent=playing,
        )
        nothing = QWidget()
        self.empty = EmptyState("play", NO_GAME)
        self.open = button("Open “Mouse”", done=lambda: self.studio.template_requested.emit(TEMPLATE))
        self.open.setToolTip("Open the template of the mouse in a new network")
        column((self.empty, 1), row(STRETCH, self.open, STRETCH, margins=(0, 0, 0, 24)), parent=nothing)
        self.stack = stack(nothing, playing)
        column((self.stack, 1), parent=self)
        self.fault.hide()

    def _build_controls(self) -> None:
        self.watch = button("Watch the network", "primary", "play", self.watch_asked.emit)
        self.watch.setToolTip("The network does what it thinks is worth most, step by step")
        self.one = button("Step", "", "chevron-right", self.step_asked.emit)
        self.one.setToolTip("One step by the network")
        self.speed = describe(QSlider(Qt.Orientation.Horizontal), "Speed", "How many steps a second the network plays")
        self.speed.setRange(SLOWEST, FASTEST)
        self.speed.setValue(USUAL)
        self.speed.setFixedWidth(90)
        self.weights = describe(
            QComboBox(), "Weights", "Which weights play: those of now, while it trains too, or kept ones"
        )
        self.weights.activated.connect(lambda _: self.weights_chosen.emit())
        self.weights.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.weights.setMinimumContentsLength(6)
        self.hand = QWidget()
        self.hand_row = row(spacing=4, parent=self.hand)

    def _build_field(self) -> None:
        self.field = ObservationView(self.studio, "action_values", {}, -1)
        self.field.who = "play-field"
        self.field.close_button.hide()
        self.field.enlarge.hide()
        self.field.settings_button.hide()
        self.field_button = button("Q-values over the grid", "quiet", "eye", self.field_toggled.emit)
        self.field_button.setCheckable(True)
        self.field_button.setToolTip("Show for every cell which action the network thinks best, and what it is worth")

    def make_hand(self, environment: Environment) -> None:
        """A button for each action, with its key."""
        clear(self.hand_row)
        for number, name in enumerate(environment.actions):
            key = environment.keys[number] if number < len(environment.keys) else ""
            made = button(
                f"{SIGNS.get(key, capitalize_first(key))} {name}".strip(), done=partial(self.action_chosen.emit, number)
            )
            made.setToolTip(
                f"Do “{name}” yourself" + (f" (key {SIGNS.get(key, capitalize_first(key))})" if key else "")
            )
            self.hand_row.addWidget(made)
        self.bars.setFixedHeight(fonts.px(26 * len(environment.actions) + 10))

    @property
    def hand_buttons(self) -> list[QPushButton]:
        """The buttons of the actions, in their order."""
        return find_descendants(self.hand, QPushButton)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.game.set_theme(theme)
        self.bars.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self.pictures.setDirection(ways.LeftToRight if self.width() > SIDE_BY_SIDE else ways.TopToBottom)

    def sizeHint(self) -> QSize:
        return QSize(400, 640)
