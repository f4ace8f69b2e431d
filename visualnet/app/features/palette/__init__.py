"""The panel *Layers*: every layer by family, with search.

It takes the reading of a block's file from `blocks`.
"""
