"""The frame: window, menus, docks, tabs, workspaces, status bar. It joins the parts; what they do, they do themselves."""
