"""Data sets that are computed: points, images, sound, texts."""
