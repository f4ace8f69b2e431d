"""The shipped networks: their index, their small versions, the steps that their notes propose; and the lessons on them.

It may import `data`, `analysis`, `layers` and `core`.

`small_versions.py` knows which template a project was made from and what is offered where its data is not here; `note_actions.py`
carries out what a note proposes to break. The shipped blocks are `resources/blocks`, written by
`packaging/architectures/blocks.py`.
"""
