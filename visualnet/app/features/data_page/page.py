"""The panel *Data*: what the project learns from, and all that is known of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from visualnet.app.features.data_page.choosing_section import ChoosingSection
from visualnet.app.features.data_page.figures_section import FiguresSection
from visualnet.app.features.data_page.findings_section import FindingsSection
from visualnet.app.features.data_page.preparation_section import PreparationSection
from visualnet.app.features.data_page.samples.section import SamplesSection
from visualnet.app.services.background_task import BackgroundTask
from visualnet.app.services.data_examiner import data_examiner_of
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import ElidedLabel, button, describe, label
from visualnet.app.widgets.dialogs.messages import Banner
from visualnet.app.widgets.layouts import column, row, stack, widget_of
from visualnet.app.widgets.segmented import Segmented
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core import edits
from visualnet.core.storage.data_places import remember
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import visible
from visualnet.data.registry import find_kind
from visualnet.data.sources.registry import SOURCES
from visualnet.data.sources.source import SourceScan, make_source

SECTIONS = ("choose", "samples", "figures", "findings", "prepare")


class DataPage(QWidget):
    """Head, what is wrong with the place of the data, and one of the sections."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio, self.examiner = studio, data_examiner_of(studio)
        self.title, self.words = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.again = button("Look through again", icon="reset", done=lambda: self.examiner.examine(again=True))
        self.again.setToolTip("Look the files through again, and measure them anew")
        self.banner = Banner()
        self.choosing = ChoosingSection(studio)
        self.samples = SamplesSection()
        self.figures = FiguresSection(studio.theme)
        self.findings = FindingsSection(studio, self.examiner)
        self.sections: dict[str, QWidget] = {
            "choose": self.choosing,
            "samples": self.samples,
            "figures": self.figures,
            "findings": self.findings,
            "prepare": PreparationSection(studio),
        }
        self.switch = Segmented([capitalize_first(name) for name in SECTIONS], "Part of the data page")
        self.stack = stack(*self.sections.values())
        self.switch.chosen.connect(lambda at: self.show_section(SECTIONS[at]))
        self.narrow_switch = describe(QComboBox(), "Part of the data page")
        self.narrow_switch.addItems([capitalize_first(name) for name in SECTIONS])
        self.narrow_switch.activated.connect(lambda at: self.show_section(SECTIONS[at]))
        self.doing = label("", "muted")
        self.bar = ShareBar("Progress of what is found out about the data")
        self.stop = button("Cancel", done=self.examiner.cancel)
        self.progress = widget_of(row(self.doing, (self.bar, 1), self.stop, spacing=8))
        head = row((column(self.title, self.words, spacing=2), 1), self.again, spacing=8)
        parts = (head, self.banner, row(self.switch, self.narrow_switch, 1), (self.stack, 1), self.progress)
        column(*parts, margins=(12, 10, 12, 10), spacing=10, parent=self)
        self._due = DeferredRefresh(self, self.refresh)
        self._connect()
        self.show_section("samples")
        self._show_progress("", 0.0)

    def _connect(self) -> None:
        studio, examiner = self.studio, self.examiner
        studio.project_changed.connect(lambda _before, _after: self._due.ask())
        studio.document_changed.connect(self._due.ask)
        studio.theme_changed.connect(self.figures.set_theme)
        if studio.has_runner:
            studio.runner.state_changed.connect(self._due.ask)
        examiner.changed.connect(self._due.ask)
        examiner.progressed.connect(self._show_progress)
        self.choosing.chosen.connect(partial(self.show_section, "samples"))
        self.figures.class_chosen.connect(self._show_class)
        self.findings.samples_chosen.connect(self._show_samples)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(720), fonts.px(640))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(300), fonts.px(240))

    def show_section(self, name: str) -> None:
        """Bring one of the sections to the front."""
        self.stack.setCurrentWidget(self.sections[name])
        self.switch.set_current(SECTIONS.index(name))
        self.narrow_switch.setCurrentIndex(SECTIONS.index(name))

    def refresh(self) -> None:
        """Show what is known of the project's data; find out what is not."""
        self.examiner.examine()
        choice, opened = self.studio.project.data, self.examiner.opened
        kind = find_kind(choice.name)
        own = choice.name in SOURCES
        self.title.setText(
            visible(Path(choice.path).name if own and choice.path else kind.title if kind else choice.name)
        )
        size = f"{opened.samples.size:,} samples" if opened is not None else ""
        parts = ", ".join(
            f"{len(part):,} {name}"
            for part, name in zip(opened.parts if opened else (), ("training", "validation", "test"), strict=False)
            if len(part)
        )
        about = kind.title if own and kind is not None else ""
        self.words.setText(" · ".join(filter(None, (about, size, parts))))
        self.again.setVisible(own)
        self.again.setEnabled(not self.examiner.busy)
        self._show_banner()
        self.choosing.refresh()
        self.samples.show_opening(self.examiner.busy)
        self.samples.show_opened(opened)
        self.figures.refresh(self.examiner)
        self.findings.refresh()
        count = self.findings.count
        words = f"Findings ({count:,})" if count else "Findings"
        self.switch.part(SECTIONS.index("findings")).setText(words)
        self.narrow_switch.setItemText(SECTIONS.index("findings"), words)
        self._fit_switch()

    def _show_banner(self) -> None:
        examiner, choice = self.examiner, self.studio.project.data
        own = choice.name in SOURCES
        found = examiner.found
        if examiner.missing and own:
            words, actions = examiner.missing, [("Locate…", self._locate)]
        elif examiner.missing:
            words, actions = examiner.missing, [("Choose data", partial(self.show_section, "choose"))]
        elif examiner.is_outdated and found is not None:
            words = "These data have changed since they were looked through: sizes and classes may be others now."
            actions = [("Take them as they are now", partial(self._take_facts, found))]
        elif examiner.trouble:
            words, actions = f"{capitalize_first(examiner.trouble)}.", []
        else:
            self.banner.hide()
            return
        if self.banner.isHidden() or self.banner.text != words:
            self.banner.show_message(words, "warning", actions)

    def _take_facts(self, found: SourceScan) -> None:
        """The data as they were found last."""
        self.studio.do("Look the data through again", lambda p: edits.set_data(p, facts=found.facts))

    def _locate(self) -> None:
        """Ask where the data of the project are on this machine."""
        kind = SOURCES[self.studio.project.data.name]
        ask = QFileDialog.getExistingDirectory if kind.picks == "folder" else QFileDialog.getOpenFileName
        chosen = ask(self, f"Where is “{Path(self.studio.project.data.path).name}”?")
        path = chosen if isinstance(chosen, str) else chosen[0]
        if path:
            self.point_to(Path(path))
        else:
            self.refresh()  # a pressed button closed the message

    def point_to(self, path: Path) -> None:
        """Take these files for the data of the project, and say whether they are the same ones."""
        choice = self.studio.project.data
        place = path.absolute().as_posix()
        source = make_source(edits.choose_data(self.studio.project, choice).data)
        source.path = Path(place)

        def done(found: SourceScan) -> None:
            same = choice.facts is not None and found.facts.fingerprint == choice.facts.fingerprint
            remember(place)
            facts = choice.facts if same else found.facts
            self.studio.do("Locate the data", lambda p: edits.set_data(p, path=place, facts=facts))
            self.examiner.keep(self.studio.project.data, found)
            words = (
                "They are the same data." if same else "They are other data than those that the project was made with."
            )
            self.studio.message.emit("ok" if same else "warning", words)

        BackgroundTask(
            source.look_through,
            done,
            lambda share: self._show_progress("Looking the data through", share),
            self._refuse_place,
            name="locate data",
            words="These are not the data",
            parent=self,
        ).finished.connect(lambda: self._show_progress("", 0.0))

    def _refuse_place(self, words: str) -> None:
        self.studio.message.emit("error", words)
        self.refresh()

    def _show_class(self, number: int) -> None:
        self.samples.show_class(number)
        self.show_section("samples")

    def _show_samples(self, samples: tuple[int, ...], words: str) -> None:
        self.samples.show_only(samples, words)
        self.show_section("samples")

    def _show_progress(self, words: str, share: float) -> None:
        self.progress.setVisible(bool(words))
        self.doing.setText(f"{words} …" if words else "")
        self.bar.show_share(share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_switch()

    def _fit_switch(self) -> None:
        """Where the names of the parts have no room side by side, they stand in a box."""
        has_room = self.switch.sizeHint().width() <= self.contentsRect().width() - 24
        self.switch.setVisible(has_room)
        self.narrow_switch.setVisible(not has_room)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
