"""Short lessons at the lower edge of the canvas: each step says what to do and sees by itself that it is done."""

from __future__ import annotations

from weakref import ref

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QWidget

from visualnet.app.features.lessons.answer_row import AnswerRow
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import IconLabel, button, label, restyle
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.painting import painting
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import MAIN
from visualnet.templates.lesson_state import LessonAction, LessonState
from visualnet.templates.lessons import Lesson, LessonStep, lessons, next_lesson

GO_ON_MS = 900
"""How long the tick stands before the next step comes."""
WAIT = "It is not done yet: it goes on by itself, so wait a moment."
OVER = "The training has come to its end already, so there is nothing to wait for. Go on when you have read this."
RUN_MS = 250
"""How often a step that waits for a run looks at it."""
WORDS = 420
"""Where less is left for the words, the buttons stand under them."""
GAP, HEAD_GAP, WIDE_GAP = 8, 12, 14
LEAST = 360


class StepDots(QWidget):
    """How far one has come: a dot for each step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_step(self, at: int, count: int) -> None:
        """Mark the step that is at hand."""
        self._at, self._count = at, count
        self.setAccessibleName(f"Step {at + 1} of {count}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(12 * self._count + 8, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            theme, x = icons.current_theme(), 0
            for number in range(self._count):
                here = number == self._at
                painter.setBrush(QColor(theme.accent if number <= self._at else theme.line))
                painter.drawRoundedRect(QRectF(x, 2, 14 if here else 6, 6), 3, 3)
                x += 20 if here else 12


class LessonCoach(QFrame):
    """Shows the step at hand, sees that it is done, and goes on."""

    template_wanted = Signal(str)
    left = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.lesson: Lesson | None = None
        self.at = 0
        self.done = False
        self._known_as = ""
        """The name of the lesson that goes on."""
        self._before: LessonState | None = None
        """How everything was when the step at hand began."""
        self._waits = ""
        """What was said as the person asked to go on before the step was done."""
        self._chosen: dict[int, int] = {}
        """The answer that was chosen last, by step."""
        self._opened = False
        self._document: ref[Document] | None = None
        """The document that the lesson is on: behind a page it is still there."""
        self._build()
        self._next_timer = QTimer(self, singleShot=True, interval=GO_ON_MS)
        self._next_timer.timeout.connect(self.next)
        self._run_timer = QTimer(self, interval=RUN_MS)
        self._run_timer.timeout.connect(self.check)
        for changed in (studio.analysed, studio.selection_changed, studio.sheet_changed):
            changed.connect(lambda _: self.check())
        studio.document_changed.connect(self._another_document)
        studio.document_closed.connect(self._closed_document)
        self.hide()

    def _build(self) -> None:
        self.icon, self.dots = IconLabel("help", 20, "accent"), StepDots()
        self.name, self.title = label("", "small"), label("", "heading")
        self.words = label("", wrap=True)
        self.words.setMinimumWidth(200)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.answers = AnswerRow(self._choose)
        self.note = label("", "warning", wrap=True)
        self.look_button = button("Show me", "quiet", "eye", self.show_me)
        self.back_button = button("Back", done=self.back)
        self.next_button = button("Next", done=self.next)
        self.follow_button = button("Next lesson", "primary", done=self.follow)
        self.leave_button = button("Leave", "quiet", done=self.leave)
        self.leave_button.setToolTip("End the lesson; the network stays as it is (Esc)")
        buttons = (self.look_button, self.back_button, self.next_button, self.follow_button, self.leave_button)
        self._buttons = buttons
        for one in buttons:
            one.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        middle = Qt.AlignmentFlag.AlignVCenter
        head = row(self.title, (self.dots, 0, middle), STRETCH, (self.name, 0, middle), spacing=HEAD_GAP)
        told = column(head, self.words, self.answers, self.note, spacing=4)
        self._whole = row(
            (row((self.icon, 0, Qt.AlignmentFlag.AlignTop), (told, 1), spacing=WIDE_GAP), 1),
            (row(*buttons, spacing=GAP), 0, middle | Qt.AlignmentFlag.AlignRight),
            margins=(16, 12, 14, 12),
            spacing=WIDE_GAP,
            parent=self,
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def start(self, name: str) -> bool:
        """Ask for the lesson's template, and begin once it is open; False if it was not opened."""
        lesson = lessons()[name]
        self._stop()
        self._opened = False
        self.template_wanted.emit(lesson.template)
        if not self._opened:
            return False
        self.lesson, self._known_as, self._document = lesson, name, ref(self.studio.document)
        # Always room for two lines, so that the canvas above does not jump from step to step.
        self.words.ensurePolished()
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self._chosen.clear()
        self.setAccessibleName(f"Lesson: {lesson.title}")
        self.name.setText(lesson.title)
        self._go(0)
        self.show()
        return True

    def next(self) -> None:
        """To the next step. One that is not done yet is done first, in the person's place, or waited for with words; then it goes on as if
        they had done it. After the last step the lesson is over.
        """
        step, state = self.step, self._state()
        if self.lesson is None or step is None:
            return
        if step.missing(state):
            self._do(step, state)
        elif self.at + 1 < len(self.lesson.steps):
            self._go(self.at + 1)
        else:
            self.leave()

    def _do(self, step: LessonStep, state: LessonState) -> None:
        deeds = step.deeds(state)
        for deed in deeds:
            self._carry_out(deed)
        self.check()
        if not self.done:
            self._waits = "" if deeds else step.waits or WAIT
            self._tell(self._waits)

    def _carry_out(self, deed: LessonAction) -> None:
        """Do what the person was asked to do; an edit is one like theirs, that Undo takes back."""
        if deed.action:
            self.studio.shell.run_action(deed.action)
        if deed.chosen >= 0:
            self._choose(deed.chosen)
        ids = [n.id for n in self.studio.project.graph if n.name == deed.node]
        if ids:
            self.studio.open_sheet(MAIN)
            self.studio.select(ids)
            if deed.params:
                words = f"Set {', '.join(deed.params)} of {deed.node}"
                self.studio.do(words, lambda p: edits.set_params(p, MAIN, ids, deed.params))

    def _choose(self, answer: int) -> None:
        self._chosen[self.at] = answer
        self.answers.show_choice(answer)
        self.check()

    def follow(self) -> None:
        """Begin the lesson behind this one."""
        if name := next_lesson(self._known_as):
            self.start(name)

    def back(self) -> None:
        """To the step before."""
        if self.lesson is not None and self.at > 0:
            self._go(self.at - 1)

    def leave(self) -> None:
        """End the lesson; the network stays as it is."""
        if self.lesson is not None:
            self._stop()
            self.left.emit()

    def _stop(self) -> None:
        self.lesson = self._before = None  # the project of a lesson may be closed now
        self._next_timer.stop()
        self._run_timer.stop()
        self.hide()

    @property
    def step(self) -> LessonStep | None:
        """The step at hand."""
        return self.lesson.steps[self.at] if self.lesson is not None else None

    def _go(self, at: int) -> None:
        assert self.lesson is not None
        self._next_timer.stop()
        self.at, self._waits = at, ""
        step = self.lesson.steps[at]
        self.title.setText(step.title)
        self.words.setText(step.words)
        self.answers.show_question(step.question, self._chosen.get(at, -1))
        self.dots.show_step(at, len(self.lesson.steps))
        self.back_button.setEnabled(at > 0)
        self.look_button.setVisible(step.look is not None)
        self.setAccessibleDescription(f"{step.title}. {step.words}")
        self._show_end(at + 1 == len(self.lesson.steps))
        self._raise_panel(step)
        self._before = None
        self._before = self._state()
        self.done = not step.missing(self._before)
        self._mark(step, self._before)
        # The Studio tells of edits and selections; a run is looked at.
        self._run_timer.stop()
        if not self.done and step.looked_at:
            self._run_timer.start()
        self._note_end()

    def _show_end(self, last: bool) -> None:
        """At the last step the next lesson is offered."""
        self.next_button.setText("Finish" if last else "Next")
        follows = next_lesson(self._known_as) if last else ""
        self.follow_button.ensurePolished()  # before the style sheet has been applied a hint tells another width
        self.follow_button.setToolTip(lessons()[follows].title if follows else "")
        self.follow_button.setVisible(bool(follows))
        self._arrange()

    @property
    def _at_end(self) -> bool:
        return self.lesson is not None and self.at + 1 == len(self.lesson.steps)

    def _note_end(self) -> None:
        """With its last step done the lesson counts as gone through."""
        if self._at_end and self.done and self.studio.settings is not None:
            self.studio.settings.finish_lesson(self._known_as)

    def _raise_panel(self, step: LessonStep) -> None:
        """Bring to the front what the step speaks of, wherever it is."""
        shell = self.studio.shell
        if step.space:
            shell.run_action(f"view.workspace_{step.space}")
        if step.needs:
            shell.show_panel(step.needs)

    def check(self) -> None:
        """Look whether the step at hand is done; if so, mark it and go on after a moment."""
        step, state = self.step, self._state()
        if step is None:
            return
        before, self.done = self.done, not step.missing(state)
        self._mark(step, state)
        if self.done and not before:
            self._run_timer.stop()
            self._note_end()
            if self._at_end:
                return  # its words may be read as long as one likes
            # What a training did while the person read is no wish to go on; that it began or was paused, is.
            if not (step.about_run and state.over) and not any(c.keeps_step for c in step.until):
                self._next_timer.start()
        elif before and not self.done:
            self._next_timer.stop()

    def _state(self) -> LessonState:
        studio = self.studio
        runner = studio.runner if studio.has_runner else None
        epochs = runner.model.epochs_done if runner is not None and runner.model is not None else 0
        state = runner.state if runner is not None else "idle"
        run = runner.run.id if runner is not None and runner.run is not None else ""
        before, deeds = self._before, dict(studio.deeds)
        return LessonState(
            studio.project,
            studio.analysis,
            studio.sheet,
            studio.selection,
            state == "running",
            epochs,
            state == "paused",
            before.epochs if before is not None else epochs,
            deeds,
            before.deeds if before is not None else deeds,
            studio.shell.front_page,
            studio.experiment,
            frozenset(studio.pictures),
            run,
            before.run if before is not None else run,
            self._chosen.get(self.at, -1),
        )

    def _mark(self, step: LessonStep, state: LessonState) -> None:
        """Show whether the step is done, and what stands in its way."""
        ticked = self.done and bool(step.until)
        self.icon.set_icon("ok" if ticked else "help" if step.until else "info", "ok" if ticked else "accent")
        self.icon.setAccessibleName("done" if ticked else "")
        kind = "primary" if self.done and self.follow_button.isHidden() else ""
        if self.next_button.property("kind") != kind:
            restyle(self.next_button, kind=kind)
        missed = (c.node for c in step.until if c.node and c.find_node(state.project) is None)
        gone = next(missed, "") if not state.page else ""
        if gone:
            self._tell(f"“{gone}” is not in the network any more. Undo brings it back.")
        elif self.done:
            self._tell(OVER if step.about_run and state.over else "")
        else:
            answer = step.answer(self._before, state) if self._before is not None else ""
            self._tell(answer or self._waits)

    def _tell(self, words: str) -> None:
        """Say something about what was done, under the words of the step."""
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def show_me(self) -> None:
        """Bring to the front what the step is about, and select it."""
        step = self.step
        if step is None:
            return
        self._raise_panel(step)
        look = step.look
        node = next((n for n in self.studio.project.graph if look is not None and n.name == look.node), None)
        if look is not None and node is not None:
            self.studio.open_sheet(MAIN)
            self.studio.select([node.id])
            self.studio.focus_requested.emit((node.id,), look.at)

    def _another_document(self) -> None:
        """The template that was asked for, or something else: then the lesson is over. A page in front ends none."""
        self._opened = True
        on = self._document() if self._document is not None else None
        if self.studio.document is not on and not self._state().page:
            self.leave()

    def _closed_document(self, document: Document) -> None:
        """The project of the lesson may be closed behind a page, where no other one comes to the front."""
        if self.lesson is not None and self._document is not None and self._document() is document:
            self._stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        # The buttons side by side with the words must not keep the window from being narrow: they then move below.
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), LEAST), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        """The buttons beside the words or, where those would have too little room, under them."""
        margins = self._whole.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        if self.lesson is not None and (follows := next_lesson(self._known_as)):
            self.follow_button.setText(f"Next lesson: {lessons()[follows].title}")
        if self._wanted_by_buttons() > room:
            self.follow_button.setText("Next lesson")
        words = room - self.icon.sizeHint().width() - WIDE_GAP
        beside = words - self._wanted_by_buttons() - WIDE_GAP
        narrow = beside < fonts.px(WORDS)
        directions = QBoxLayout.Direction
        self._whole.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        self._whole.setSpacing(GAP if narrow else WIDE_GAP)
        head = sum(one.sizeHint().width() + HEAD_GAP for one in (self.title, self.dots, self.name))
        self.name.setVisible(head + 2 * HEAD_GAP < (words if narrow else beside))

    def _wanted_by_buttons(self) -> int:
        shown = [one.sizeHint().width() for one in self._buttons if not one.isHidden()]
        return sum(shown) + GAP * (len(shown) - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = icons.current_theme()
        with painting(self, smooth=False) as painter:
            painter.fillRect(self.rect(), QColor(theme.raised))
            painter.fillRect(0, 0, self.width(), 1, QColor(theme.line))
            painter.fillRect(0, 0, 3, self.height(), QColor(theme.accent))
