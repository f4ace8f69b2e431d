"""The window: everything that knows Qt lives here.

It may import everything but `cli` and `api`; inside, `main` -> `shell` -> `features` -> `figures` -> `canvas` -> `forms`,
`services` -> `plots`, `diagrams` -> `widgets` -> `actions` -> `state` -> `theme`. Panels never talk to each other: only to the
Studio.
"""
