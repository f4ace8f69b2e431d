"""A seeded monkey that works the real window with mouse, keys, menus and dialogs.

``tests/flows/test_monkey.py`` lets it work in the suite; ``python -m tests.flows.monkey --seed N --gestures 10000 --report`` measures.
"""
