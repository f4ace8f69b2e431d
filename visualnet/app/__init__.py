"""The window: everything that knows Qt lives here.

It may import everything but `cli` and `api`; inside, `main` -> `shell` -> `features` -> `figures` -> `canvas` -> `forms`,
`services` -> `plots`, `diagrams` -> `widgets` -> `actions` -> `state` -> `theme` -> `override_errors`. Panels never talk to each other:
only to the Studio.
"""

from visualnet.app.override_errors import guard_overrides

guard_overrides()  # before any class of the window is declared
