"""Play in an environment: by hand, or watch the network; with what it thinks each action is worth."""

from __future__ import annotations

import sys
import time
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QPushButton, QSlider, QSpinBox, QStackedWidget, QWidget

from visualnet.app.features.play.game_view import GameView
from visualnet.app.features.play.q_values import QValues
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, clear, column, row
from visualnet.core.text.format import capitalize_first, format_number
from visualnet.data.environments.environment import Environment
from visualnet.data.environments.episode import MOST_SEED, Episode, PlayError, write_actions
from visualnet.data.environments.registry import environment_of
from visualnet.figures.charts.planes.action_bars import ActionBars
from visualnet.training.runs import run_history as history

NO_GAME = "Nothing is played here: choose an environment as data, such as the mouse, or open the template “Mouse”."
TEMPLATE, LIBRARY = "mouse", "gymnasium"
SLOWEST, FASTEST, USUAL = 1, 30, 6
"""Steps a second that the network plays."""
KEYS = {
    "left": Qt.Key.Key_Left,
    "right": Qt.Key.Key_Right,
    "up": Qt.Key.Key_Up,
    "down": Qt.Key.Key_Down,
}
SIGNS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
TOLD = {"epsilon": "ε {}", "reward": "last reward {}", "episode_length": "{} steps"}
TRAINING_MS = 300
SIDE_BY_SIDE = 440
"""From this width on the field stands beside the game."""
NOW, BEST = "as it is now", "best epoch"


class PlayPanel(QWidget):
    """The game, who plays, the reward so far, and a bar for each action. Whatever an environment raises is said here."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.environment: Environment | None = None
        self.episode: Episode | None = None
        self.q: np.ndarray | None = None
        self.playing = False
        self._chosen: tuple[object, ...] = ()
        self._stepped = 0.0
        self._import: BackgroundTask | None = None
        self.values = QValues(studio, self)
        self.values.found.connect(self._take_values)
        self.values.refused.connect(self._refuse)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._step_by_network)
        self._build()
        studio.project_changed.connect(lambda *_: self.refresh())
        self.runner.probes.data_changed.connect(self._ask)
        studio.theme_changed.connect(self._set_theme)
        self.runner.state_changed.connect(self._show_weights)
        self.runner.attached_changed.connect(self._show_weights)
        self.runner.updated.connect(
            lambda: self.runner.redraws.ask("play-training", self, self._show_training, TRAINING_MS)
        )
        self._set_theme(studio.theme)

    # --- what it consists of -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.game, self.bars = GameView(), ChartView()
        self.bars.empty_words = "What each action is worth appears here"
        self.title, self.words, self.fault = (
            label("", "strong"),
            label("", "small", wrap=True),
            label("", "error", wrap=True),
        )
        self.seed = describe(QSpinBox(), "Episode", "The seed of the episode: the same one begins the same episode")
        self.seed.setRange(0, MOST_SEED)
        self.seed.setValue(1)
        self.seed.setKeyboardTracking(False)
        self.seed.setMaximumWidth(fonts.px(110))
        self.seed.valueChanged.connect(self.begin)
        self.next_button = button("New episode", "", "reset", self.begin_next)
        self.next_button.setToolTip("Begin the episode of the next seed")
        self.again = icon_button("repeat", "Begin again", "Begin this episode again", self.begin)
        head = row((self.title, 1), label("Episode", "small"), self.seed, self.again, self.next_button, spacing=6)
        self.watch = button("Watch the network", "primary", "play", self.toggle_playing)
        self.watch.setToolTip("The network does what it thinks is worth most, step by step")
        self.one = button("Step", "", "chevron-right", self.step_once)
        self.one.setToolTip("One step by the network")
        self.speed = describe(QSlider(Qt.Orientation.Horizontal), "Speed", "How many steps a second the network plays")
        self.speed.setRange(SLOWEST, FASTEST)
        self.speed.setValue(USUAL)
        self.speed.setFixedWidth(90)
        self.weights = describe(
            QComboBox(), "Weights", "Which weights play: those of now, while it trains too, or kept ones"
        )
        self.weights.activated.connect(self._choose_weights)
        self.weights.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.weights.setMinimumContentsLength(12)
        self.hand = QWidget()
        self.hand_row = row(spacing=4, parent=self.hand)
        self.field = ObservationView(self.studio, "action_values", {}, -1)
        self.field.who = "play-field"
        self.field.close_button.hide()
        self.field.enlarge.hide()
        self.field.settings_button.hide()
        self.field_button = button("Q-values over the grid", "quiet", "eye", self._toggle_field)
        self.field_button.setCheckable(True)
        self.field_button.setToolTip("Show for every cell which action the network thinks best, and what it is worth")
        self.training = ElidedLabel("", "small")
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
        self.stack = QStackedWidget()
        self.stack.addWidget(nothing)
        self.stack.addWidget(playing)
        column((self.stack, 1), parent=self)
        self.fault.hide()

    def _make_hand(self, environment: Environment) -> None:
        """A button for each action, with its key."""
        clear(self.hand_row)
        for number, name in enumerate(environment.actions):
            key = environment.keys[number] if number < len(environment.keys) else ""
            made = button(f"{SIGNS.get(key, key.upper())} {name}".strip(), done=partial(self.step_by_hand, number))
            made.setToolTip(f"Do “{name}” yourself" + (f" (key {SIGNS.get(key, key.upper())})" if key else ""))
            self.hand_row.addWidget(made)
        self.bars.setFixedHeight(fonts.px(26 * len(environment.actions) + 10))

    @property
    def hand_buttons(self) -> list[QPushButton]:
        """The buttons of the actions, in their order."""
        return self.hand.findChildren(QPushButton)

    # --- the environment ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Play in the environment that is chosen now; another one begins anew."""
        if not self.isVisible():
            return
        data = self.studio.project.data
        if self._chosen == (data.name, data.options) and self.stack.currentIndex() == 1:
            return
        self._chosen = (data.name, data.options)
        self._pause()
        self.environment, self.episode = None, None
        try:
            environment = environment_of(data)
        except ValueError as error:
            self._show_nothing(f"The environment cannot be made: {error}.")
            return
        if environment is None:
            self._show_nothing(NO_GAME)
            return
        self._make_hand(environment)
        if environment.source and LIBRARY not in sys.modules and environment.name != TEMPLATE:
            self._show_nothing("Preparing the game …")
            self._import = BackgroundTask(
                lambda _job: _import_library(),
                lambda _: self._use(environment),
                name="game",
                words="The game cannot be prepared",
                parent=self,
            )
        else:
            self._use(environment)

    def _show_nothing(self, words: str) -> None:
        self.empty.sentence.setText(capitalize_first(words))
        self.stack.setCurrentIndex(0)
        self.values.rest()

    def _use(self, environment: Environment) -> None:
        self.environment = environment
        self.title.setText(environment.title)
        self.title.setToolTip(environment.summary())
        self.stack.setCurrentIndex(1)
        self._show_weights()
        self.begin()

    def begin(self, _seed: int = 0) -> None:
        """Begin the episode of the chosen seed."""
        if self.environment is None:
            return
        self._say("")
        try:
            self.episode = Episode(self.environment, self.seed.value())
        except PlayError as error:
            self.episode = None
            self._pause()
            self._say(f"{capitalize_first(str(error))}.")
        self._show()

    def begin_next(self) -> None:
        """Begin the episode of the next seed."""
        self.seed.setValue(min(self.seed.value() + 1, MOST_SEED))

    # --- playing -----------------------------------------------------------------------------------------------------

    def step_by_hand(self, action: int) -> None:
        """The person does this."""
        self._pause()
        self._do(action)

    def toggle_playing(self) -> None:
        """Let the network play, or hold it."""
        if self.playing:
            self._pause()
            return
        if self.episode is not None and self.episode.over:
            self.begin_next()
        self.playing = self.episode is not None
        self._show_playing()
        self._step_by_network()

    def step_once(self) -> None:
        """One step by the network."""
        self._pause()
        if self.episode is not None and self.episode.over:
            self.begin_next()
        elif self.q is not None:
            self._do(int(self.q.argmax()))

    def _pause(self) -> None:
        self.playing = False
        self._timer.stop()
        self._show_playing()

    def _step_by_network(self) -> None:
        if self.playing and self.q is not None:
            self._do(int(self.q.argmax()))

    def _do(self, action: int) -> None:
        if self.episode is None:
            return
        try:
            self.episode.step(action)
        except PlayError as error:
            self._pause()
            self._say(f"{capitalize_first(str(error))}.")
        self._stepped = time.monotonic()
        if self.episode.over:
            self._pause()
        self._show()

    def _take_values(self, q: np.ndarray) -> None:
        if self.environment is None or self.episode is None:
            return
        if len(q) != len(self.environment.actions) or not np.isfinite(q).all():
            count = len(self.environment.actions)
            self._refuse(f"The network answers {len(q)} numbers; a finite one for each of {count} actions is wanted.")
            return
        self.q = q
        self._say("")
        self._show_bars()
        if self.playing:
            rest = self._stepped + 1 / self.speed.value() - time.monotonic()
            self._timer.start(max(round(1000 * rest), 0))

    def _refuse(self, words: str) -> None:
        self.q = None
        self._pause()
        self._show_bars()
        self._say(words)

    # --- showing -----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show the state as it is, and ask what each action is worth in it."""
        episode, self.q = self.episode, None
        if episode is None:
            self.game.show_picture(None)
            self.words.setText("")
            self._show_bars()
            return
        words = describe_episode(episode)
        self.words.setText(words)
        try:
            self.game.show_picture(episode.picture(), words)
        except PlayError as error:
            self.game.show_picture(None)
            self._say(f"{capitalize_first(str(error))}.")
        for one in self.hand_buttons:
            one.setEnabled(not episode.over)
        self.one.setText("Next episode" if episode.over else "Step")
        self._ask()
        if self.field.isVisible():
            self._follow_field()

    def _ask(self) -> None:
        """Ask what each action is worth now; the answer needs the data to be read, whatever is asked before is asked again then."""
        if self.isVisible() and self.episode is not None:
            self.values.ask(self.episode.observation)

    def _show_bars(self) -> None:
        if self.q is None or self.environment is None:
            if self.episode is None or not self.playing:
                self.bars.show_chart(None)
            return
        self.bars.show_chart(ActionBars(self.environment.actions, tuple(map(float, self.q))), "q-values")

    def _show_playing(self) -> None:
        self.watch.setText("Hold" if self.playing else "Watch the network")
        icons.bind(self.watch, "pause" if self.playing else "play", "accent_text")

    def _say(self, words: str) -> None:
        self.fault.setText(words)
        self.fault.setVisible(bool(words))

    def _toggle_field(self) -> None:
        self.field.setVisible(self.field_button.isChecked())
        if self.field_button.isChecked():
            self._follow_field()

    def _follow_field(self) -> None:
        """Show the field of the episode as it stands."""
        if self.episode is not None:
            played = write_actions(self.episode.actions)
            self.field.take_options((("seed", self.episode.seed), ("played", played)))

    def _show_weights(self) -> None:
        """Offer the weights that there are: those of now, and the best of the run in front."""
        chosen = self.weights.currentData()
        self.weights.clear()
        self.weights.addItem(capitalize_first(NOW), None)
        folder = history.folder_of(self.runner.run) if self.runner.run is not None else None
        if folder is not None and (path := folder / "best.safetensors").is_file():
            self.weights.addItem(capitalize_first(BEST), path)
        self.weights.setCurrentIndex(max(self.weights.findData(chosen), 0) if chosen is not None else 0)
        if self.weights.currentData() != self.values.kept:
            self._choose_weights()

    def _show_training(self) -> None:
        """Say how the play of the training goes: its last episode, and how much of it is chance."""
        model = self.runner.model
        last = {name: model.steps[name].last for name in TOLD if name in model.steps} if model is not None else {}
        words = [TOLD[name].format(format_number(found[1])) for name, found in last.items() if found is not None]
        self.training.setText(f"Training plays: {', '.join(words)}" if words else "")

    def _choose_weights(self, _index: int = 0) -> None:
        self.values.kept = self.weights.currentData()
        if self.episode is not None:
            self._show()

    def _set_theme(self, theme: Theme) -> None:
        self.game.set_theme(theme)
        self.bars.set_theme(theme)

    # --- keys and the window -----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action_of(event)
        if action is None:
            super().keyPressEvent(event)
        else:
            self.step_by_hand(action)

    def _action_of(self, event: QKeyEvent) -> int | None:
        if self.environment is None or self.stack.currentIndex() == 0:
            return None
        for number, key in enumerate(self.environment.keys):
            if KEYS.get(key) == event.key() or (len(key) == 1 and event.text().lower() == key):
                return number
        return None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.runner.probes.need_data()
        self.refresh()
        if self.episode is not None:
            self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self.pictures.setDirection(ways.LeftToRight if self.width() > SIDE_BY_SIDE else ways.TopToBottom)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pause()
        self.values.rest()

    def sizeHint(self) -> QSize:
        return QSize(400, 640)


def describe_episode(episode: Episode) -> str:
    """How an episode stands: “step 12 of 100 · reward 1.5 of 4.5 possible · last 0.5”."""
    environment = episode.environment
    best = f" of {format_number(episode.best)} possible" if episode.best is not None else ""
    words = [
        f"step {len(episode.actions):,} of {environment.most_steps:,}",
        f"reward {format_number(episode.total)}{best}",
    ]
    if episode.actions:
        words.append(f"last: {environment.actions[episode.actions[-1]]}, {format_number(episode.rewards[-1])}")
    if episode.over:
        words.append(f"the episode is over: {episode.over}")
    return capitalize_first(" · ".join(words))


def _import_library() -> Any:
    try:
        return import_module(LIBRARY)
    except ImportError:
        return None  # what is missing is said where the game is begun
