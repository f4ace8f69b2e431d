"""What steps compute: images, sounds and rows of tables as NumPy arrays. Declarations import this only when they run."""
