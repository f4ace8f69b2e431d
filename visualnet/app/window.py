"""The window: one canvas, the docks around it, and the actions that join them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from visualnet.app import faults
from visualnet.app.action_table import ACTIONS
from visualnet.app.actions import Actions
from visualnet.app.canvas_page import CanvasPage
from visualnet.app.filing import Filing
from visualnet.app.mailbox import Mailbox
from visualnet.app.panels.attention import AttentionPanel
from visualnet.app.panels.inspector import InspectorPanel
from visualnet.app.panels.maps import MapsPanel
from visualnet.app.panels.palette import PalettePanel
from visualnet.app.panels.problems import ProblemsPanel
from visualnet.app.panels.runs import RunsPanel
from visualnet.app.panels.start_page import StartPage
from visualnet.app.panels.status import StatusLine
from visualnet.app.panels.training import TrainingPanel
from visualnet.app.runner import Runner
from visualnet.app.settings import Settings
from visualnet.app.studio import Studio
from visualnet.app.theme.apply import Mode, ThemeKeeper
from visualnet.app.topbar import TopBar
from visualnet.app.widgets.command_palette import CommandPalette
from visualnet.app.widgets.messages import Act, Banner, Toast
from visualnet.app.widgets.shortcuts_dialog import ShortcutsDialog
from visualnet.app.workspaces import Workspaces
from visualnet.core.document import Document
from visualnet.core.journal import orphans
from visualnet.core.project import Project

PANELS = {
    "view.palette": "palette",
    "view.inspector": "inspector",
    "view.problems": "problems",
    "view.training": "training",
    "view.runs": "runs",
    "view.maps": "maps",
    "view.attention": "attention",
}


class Window(QMainWindow):
    """The main window. It builds its parts and joins them; what they do, they do themselves."""

    def __init__(self, settings: Settings, keeper: ThemeKeeper, mailbox: Mailbox | None = None) -> None:
        super().__init__()
        self.settings, self.keeper, self.mailbox = settings, keeper, mailbox or Mailbox()
        self.actions_ = Actions(ACTIONS, self, settings.section("shortcuts"))
        self.studio = Studio(Document(Project()), keeper.theme, self)
        self.runner = Runner(self.studio, self.mailbox, settings, self)
        self.studio.runner = self.runner
        self.filing = Filing(self, self.studio, settings)
        self.setObjectName("window")
        self.resize(1440, 900)
        self.setMinimumSize(QSize(960, 600))
        self._build()
        self._join()
        self._handle()
        self._restore()

    # --- building ------------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.topbar = TopBar(self.actions_, self)
        self.setMenuWidget(self.topbar)
        self.canvas = CanvasPage(self.studio, self.actions_)
        self.start_page = StartPage(self.studio, self.settings)
        self.banner = Banner()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start_page)
        self.stack.addWidget(self.canvas)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(centre)
        self.toast = Toast(centre)
        self.panels: dict[str, tuple[str, QWidget]] = {
            "palette": ("Layers", PalettePanel(self.studio)),
            "inspector": ("Inspector", InspectorPanel(self.studio)),
            "problems": ("Problems", ProblemsPanel(self.studio)),
            "training": ("Training", TrainingPanel(self.studio)),
            "runs": ("Runs", RunsPanel(self.studio)),
            "maps": ("Feature maps", MapsPanel(self.studio)),
            "attention": ("Attention", AttentionPanel(self.studio)),
        }
        self.spaces = Workspaces(self, self.panels, self.settings)
        self.status = StatusLine(self.studio)
        self.setStatusBar(self.status)
        self.palette_popup = CommandPalette(self.actions_, self)
        self.actions_.install(self)
        self.actions_.install(self.canvas, "canvas")

    def panel(self, name: str) -> Any:
        """The panel of a dock."""
        return self.panels[name][1]

    def _join(self) -> None:
        studio = self.studio
        self.keeper.changed.connect(studio.set_theme)
        studio.state_changed.connect(self._show_state)
        studio.analysed.connect(lambda _: self._show_state())
        studio.message.connect(self._say)
        self.filing.notice.connect(self._notice)
        self.filing.opened.connect(self._opened)
        self.runner.state_changed.connect(self._show_state)
        self.runner.failed.connect(lambda words, node: self._notice("error", words, []))
        self.runner.faulted.connect(self._fault)
        self.start_page.template_chosen.connect(self.filing.open_template)
        self.start_page.file_chosen.connect(lambda name: self.filing.open(Path(name)))
        self.start_page.open_asked.connect(self.filing.ask_open)
        self.start_page.empty_chosen.connect(self.filing.new)
        problems: ProblemsPanel = self.panel("problems")
        problems.count_changed.connect(self._count_problems)

    def _handle(self) -> None:
        on, filing, canvas = self.actions_.on, self.filing, self.canvas
        for action_id, handler in {
            "file.new": self.show_start,
            "file.open": filing.ask_open,
            "file.open_recent": filing.fill_recent,
            "file.save": filing.save,
            "file.save_as": filing.save_as,
            "file.export_code": self.export_code,
            "file.export_picture": self.export_picture,
            "file.close": self.close_project,
            "file.quit": self.close,
            "edit.undo": lambda: self.studio.document.undo(),
            "edit.redo": lambda: self.studio.document.redo(),
            "graph.next_problem": lambda: self.panel("problems").step(1),
            "graph.prev_problem": lambda: self.panel("problems").step(-1),
            "train.start": self.train,
            "train.pause": self.runner.pause,
            "train.resume": self.runner.resume,
            "train.stop": self.runner.stop,
            "help.command_palette": self.palette_popup.open,
            "help.shortcuts": lambda: ShortcutsDialog(self.actions_, self).exec(),
            "help.start_page": self.show_start,
            "help.about": self.about,
            "view.theme_system": lambda _: self.set_mode("system"),
            "view.theme_dark": lambda _: self.set_mode("dark"),
            "view.theme_light": lambda _: self.set_mode("light"),
            "view.theme_contrast": lambda _: self.set_mode("contrast"),
        }.items():
            on(action_id, handler)
        for space in ("build", "train", "inspect"):
            on(f"view.workspace_{space}", lambda _, s=space: self.show_space(s))
        for action_id, name in PANELS.items():
            dock = self.spaces.docks[name]
            on(action_id, lambda state, n=name: self._show_dock(n, state))
            dock.visibilityChanged.connect(
                lambda _, a=action_id, d=dock: self.actions_.set_checked(a, not d.isHidden())
            )
        canvas.handle(self.actions_)
        assert not self.actions_.check(), self.actions_.check()

    def _restore(self) -> None:
        mode = self.settings.typed("theme", "system")
        self.actions_.set_checked(f"view.theme_{mode if mode in ('dark', 'light', 'contrast') else 'system'}", True)
        kept = self.settings.typed("geometry", "")
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii", "ignore")))
        self.show_space(self.settings.typed("workspace", "build"))
        self.show_start()
        self._show_state()

    # --- beginning -----------------------------------------------------------------------------------------------------------------

    def begin(self, path: Path | None = None) -> None:
        """What happens once the window is up: the given file, else an offer to recover what a crash left."""
        left = orphans()
        if path is not None:
            self.filing.open(path)
        elif left:
            newest = left[0]
            name = newest.path.name if newest.path else "a network that was never saved"
            acts: list[Act] = [
                ("Recover", lambda: self.filing.recover(newest)),
                ("Throw away", lambda: [o.discard() for o in left] and None),
            ]
            self._notice(
                "warning", f"VisualNet did not close properly. Changes to {name} were kept ({newest.when}).", acts
            )
        elif faults.previous_crash():
            self._notice("hint", "VisualNet ended unexpectedly last time. All saved work is whole.", [])

    def _opened(self) -> None:
        self.stack.setCurrentWidget(self.canvas)
        self.runner.prepare()
        self._docks_visible(True)
        QTimer.singleShot(0, self.canvas.fit)
        self._show_state()

    def show_start(self) -> None:
        """The start page; the open project stays as it is."""
        self.start_page.refresh()
        self.stack.setCurrentWidget(self.start_page)
        self._docks_visible(False)
        self._show_state()

    def close_project(self) -> None:
        """Back to the start page, after asking about unsaved changes and a running training."""
        if self.may_stop() and self.filing.may_leave():
            self.runner.finish()
            self.filing.adopt(Document(Project()))
            self.show_start()

    def _docks_visible(self, visible: bool) -> None:
        """On the start page there is nothing to inspect: the docks make room."""
        if visible and not self._docks_shown:
            self._docks_shown = True
            self.spaces.show(self.settings.typed("workspace", "build"))
        elif not visible:
            self.spaces.hide()
            self._docks_shown = False
        self.status.setVisible(visible)

    _docks_shown = False

    @property
    def on_start_page(self) -> bool:
        """Whether the start page covers the canvas."""
        return self.stack.currentWidget() is self.start_page

    # --- doing ---------------------------------------------------------------------------------------------------------------------

    def show_space(self, name: str) -> None:
        """Switch to a workspace."""
        name = name if name in ("build", "train", "inspect") else "build"
        self.actions_.set_checked(f"view.workspace_{name}", True)
        self.settings["workspace"] = name
        if self._docks_shown:
            self.spaces.show(name)

    def _show_dock(self, name: str, state: bool) -> None:
        if state:
            self.spaces.reveal(name)
        else:
            self.spaces.docks[name].hide()

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme, for now and for the next start."""
        self.settings["theme"] = mode
        self.keeper.set_mode(mode)

    def train(self) -> None:
        """Start a run, and show the training workspace if nothing about training is on the screen."""
        if self.runner.start() and not self.spaces.docks["training"].isVisible():
            self.show_space("train")

    def export_code(self) -> None:
        """Write model.py; errors in the graph are shown instead."""
        self._export("Export PyTorch code", "model.py", "Python (*.py)", self._write_code)

    def _write_code(self, path: Path) -> None:
        from visualnet.compiling.source import model_source

        path.write_text(model_source(self.studio.project), "utf-8")

    def export_picture(self) -> None:
        """Write the open sheet as a picture."""
        from visualnet.app.picture import save_picture

        kinds = "Vector picture (*.svg);;Picture (*.png);;Page (*.pdf)"
        theme = "dark" if self.studio.theme.dark else "light"
        self._export(
            "Export picture",
            "network.svg",
            kinds,
            lambda p: save_picture(self.studio.project, p, theme, self.studio.sheet),
        )

    def _export(self, title: str, name: str, kinds: str, write: Any) -> None:
        folder = Path(self.settings.typed("folder", "") or Path.home())
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(folder / name), kinds)
        if not chosen:
            return
        try:
            write(Path(chosen))
        except (OSError, ValueError) as error:
            self._notice("error", f"{Path(chosen).name} could not be written: {error}", [])
            return
        self._say("ok", f"Wrote {chosen}")

    def about(self) -> None:
        """Version, licence, libraries."""
        import platform

        import PySide6

        from visualnet import __version__

        words = f"VisualNet {__version__} · MIT licence\n\nPython {platform.python_version()}, Qt {PySide6.__version__} (LGPL)"
        QMessageBox.about(self, "About VisualNet", words)

    # --- telling -------------------------------------------------------------------------------------------------------------------

    def _say(self, severity: str, words: str) -> None:
        self.toast.show_message(words, severity)

    def _notice(self, severity: str, words: str, acts: list[Act]) -> None:
        self.banner.show_message(words, severity, acts)

    def _fault(self, words: str, trace: str) -> None:
        acts: list[Act] = [("Copy the details", lambda: QApplication.clipboard().setText(trace))]
        self._notice(
            "error", f"Something went wrong inside VisualNet: {words}. Your work is still here; save it.", acts
        )

    def _count_problems(self, count: int, severity: str) -> None:
        self.spaces.docks["problems"].setWindowTitle(f"Problems {count}" if count else "Problems")

    def _show_state(self) -> None:
        document, runner, actions = self.studio.document, self.runner, self.actions_
        start = self.on_start_page
        name = document.path.name if document.path else "not saved yet"
        state = (
            f"{name} · edited"
            if document.modified and document.path
            else name
            if not document.path
            else f"{name} · saved"
        )
        self.topbar.show_project("VisualNet" if start else self.studio.project.name, "" if start else state)
        self.topbar.spaces.setVisible(not start)
        self.setWindowTitle("VisualNet" if start else f"{self.studio.project.name}[*] — VisualNet")
        self.setWindowModified(document.modified and not start)
        actions.set_text("edit.undo", f"Undo {document.undo_label}" if document.undo_label else "")
        actions.set_text("edit.redo", f"Redo {document.redo_label}" if document.redo_label else "")
        run = runner.state
        busy = run != "idle"
        actions.set_enabled(
            {
                "edit.undo": bool(document.undo_label) and not start,
                "edit.redo": bool(document.redo_label) and not start,
                "file.save": not start,
                "file.save_as": not start,
                "file.close": not start,
                "file.export_code": not start and not self.studio.analysis.errors(),
                "file.export_picture": not start and bool(self.studio.graph.nodes),
                "train.start": not start and not busy and runner.why_not() == "",
                "train.pause": run == "running",
                "train.resume": run == "paused" or (run == "idle" and not start and runner.can_resume()),
                "train.stop": busy,
            }
        )
        self.actions_["train.start"].setToolTip(runner.why_not() or f"Train ({self.actions_.keys_text('train.start')})")
        for button in self.topbar.run_buttons.values():
            button.setVisible(False)
        if not start:
            self.topbar.show_run(run)

    # --- Qt ------------------------------------------------------------------------------------------------------------------------

    def may_stop(self) -> bool:
        """Whether a running training may be ended: there is none, or the person says so."""
        if self.runner.state == "idle":
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Training is running")
        box.setText("Stop the training?")
        box.setInformativeText("Its weights are kept; it can be resumed later.")
        box.setStandardButtons(buttons.Yes | buttons.Cancel)
        box.button(buttons.Yes).setText("Stop and close")
        box.setDefaultButton(buttons.Cancel)
        return box.exec() == buttons.Yes

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask, stop, join, remember."""
        if not (self.may_stop() and self.filing.may_leave()):
            event.ignore()
            return
        self.runner.close()
        self.spaces.remember()
        self.settings["geometry"] = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.filing.close()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.filing.tick()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.topbar.setFixedWidth(self.width())

    def minimumSizeHint(self) -> QSize:
        return QSize(960, 600)

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape and self.banner.isVisible():
            self.banner.dismiss()
            return
        super().keyPressEvent(event)
