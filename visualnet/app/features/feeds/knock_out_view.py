"""The chart of a knock-out, in which a click on a bar switches that unit off, or on again."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal

from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.feeds import Feeds
from visualnet.app.state.studio import Studio
from visualnet.figures.charts.observed.changes import ChangeChart
from visualnet.training.observations.feeds.feed import Feed, find_heads
from visualnet.training.observations.observation import NETWORK, History, Observation, Result, Subject


class KnockOutView(ChartView):
    """Paints the chart of a knock-out; what is clicked is fed with zeros."""

    sample_chosen = Signal(int)
    """Never sent: what stands here is no sample."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.subject: Subject = NETWORK
        self.samples_chosen.connect(lambda units, _words: self._switch(units[0]))

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Draw it."""
        self.subject = subject
        chart = made.draw(result, history)
        assert isinstance(chart, ChangeChart)
        place = {name: at for at, name in enumerate(result.words["units"])}
        picks = tuple(place[name] for name in chart.names)
        self.show_chart(replace(chart, picks=picks, pick_words="click to switch it off or on"), "knock-out")

    def _switch(self, unit: int) -> None:
        facts = self.studio.analysis.find(self.subject[0])
        heads = facts is not None and bool(find_heads(facts)) and self.subject[1] == next(iter(facts.outputs))
        switch_unit(self.studio.runner.probes.feeds, self.subject, unit, heads)


def switch_unit(feeds: Feeds, subject: Subject, unit: int, heads: bool) -> None:
    """Switch a unit of a port off by a feed, or on again where it is off."""
    for at, feed in enumerate(feeds.every):
        if feed.port == subject and feed.heads == heads and feed.kind == "zeros" and feed.on and feed.share == 1.0:
            if unit not in feed.units:
                feeds.change(at, feed._replace(units=tuple(sorted({*feed.units, unit}))))
            elif len(feed.units) > 1:
                feeds.change(at, feed._replace(units=tuple(u for u in feed.units if u != unit)))
            else:
                feeds.remove(at)
            return
    feeds.add(Feed(subject, "zeros", (unit,), heads=heads))
