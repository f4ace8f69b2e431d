"""What can be searched for beside the commands: layers, templates, and what features declare; and what happens when one is chosen."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.app.actions.search_words import ANSWERS, WORDS, split_words
from visualnet.app.features.feature import SearchChoice, SearchGroup
from visualnet.app.shell.window_base import WindowBase
from visualnet.app.widgets.dialogs.command_palette import ANSWER, CommandPalette
from visualnet.core.text.search_index import SearchIndexEntry
from visualnet.layers.declaration.layer import LAYERS
from visualnet.templates.index import template_list


def _layers() -> Iterator[SearchChoice]:
    return (SearchChoice(tag, kind.label, kind.summary(), kind.family) for tag, kind in LAYERS.items())


def _templates() -> Iterator[SearchChoice]:
    return (SearchChoice(template.name, template.title, template.line, "open") for template in template_list())


OWN_GROUPS = (
    SearchGroup("layer", "Layer", _layers, lambda studio, tag: studio.place_requested.emit(tag), wants_network=True),
    SearchGroup("template", "Template", _templates, lambda studio, name: studio.template_requested.emit(name)),
)
"""What is found whatever features there are."""


class Searchable:
    """The entries of a window's search beside its actions, and how they are carried out."""

    def __init__(self, window: WindowBase) -> None:
        self.window = window
        declared = (group for feature in window.features for group in feature.search_entries)
        self.groups = {group.kind: group for group in (*OWN_GROUPS, *declared)}

    def entries(self) -> Iterator[SearchIndexEntry]:
        """All of them."""
        for group in self.groups.values():
            for choice in group.choices():
                target = f"{group.kind}:{choice.name}"
                words = split_words(WORDS.get(target, ""))
                yield SearchIndexEntry(target, choice.title, group.label, choice.detail, choice.icon, words)
        for answer in ANSWERS:
            if not answer.target or self._leads_somewhere(answer.target):
                tried = split_words(answer.words)
                yield SearchIndexEntry(
                    answer.target, answer.title, ANSWER, answer.sentence, "help", tried, answer.sentence
                )

    def _leads_somewhere(self, target: str) -> bool:
        """Whether there is what a target names: an action, or a thing of a group."""
        kind, colon, _ = target.partition(":")
        return kind in self.groups if colon else target in self.window.actions_.specs

    def why_not(self, target: str) -> str:
        """Why it cannot be done now; empty if it can."""
        spec = self.window.actions_.specs.get(target)
        wants_network = not spec.anywhere if spec is not None else self.groups[target.partition(":")[0]].wants_network
        return (
            "Open a network first: a template, or New empty network." if wants_network and self.window.covered else ""
        )

    def carry_out(self, target: str) -> None:
        """Do what its group declares: add the layer, open the template."""
        kind, _, name = target.partition(":")
        self.groups[kind].choose(self.window.studio, name)


def make_palette(window: WindowBase) -> CommandPalette:
    """The search of all commands and all the rest."""
    return CommandPalette(window.actions_, window, Searchable(window))
