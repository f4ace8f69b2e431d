"""How what is in the window stands: docks whose panels are made when they are looked at, and the canvas alone on the screen."""
