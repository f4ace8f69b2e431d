"""The frame: window, menus, docks, tabs, workspaces, status bar. It joins the parts; what they do, they do themselves.

`window.py` joins the parts; docks are made late (`lazy_dock.py`), `workspaces.py` says which are shown, `actions.py` declares
what the frame can do, `prompts.py` what it asks and offers, `project_files.py` keeps what is open from being lost.
`open_projects.py` holds the open projects (`Tab`: document, journal) and brings one to the front with `studio.open(document)`.
`extra_windows.py`: further windows, each with a Studio of its own on the same document; `ActiveStudio` stands for the Studio of
the view that was worked in last. `inline_block.py`: a block opened in its place.
"""
