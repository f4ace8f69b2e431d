"""The panel *Writing*: a text typed by hand is translated, or gone on with, word by word; with what else might have been written.

It takes the button of trained weights from `start_from`.
"""
