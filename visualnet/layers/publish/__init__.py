"""The reference of layers, generated from their declarations: `docs/layers.md`, and its pages in the window."""
