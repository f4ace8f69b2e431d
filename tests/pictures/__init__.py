"""Pictures of the window, made offscreen: for people to look at (`python -m tests.pictures`) and for the guide (`tests.pictures.guide`)."""
