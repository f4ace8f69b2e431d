"""One feed in the panel: where, what stands in there, for which units, and whether it is on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSlider, QWidget

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts, plain_path
from visualnet.app.features.feeds.commands import FIRST_UNITS, MOST_SLIDERS, feedable_ports
from visualnet.app.features.feeds.unit_field import UnitField
from visualnet.app.features.feeds.unit_sliders import ListedSlider, UnitSliders
from visualnet.app.features.try_it.drawing_pad import DrawingPad
from visualnet.app.forms.value_field import ValueField
from visualnet.app.services.live_probes import LiveProbes
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import Card, ElidedLabel, button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, widget_of
from visualnet.core.graph import Value
from visualnet.core.text.format import format_percent
from visualnet.core.text.values import whole_between
from visualnet.data.own_sample.drawing import fit_picture
from visualnet.training.observations.feeds.feed import (
    KINDS,
    DrawnValue,
    Feed,
    FeedUnits,
    find_heads,
    kinds_for,
    units_of,
    why_not,
)
from visualnet.training.observations.observation import ObservationRequest
from visualnet.training.observations.subjects import MOST_REPETITIONS

HEADS = "heads"
BLENDED = ("zeros", "mean", "noise", "sample")
"""What can be fed in part."""
FACTOR = 2.0
"""Up to which factor a slider goes."""


class ListedChoice(QComboBox):
    """A choice in a list that scrolls: the wheel moves the list. Undo is the panel's; else Ctrl+Z would search for a Z."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            event.ignore()
        else:
            super().keyPressEvent(event)


class FeedCard(Card):
    """Shows a feed, and tells of what is to stand in its place. ``facts`` are those of its node; None where that is gone."""

    edited = Signal(object, str)
    """The feed as the person wants it, and what belongs together in one step of undo."""
    removed = Signal()
    measure_asked = Signal()
    """What each unit of the node is worth is to be measured."""

    def __init__(self, probes: LiveProbes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.probes = probes
        self.feed = Feed(((), ""))
        self.facts: NodeFacts | None = None
        self.units: FeedUnits | None = None
        self.on = describe(QCheckBox(), "On", "Whether this is fed now")
        self.on.toggled.connect(lambda on: self._edit(self.feed._replace(on=on)))
        self.title, self.shape = ElidedLabel("", "heading"), label("", "figures")
        self.remove = icon_button("delete", "Remove", "Feed this no more", self.removed.emit)
        self.place = describe(ListedChoice(), "Repetition", "In which repetition of a block it is fed")
        self.place.activated.connect(
            lambda _: self._edit(self.feed._replace(port=(self.place.currentData(), self.feed.port[1])))
        )
        self.port = describe(ListedChoice(), "Port", "What of the node is fed")
        self.port.activated.connect(lambda _: self._choose_port())
        self.kind = describe(ListedChoice(), "Fed with", "What stands in the place of what flows here")
        self.kind.activated.connect(lambda _: self._choose_kind())
        self.which, self.which_label = UnitField(), label("", "small")
        self.which.chosen.connect(self._choose_units)
        self.measure = button("Measure…", "quiet", done=self.measure_asked.emit)
        self.measure.setToolTip(
            "See inside: measure how much the loss changes when each of these alone is switched off"
        )
        self.words = label("", "error", wrap=True)
        self.sample = describe(ValueField(self._check_sample), "Sample", "Which sample of the validation set")
        self.sample.edited.connect(self._choose_sample)
        self.sample_row = self._labelled("Sample", self.sample)
        self.draw_again = button("Draw another", done=lambda: self._edit(self.feed._replace(seed=self.feed.seed + 1)))
        self.draw_again.setToolTip("Other noise of the same mean and spread; a feed keeps the noise that it has drawn")
        self.share = describe(ListedSlider(Qt.Orientation.Horizontal), "Share", "0: what flows here; 1: what is fed")
        self.share.setRange(0, 100)
        self.share.valueChanged.connect(lambda at: self._edit(self.feed._replace(share=at / 100), "share"))
        self.share_figure = label("", "figures")
        self.share_row = self._labelled("Share", self.share, self.share_figure)
        self.sliders = UnitSliders()
        self.sliders.moved.connect(self._move)
        self.off = button("All off", done=lambda: self._set_all(0.0))
        self.off.setToolTip("Set every slider to zero")
        self.reset = button("As it flows", done=lambda: self._edit(self.feed._replace(figures=())))
        self.reset.setToolTip("Set every slider to what flows there for the chosen sample")
        self.slider_row = self._labelled("", self.off, self.reset)
        self.pad = DrawingPad("Draw what is to stand here: black is the least that a channel has, white the most")
        self.pad.setFixedHeight(fonts.px(170))
        self.pad.changed.connect(self._draw)
        self._lay_out()

    def _lay_out(self) -> None:
        self.which_row = widget_of(row(self.which_label, (self.which, 1), self.measure, spacing=8))
        column(
            row(self.on, (self.title, 1), self.shape, self.remove, spacing=6),
            self.place,
            self.port,
            self.kind,
            self.words,
            self.which_row,
            self.sample_row,
            self.share_row,
            row(self.draw_again, STRETCH),
            self.slider_row,
            self.sliders,
            self.pad,
            margins=(10, 8, 8, 10),
            spacing=6,
            parent=self,
        )

    def _labelled(self, words: str, *parts: QWidget) -> QWidget:
        """A row of a caption and what it is about."""
        holder = QWidget()
        items = [(part, 1) if isinstance(part, QSlider | ValueField) else part for part in parts]
        caption = [label(words, "small")] if words else []
        row(*caption, *items, *([] if words else [STRETCH]), spacing=8, parent=holder)
        return holder

    # --- showing ---------------------------------------------------------------------------------------------------------------

    def show_feed(self, feed: Feed, analysis: Analysis) -> None:
        """Show this feed, as the network is now."""
        facts, name = analysis.find(feed.port[0]), analysis.name_of(feed.port[0])
        self.feed, self.facts = feed, facts
        self.units = units_of(facts, feed) if facts is not None else None
        blockers = [QSignalBlocker(part) for part in (self.on, self.place, self.port, self.kind, self.share)]
        self.title.setText(name)
        self.on.setChecked(feed.on)
        spec = facts.leaving.get(feed.port[1]) if facts is not None else None
        self.shape.setText(spec.text if spec is not None else "")
        # An empty pad says itself that one draws on it; words that come and go would move it under the pointer.
        reason = "" if feed.kind == "drawing" and feed.drawing is None else why_not(feed, facts)
        self.words.setText(reason)
        self.words.setVisible(bool(reason))
        self._fill_places(analysis)
        self._fill_ports()
        self._fill_kinds()
        self._show_parts()
        del blockers

    def _fill_places(self, analysis: Analysis) -> None:
        self.place.clear()
        path, plain = self.feed.port[0], plain_path(self.feed.port[0])
        # Where the block is not repeated so often any more, another repetition can be chosen.
        every = analysis.repetitions(plain, MOST_REPETITIONS) if analysis.find(plain) is not None else []
        for one in every:
            self.place.addItem(analysis.name_of(one), one)
        self.place.setCurrentIndex(every.index(path) if path in every else -1)
        self.place.setVisible(len(every) > 1)

    def _fill_ports(self) -> None:
        self.port.clear()
        if self.facts is not None:
            for port in feedable_ports(self.facts):
                self.port.addItem(port, (port, False))
                if find_heads(self.facts) and port == feedable_ports(self.facts)[0]:
                    self.port.addItem(f"{port}: {HEADS}", (port, True))
        at = next(
            (i for i in range(self.port.count()) if self.port.itemData(i) == (self.feed.port[1], self.feed.heads)), -1
        )
        self.port.setCurrentIndex(at)
        self.port.setVisible(self.port.count() > 1)

    def _fill_kinds(self) -> None:
        self.kind.clear()
        kinds = kinds_for(self.facts, self.feed.port[1], self.feed.heads) if self.facts is not None else ()
        word = self.units.word if self.units is not None else "unit"
        for kind in kinds:
            self.kind.addItem(KINDS[kind].replace("unit", word), kind)
        self.kind.setCurrentIndex(kinds.index(self.feed.kind) if self.feed.kind in kinds else -1)
        self.kind.setEnabled(bool(kinds))

    def _show_parts(self) -> None:
        feed, fits = self.feed, self.facts is not None and self.kind.currentIndex() >= 0
        has_sliders = fits and feed.kind in ("scale", "values") and self.units is not None
        self.which_row.setVisible(fits and self.units is not None and self.units.size > 1)
        if self.units is not None:
            self.which_label.setText(f"Which of {self.units.size}")
            self.which.show_units(feed.units, self.units.size)
        self.sample_row.setVisible(fits and feed.kind == "sample")
        self.sample.set_value(feed.sample)
        self.draw_again.setVisible(fits and feed.kind == "noise")
        self.share_row.setVisible(fits and feed.kind in BLENDED)
        self.share.setValue(round(feed.share * 100))
        self.share_figure.setText(format_percent(feed.share, 0))
        self.slider_row.setVisible(has_sliders)
        self.reset.setText("As it flows" if feed.kind == "values" else "All × 1")
        self.sliders.setVisible(has_sliders)
        self.pad.setVisible(fits and feed.kind == "drawing")
        if has_sliders:
            self.show_sliders()
        if self.pad.isVisibleTo(self):
            self._show_drawing()

    def show_sliders(self) -> None:
        """Let the sliders stand at what is fed, in the range that the units have."""
        if self.units is None or self.feed.kind not in ("scale", "values") or why_not(self.feed, self.facts):
            return
        chosen = self._chosen()
        low, high = self._ranges(chosen)
        self.sliders.show_rows([self.units.name(unit) for unit in chosen], low, high)
        self.sliders.show_figures(self._figures())

    def range_request(self) -> ObservationRequest | None:
        """What tells between which numbers the units move; None where sliders of values are not shown."""
        if self.feed.kind != "values" or self.units is None or self.feed.heads:
            return None
        return ObservationRequest("unit_ranges", self.feed.port)

    def _chosen(self) -> tuple[int, ...]:
        assert self.units is not None
        return (self.feed.units or tuple(range(self.units.size)))[:MOST_SLIDERS]

    def _ranges(self, chosen: tuple[int, ...]) -> tuple[list[float], list[float]]:
        if self.feed.kind == "scale":
            return [0.0] * len(chosen), [FACTOR] * len(chosen)
        request = self.range_request()
        found = self.probes.observed.last(request) if request is not None else None
        figures = self._figures()
        if found is None or max(chosen, default=0) >= len(found[1].arrays["low"]):
            return [min(-1.0, 2 * f) for f in figures], [max(1.0, 2 * f) for f in figures]
        lows, highs = (found[1].arrays[name] for name in ("low", "high"))
        # A little beyond what the data give, so that its ends are no walls; and never without room.
        room = [0.25 * float(highs[unit] - lows[unit]) or 0.5 for unit in chosen]
        low = [min(float(lows[unit]) - r, f) for unit, r, f in zip(chosen, room, figures, strict=True)]
        high = [max(float(highs[unit]) + r, f) for unit, r, f in zip(chosen, room, figures, strict=True)]
        return low, high

    def _figures(self) -> list[float]:
        """What each slider stands for: what is fed, or what flows there."""
        chosen, feed = self._chosen(), self.feed
        if feed.figures or feed.kind == "scale":
            return [feed.figure(unit, 1.0) for unit in chosen]
        flowing = self._flowing()
        return [float(flowing[unit]) if flowing is not None else 0.0 for unit in chosen]

    def _flowing(self) -> np.ndarray | None:
        """What flows at each unit for the chosen sample, of maps the mean; None while that is not known."""
        seen, units = self.probes.seen, self.units
        array = seen.arrays.get(self.feed.port) if seen is not None else None
        if array is None or units is None or array.ndim <= units.axis or array.shape[units.axis] != units.size:
            return None
        flowing: np.ndarray = np.asarray(array).mean(tuple(axis for axis in range(array.ndim) if axis != units.axis))
        return flowing

    def _show_drawing(self) -> None:
        drawing, height, width = self.feed.drawing, *self._drawn_shape()
        if drawing is None and not self.pad.is_empty:
            with QSignalBlocker(self.pad):
                self.pad.set_paper(False, height, width)
        elif drawing is None:
            self.pad.set_paper(False, height, width)
        elif drawing is not self._drawn:
            self._drawn = drawing
            with QSignalBlocker(self.pad):
                self.pad.set_picture(drawing.values)

    def _drawn_shape(self) -> tuple[int, int]:
        assert self.facts is not None
        _, height, width = self.facts.leaving[self.feed.port[1]].shape
        return int(height), int(width)

    # --- changing --------------------------------------------------------------------------------------------------------------

    _drawn: DrawnValue | None = None

    def _edit(self, feed: Feed, merge: str = "") -> None:
        self.edited.emit(feed, merge)

    def _choose_port(self) -> None:
        port, heads = self.port.currentData()
        feed = Feed((self.feed.port[0], port), heads=heads, on=self.feed.on)
        kinds = kinds_for(self.facts, port, heads) if self.facts is not None else ()
        self._edit(feed._replace(kind=self.feed.kind if self.feed.kind in kinds else "zeros"))

    def _choose_kind(self) -> None:
        kind, units = self.kind.currentData(), self.feed.units
        many = self.units is not None and self.units.size > MOST_SLIDERS and not units
        if kind in ("scale", "values") and many:
            units = tuple(range(FIRST_UNITS))
        if kind != self.feed.kind:
            self._edit(self.feed._replace(kind=kind, units=units, figures=(), share=1.0))

    def _choose_units(self, units: tuple[int, ...]) -> None:
        if units != self.feed.units:
            self._edit(self.feed._replace(units=units, figures=()))

    def _choose_sample(self, at: Value) -> None:
        # A field that is hidden loses the keyboard, and tells once more what stood in it.
        if self.feed.kind == "sample" and isinstance(at, int) and at != self.feed.sample:
            self._edit(self.feed._replace(sample=at), "sample")

    def _move(self, at: int, value: float) -> None:
        figures = self._every_figure()
        figures[at] = value
        self._edit(self.feed._replace(figures=tuple(figures)), f"slider {at}")

    def _every_figure(self) -> list[float]:
        """A figure for each fed unit, also for those that have no slider."""
        assert self.units is not None
        default = 1.0 if self.feed.kind == "scale" else 0.0
        chosen = self.feed.units or tuple(range(self.units.size))
        if self.feed.figures or self.feed.kind == "scale":
            return [self.feed.figure(unit, default) for unit in chosen]
        flowing = self._flowing()
        return [float(flowing[unit]) if flowing is not None else default for unit in chosen]

    def _set_all(self, value: float) -> None:
        self._edit(self.feed._replace(figures=(value,) * len(self._every_figure())))

    def _draw(self) -> None:
        height, width = self._drawn_shape()
        drawing = None if self.pad.is_empty else DrawnValue(fit_picture(self.pad.pixels(), (1, height, width)))
        self._drawn = drawing
        self._edit(self.feed._replace(drawing=drawing), "drawing")

    @property
    def _check_sample(self) -> Callable[[Value], str]:
        count = self.probes.samples
        reason = f"there are {count:,} samples, from 0 to {count - 1:,}" if count else ""
        return lambda value: whole_between(0, (count or 1_000_001) - 1, reason)(value)
