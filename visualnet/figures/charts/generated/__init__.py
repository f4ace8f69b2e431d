"""Charts of what a network made: clouds of points beside those of the data, texts, and a plane tiled with pictures."""
