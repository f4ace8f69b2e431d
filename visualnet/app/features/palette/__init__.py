"""The panel *Layers*: every layer by family, with search."""
