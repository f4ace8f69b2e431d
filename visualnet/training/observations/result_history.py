"""Results of observations over time, within a bound of memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from visualnet.training.observations.observation import (
    History,
    ObservationRequest,
    Result,
    find_observations,
)

MOST_BYTES = 128 << 20
"""All results together take at most so much memory; then the longest histories are thinned."""
MOST_KEPT = 240
"""So many looks are kept for the slider of time where an observation does not ask for more."""


class ResultHistory:
    """What was observed last, and before. A history that grows too long keeps every second look of its older half."""

    def __init__(self) -> None:
        self._found: dict[ObservationRequest, list[tuple[int, Result]]] = {}
        self._words: dict[ObservationRequest, str] = {}
        self._nbytes = 0

    @property
    def requests(self) -> tuple[ObservationRequest, ...]:
        """All of which there is a result."""
        return tuple(self._found)

    def last(self, request: ObservationRequest) -> tuple[int, Result] | None:
        """The newest result with its step; None if there is none."""
        found = self._found.get(request)
        return found[-1] if found else None

    def history(self, request: ObservationRequest) -> History:
        """All results that were kept, the oldest first."""
        return tuple(self._found.get(request, ()))

    def words(self, request: ObservationRequest) -> str:
        """Why nothing was to be seen at the last look; empty if something was."""
        return self._words.get(request, "")

    def take(self, step: int, observed: Mapping[ObservationRequest, Result | str]) -> None:
        """Keep what was observed at a step. One that is before the last of a history begins it anew: another run trains."""
        for request, result in observed.items():
            if isinstance(result, str):
                self._words[request] = result
                continue
            self._words.pop(request, None)
            kept = self._found.setdefault(request, [])
            if kept and kept[-1][0] > step:
                self._drop(request)
                kept = self._found.setdefault(request, [])
            if kept and kept[-1][0] == step:
                self._nbytes -= kept.pop()[1].nbytes
            kept.append((step, result))
            self._nbytes += result.nbytes
            if len(kept) > max(find_observations()[request.name].keeps, MOST_KEPT):
                self._thin(request)
        while self._nbytes > MOST_BYTES and (self._thin_largest() or self._drop_oldest(observed)):
            pass

    def keep_only(self, requests: Iterable[ObservationRequest]) -> None:
        """Forget what nobody looks at any more."""
        wanted = set(requests)
        for request in [one for one in self._found if one not in wanted]:
            self._drop(request)
        self._words = {request: words for request, words in self._words.items() if request in wanted}

    def forget_sample(self, every: bool = False) -> None:
        """Another sample is looked at: what was seen of the one before is not comparable. With ``every`` something is fed, on which all
        rests but the weights."""
        kinds = find_observations()

        def rests_on_it(request: ObservationRequest) -> bool:
            kind = kinds[request.name]
            return kind.of_sample or (every and kind.about != "weights")

        for request in [one for one in self._found if rests_on_it(one)]:
            self._drop(request)
        self._words = {one: words for one, words in self._words.items() if not rests_on_it(one)}

    def clear(self) -> None:
        """Forget everything: another network or document."""
        self._found.clear()
        self._words.clear()
        self._nbytes = 0

    def _drop(self, request: ObservationRequest) -> None:
        self._nbytes -= sum(result.nbytes for _, result in self._found.pop(request, ()))

    def _thin(self, request: ObservationRequest) -> None:
        kept = self._found[request]
        half = len(kept) // 2
        # The first look stays: many pictures are read against the beginning.
        self._found[request] = [*kept[:half:2], *kept[half:]]
        gone = kept[1:half:2]
        self._nbytes -= sum(result.nbytes for _, result in gone)

    def _thin_largest(self) -> bool:
        sizes = {r: sum(x.nbytes for _, x in kept) for r, kept in self._found.items() if len(kept) > 3}
        if not sizes:
            return False
        self._thin(max(sizes, key=sizes.__getitem__))
        return True

    def _drop_oldest(self, observed: Mapping[ObservationRequest, object]) -> bool:
        """Forget what was asked for first and is not looked at now."""
        request = next((one for one in self._found if one not in observed), None)
        if request is None:
            return False
        self._drop(request)
        return True
