"""How the window stands for a while: the canvas alone on the screen, and everything back as it was."""
