"""Play in an environment: by hand, or watch the network; with what it thinks each action is worth."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.features.play.page import NO_GAME, TEMPLATE, PlayPage
from visualnet.app.features.play.q_values import QValues
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.core.text.format import capitalize_first, format_number
from visualnet.data.environments.environment import Environment
from visualnet.data.environments.episode import MOST_SEED, Episode, PlayError, write_actions
from visualnet.data.environments.registry import environment_of
from visualnet.figures.charts.planes.action_bars import ActionBars
from visualnet.training.run_records.kept_weights import kept_weights
from visualnet.training.runs import run_history as history

LIBRARY = "gymnasium"
KEYS = {
    "left": Qt.Key.Key_Left,
    "right": Qt.Key.Key_Right,
    "up": Qt.Key.Key_Up,
    "down": Qt.Key.Key_Down,
}
TOLD = {"epsilon": "ε {}", "reward": "last reward {}", "episode_length": "{} steps"}
TRAINING_MS = 300
NOW = "as it is now"


class PlayPanel(PlayPage):
    """The game, who plays, the reward so far, and a bar for each action. Whatever an environment raises is said here."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.runner = studio.runner
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
        self._connect()
        studio.project_changed.connect(lambda *_: self.refresh())
        # Whoever reads data looks at one of their samples first: only then is it asked again.
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self._ask)
        self.runner.probes.data_changed.connect(self._asking.start)
        self.runner.state_changed.connect(self._show_weights)
        self.runner.attached_changed.connect(self._show_weights)
        self.runner.updated.connect(
            lambda: self.runner.redraws.ask("play-training", self, self._show_training, TRAINING_MS)
        )

    def _connect(self) -> None:
        self.begin_asked.connect(self.begin)
        self.next_asked.connect(self.begin_next)
        self.watch_asked.connect(self.toggle_playing)
        self.step_asked.connect(self.step_once)
        self.action_chosen.connect(self.step_by_hand)
        self.weights_chosen.connect(self._choose_weights)
        self.field_toggled.connect(self._toggle_field)

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
        self.make_hand(environment)
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

    def begin(self) -> None:
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
        self.field_button.setVisible(self._is_grid())
        self._toggle_field()
        self._show()

    def _is_grid(self) -> bool:
        try:
            return self.episode is not None and self.episode.picture().cells is not None
        except PlayError:
            return False

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
        else:
            self.studio.did("play")
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
        shown = self.field_button.isChecked() and not self.field_button.isHidden()
        self.field.setVisible(shown)
        if shown:
            self._follow_field()

    def _follow_field(self) -> None:
        """Show the field of the episode as it stands."""
        if self.episode is not None:
            played = write_actions(self.episode.actions)
            self.field.take_options((("seed", self.episode.seed), ("played", played)))

    def _show_weights(self) -> None:
        """Offer the weights that there are: those of now, and those that the run in front has kept."""
        folder = history.folder_of(self.runner.run) if self.runner.run is not None else None
        offers: list[tuple[Path | None, str]] = [(None, capitalize_first(NOW))]
        offers += [(kept.path, kept.title) for kept in kept_weights(folder)]
        if [self.weights.itemData(at) for at in range(self.weights.count())] == [path for path, _ in offers]:
            return
        chosen = self.weights.currentData()
        self.weights.clear()
        for path, title in offers:
            self.weights.addItem(title, path)
        paths = [path for path, _ in offers]
        self.weights.setCurrentIndex(paths.index(chosen) if chosen in paths else 0)
        if self.weights.currentData() != self.values.kept:
            self._choose_weights()

    def _show_training(self) -> None:
        """Say how the play of the training goes: its last episode, and how much of it is chance; and offer the weights that it kept."""
        self._show_weights()
        model = self.runner.model
        last = {name: model.steps[name].last for name in TOLD if name in model.steps} if model is not None else {}
        words = [TOLD[name].format(format_number(found[1])) for name, found in last.items() if found is not None]
        self.training.setText(f"Training plays: {', '.join(words)}" if words else "")

    def _choose_weights(self) -> None:
        self.values.kept = self.weights.currentData()
        if self.episode is not None:
            self._show()

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

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pause()
        self.values.rest()


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
