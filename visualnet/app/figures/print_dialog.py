"""Print the open sheet on paper."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from visualnet.app.figures.export_dialog import with_progress
from visualnet.app.figures.picture import StepwiseDrawing
from visualnet.app.figures.writers import MARGIN_MM, page_orientation, paint_page
from visualnet.app.widgets.dialogs.modal import answer_of


def printer_for(drawing: StepwiseDrawing, title: str) -> QPrinter:
    """A printer whose page lies as the drawing does."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setCreator("VisualNet")
    printer.setPageOrientation(page_orientation(drawing))
    printer.setPageMargins(QMarginsF(*[MARGIN_MM] * 4), QPageLayout.Unit.Millimeter)
    return printer


def ask_and_print(drawing: StepwiseDrawing, title: str, parent: QWidget) -> bool:
    """Let the person choose a printer, and print; whether it was done.

    Raises:
        ValueError: the printer cannot be reached.
        Cancelled: it was stopped.
    """
    printer = printer_for(drawing, title)
    dialog = QPrintDialog(printer, parent)
    if answer_of(dialog) != QPrintDialog.DialogCode.Accepted:
        return False
    with_progress(parent, lambda step: paint_page(drawing, printer, step))
    return True
