"""Declares the export of pictures and printing."""

from __future__ import annotations

from typing import Any

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, draws_something
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.core.errors import Cancelled
from visualnet.core.user.settings import UserSetting


def export(studio: Studio) -> None:
    """Choose what of the open sheet becomes a picture, and how; then write it."""
    from visualnet.app.figures.export_dialog import FigureExportDialog

    settings, shell = studio.settings, studio.shell
    assert settings is not None
    dialog = FigureExportDialog(
        studio, settings.section(PICTURE), shell.visible_area(), settings.folder, shell.dialog_parent()
    )
    answer_of(dialog)
    if dialog.written is not None:
        settings.remember_folder(dialog.written.parent)


def print_sheet(studio: Studio) -> None:
    """Print the open sheet, in the style that was last chosen for a picture if that is one for paper."""
    from visualnet.app.figures.picture import PictureOptions, make_drawing
    from visualnet.app.figures.print_dialog import ask_and_print

    assert studio.settings is not None
    style = "publication" if studio.settings.section(PICTURE).get("style") == "publication" else "print"
    try:
        drawing = make_drawing(studio.project, PictureOptions(style, studio.sheet), studio.analysis)
        if ask_and_print(drawing, studio.project.name, studio.shell.dialog_parent()):
            studio.message.emit("ok", "Sent to the printer.")
    except Cancelled:
        studio.message.emit("hint", "Nothing was printed.")
    except ValueError as error:
        studio.shell.notify("error", f"It could not be printed: {error}", [])


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("file.export_picture", 30, "Export picture…",
               "Make a picture of the network, or a figure for a paper: SVG, PNG or PDF", "picture", "Ctrl+Shift+E",
               export, draws_something, {"sheet": 30}),
    ActionSpec("file.print", 30, "Print…", "Print the open sheet on one page", "picture", "Ctrl+P",
               print_sheet, draws_something),
)
# fmt: on
PICTURE: UserSetting[dict[str, Any]] = UserSetting(
    "picture",
    {},
    "How the last picture was exported.",
    {
        "style": "In whose colours, or as in a publication.",
        "form": "In which file format.",
        "scale": "How many times as large as on the screen.",
        "page": "For a page of which size.",
        "transparent": "Whether without a background.",
        "carry": "Whether with the project inside.",
    },
)

FEATURE = Feature(
    "pictures",
    "A picture of the open sheet as on the canvas, for printing, or as papers have them; PNG and SVG carry the project inside.",
    actions=ACTIONS,
    settings=(PICTURE,),
)
