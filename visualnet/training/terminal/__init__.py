"""What a training without a window says on a terminal (`printer.py`)."""
