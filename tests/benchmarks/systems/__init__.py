"""The systems of the course, each trained from its template and held against what it must reach.

A file a system: it has ``SYSTEM``, which says what is wanted and trains with one seed. ``python -m tests.benchmarks.systems`` runs them.
"""
