"""Render the window's states to PNG: ``python -m tests.pictures OUT [--theme dark] [--size 1280x720] [--only history,blocks]``."""

from tests.pictures.photographer import main

main()
