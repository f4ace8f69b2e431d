"""Starts trainings in processes of their own. A spare process, which has imported all it needs, may wait for the next training."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from visualnet.core.process.parent_process import LET_GO
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.user import trusted_code
from visualnet.training import events, training_lock
from visualnet.training.process.child import LENGTH, READY, WARM, TrainingTask
from visualnet.training.process.exit_report import LINES, last_words
from visualnet.training.process.follow import Follower, Put
from visualnet.training.process.log_tail import whole_size_of
from visualnet.training.process.remote_control import RemoteControl

COMMAND = ("-m", "visualnet.training.process.child")
END_S = 30.0
"""So long at most for a process to end that has said all."""


class TrainingProcess:
    """A process that waits for a training, or trains. One that waits ends with this one; one that trains goes on, if its task does not say
    otherwise."""

    def __init__(self) -> None:
        root = str(Path(__file__).parents[3])
        paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
        self._warm = False
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        self._popen = subprocess.Popen(
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            creationflags=flags,
        )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    def begin(self, task: TrainingTask) -> bool:
        """Have it train; whether it does, and can be reached. Waits for its imports."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        body = msgspec.msgpack.encode(task)
        with contextlib.suppress(OSError):
            self._popen.stdin.write(LENGTH.pack(len(body)) + body)
            self._popen.stdin.flush()
        return self.wait_until_warm() and self._popen.stdout.readline() == READY

    def wait_until_warm(self) -> bool:
        """Wait until it has imported what it needs; False where it has ended before."""
        assert self._popen.stdout is not None
        self._warm = self._warm or self._popen.stdout.readline() == WARM
        return self._warm

    def first_words(self) -> str:
        """What it wrote to its standard error before it had a folder for that."""
        assert self._popen.stderr is not None
        return self._popen.stderr.read(1 << 16).decode("utf-8", "replace")

    def lives(self) -> bool:
        """Whether it has not ended yet."""
        return self._popen.poll() is None

    def wait(self) -> int | None:
        """Wait until it has ended; its exit code. None where it does not end."""
        try:
            return self._popen.wait(END_S)
        except subprocess.TimeoutExpired:
            return None

    def let_go(self) -> None:
        """It is no longer ours to wait for, and goes on by itself."""
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._popen.stdin.write(LET_GO)
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self._popen.poll() is None:
            self._popen.returncode = 0  # else Python would complain that it was forgotten

    def end(self) -> None:
        """End one that waits for a training."""
        self._popen.kill()
        self._popen.wait()
        self.let_go()


class SpareProcess:
    """At most one process that waits for a training."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: TrainingProcess | None = None

    def prepare(self) -> None:
        """Have one wait, unless one does."""
        with self._lock:
            if self._process is None or not self._process.lives():
                self._discard()
                self._process = TrainingProcess()

    def wait_until_warm(self) -> None:
        """Wait until the one that waits has imported what it needs."""
        with self._lock:
            if self._process is not None:
                self._process.wait_until_warm()

    def take(self) -> TrainingProcess:
        """The one that waits, or a new one."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None and process.lives():
            return process
        if process is not None:
            process.end()
        return TrainingProcess()

    def close(self) -> None:
        """Let none wait."""
        with self._lock:
            self._discard()

    def _discard(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


def train_in_process(
    project: Project,
    folder: Path,
    resume: bool,
    control: RemoteControl,
    put: Put,
    take: Callable[[], TrainingProcess] = TrainingProcess,
    owned: bool = False,
) -> None:
    """Train as `visualnet.training.training_job.train` does, in a process of its own: the same events come to ``put``, and ``control``
    steers it. Ends when the process has ended, or when ``control`` was told to leave it alone. ``owned``: where this process is killed,
    that training stops, its state kept, in place of going on alone."""
    with training_lock.training(lambda: control.stopping or control.left):
        if control.stopping or control.left:
            return
        marks = tuple(sorted(trusted_code.marks_for_now()))
        task = TrainingTask(project_file.dumps(project), str(folder.absolute()), resume, marks, owned)
        process, before = take(), whole_size_of(folder)
        try:
            if process.begin(task):
                Follower(folder, control, put, process=process, before=before).run()
            else:
                code = process.wait()
                told = (process.first_words() or last_words(folder)).strip()
                put(_not_begun(code, told))
        finally:
            process.let_go()


def _not_begun(code: int | None, told: str) -> events.Failed:
    lines = told.splitlines()
    why = lines[-1] if lines else f"it ended with exit code {code}"
    return events.Failed(
        kind="process",
        words=f"the process for the training did not begin: {why}",
        traceback="\n".join(lines[-4 * LINES :]),
    )
