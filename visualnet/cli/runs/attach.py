"""`visualnet attach`: follow a training that goes on in another process, and steer it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from visualnet.cli.common import FAULTY, FINE, Subcommand, UsageError
from visualnet.cli.runs.run_folder import find_run_folder
from visualnet.core.process.exit_signals import exit_code, on_ending
from visualnet.training import events
from visualnet.training.events import Event
from visualnet.training.runs.run_model import RunModel

WISHES = ("pause", "resume", "stop")


def options(verb: argparse.ArgumentParser) -> None:
    """Which run, and what it is to do."""
    verb.add_argument("run", metavar="RUN", help="the run's folder, or its name among yours")
    verb.add_argument(
        "--at",
        metavar="PLACE",
        default="",
        help="where a tunnel ends that leads to its machine: the path of a socket, or host:port",
    )
    wishes = verb.add_mutually_exclusive_group()
    wishes.add_argument("--pause", action="store_true", help="halt it after its step, and follow it no further")
    wishes.add_argument("--resume", action="store_true", help="let it go on after a pause, and follow it no further")
    wishes.add_argument("--stop", action="store_true", help="end it after its step; its state is kept")


def run(args: argparse.Namespace) -> int:
    """Follow the run to its end, or until it has done what was asked."""
    from visualnet.training.process.follow import Follower
    from visualnet.training.process.remote_control import RemoteControl

    folder = find_run_folder(args.run)
    wish = next((one for one in WISHES if getattr(args, one)), "")
    refused: list[str] = []

    def refuse(words: object) -> None:
        refused.append(str(words))
        control.leave()

    control = RemoteControl(refuse)
    show = _Show(folder, args.json, wish, control.leave)
    follower = Follower(folder, control, show, args.at, whole=args.json and not wish)
    heard: list[int] = []

    def leave(number: int) -> None:
        heard.append(number)
        control.leave()

    if wish:
        getattr(control, wish)()
    with on_ending(leave):
        follower.run()
    if refused:
        raise UsageError(refused[0])
    if wish and not show.done:
        raise UsageError(f"the run in {folder} does not go on: it cannot be told to {wish}")
    if heard:
        print("left: the run goes on", file=sys.stderr)
        return exit_code(heard[0])
    return FAULTY if show.failed or follower.lost else FINE


class _Show:
    """What is printed. ``leave`` is called once the run has done what was wished."""

    def __init__(self, folder: Path, as_json: bool, wish: str, leave: Callable[[], None]) -> None:
        from visualnet.training.terminal.printer import RunPrinter, print_json

        self._print = print_json if as_json else RunPrinter(sys.stdout, folder)
        self._json, self._wish, self._leave = as_json, wish, leave
        self.done = self.failed = False

    def __call__(self, told: object) -> None:
        """Show a model of what was before, or an event."""
        if isinstance(told, RunModel):
            self._show_before(told)
        elif isinstance(told, Event):
            self._print(told)
            self.failed = isinstance(told, events.Failed) or (self.failed and not isinstance(told, events.Started))
            if isinstance(told, _ANSWERS.get(self._wish, ())):
                self._finish()

    def _show_before(self, model: RunModel) -> None:
        self.failed = model.failed is not None
        if not self._json:
            last = model.epochs[-1:]
            best = () if model.best in last else (model.best,)
            for event in (model.started, *best, *last, model.failed, model.finished):
                if event is not None:
                    self._print(event)
        state = {"pause": "paused", "resume": "training"}.get(self._wish)
        if state is not None and model.state == state:
            self._finish()

    def _finish(self) -> None:
        self.done = True
        if self._wish != "stop":  # its end is worth waiting for
            self._leave()


_ANSWERS: dict[str, tuple[type[Event], ...]] = {
    "pause": (events.Paused,),
    "resume": (events.Resumed,),
    "stop": (events.Finished, events.Failed),
}

VERB = Subcommand(run, "follow a training that goes on in another process, and pause, resume or stop it", options)
