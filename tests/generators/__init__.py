"""Writes pages that tests compare with the program: the generated parts of docs/, icons, and what is held to the letter (`pages.py`)."""
