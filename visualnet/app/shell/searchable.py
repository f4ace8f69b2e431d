"""What can be searched for beside the commands: layers, templates, lessons and settings; and what happens when one is chosen."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.app.actions.search_words import ANSWERS, WORDS, split_words
from visualnet.app.shell.frame import Frame
from visualnet.app.widgets.dialogs.command_palette import ANSWER, CommandPalette
from visualnet.core.project import Recipe
from visualnet.core.text.search_index import Entry
from visualnet.data.declare import DATASETS
from visualnet.layers.declaration.layer import LAYERS
from visualnet.layers.param_words import needs_code, param_words
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES
from visualnet.templates.index import template_list
from visualnet.templates.lessons import lessons
from visualnet.training.recipe_params import recipe_params

LAYER, TEMPLATE, LESSON, SETTING = "layer", "template", "lesson", "setting"
DATA, LEARNERS = "data", "learners"
"""The settings that are no parameters of the recipe: which data set is learned from, and who learns."""


class Searchable:
    """The entries of a window's search beside its actions, and how they are carried out."""

    def __init__(self, window: Frame) -> None:
        self.window = window

    def entries(self) -> Iterator[Entry]:
        """All of them."""
        for tag, kind in LAYERS.items():
            yield self._entry(LAYER, tag, kind.label, "Layer", kind.summary(), kind.family)
        for template in template_list():
            yield self._entry(TEMPLATE, template.name, template.title, "Template", template.line, "open")
        for name, lesson in lessons().items():
            yield self._entry(LESSON, name, lesson.title, "Lesson", "", "play")
        for name, (title, words) in settings().items():
            yield self._entry(SETTING, name, title, "Setting", words, "training")
        for answer in ANSWERS:
            tried = split_words(answer.words)
            yield Entry(answer.target, answer.title, ANSWER, answer.sentence, "help", tried, answer.sentence)

    def _entry(self, sort: str, name: str, title: str, label: str, detail: str, icon: str) -> Entry:
        target = f"{sort}:{name}"
        return Entry(target, title, label, detail, icon, split_words(WORDS.get(target, "")))

    def why_not(self, target: str) -> str:
        """Why it cannot be done now; empty if it can."""
        spec = self.window.actions_.specs.get(target)
        wants_network = not spec.anywhere if spec is not None else target.partition(":")[0] in (LAYER, SETTING)
        return (
            "Open a network first: a template, or New empty network." if wants_network and self.window.covered else ""
        )

    def carry_out(self, target: str) -> None:
        """Add the layer, open the template, begin the lesson, show the setting."""
        sort, _, name = target.partition(":")
        studio = self.window.studio
        if sort == LAYER:
            studio.place_requested.emit(name)
        elif sort == TEMPLATE:
            studio.template_requested.emit(name)
        elif sort == LESSON:
            studio.lesson_requested.emit(name)
        elif sort == SETTING:
            panel = studio.shell.show_panel("recipe")
            if panel is not None:
                panel.reveal(name)


def make_palette(window: Frame) -> CommandPalette:
    """The search of all commands and all the rest."""
    return CommandPalette(window.actions_, window, Searchable(window))


def settings() -> dict[str, tuple[str, str]]:
    """Every setting of a recipe, with any optimizer: how the page calls it, and what it means."""
    found = {
        DATA: ("Data", f"Which data set it learns from: {len(DATASETS)} come with the program."),
        LEARNERS: ("Learners", "Add one: networks that learn against each other or beside each other"),
    }
    kinds = [Recipe(optimizer=name) for name in OPTIMIZERS] + [Recipe(schedule=name) for name in SCHEDULES]
    for recipe in kinds:
        for param in recipe_params(recipe, {"loss": ""}):
            code = f" ({param.name})" if needs_code(param) else ""
            found.setdefault(param.name, (f"{param_words(param)}{code}", param.doc))
    return found
