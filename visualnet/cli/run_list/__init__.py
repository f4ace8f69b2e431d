"""The verbs about all runs and about what is made of a kept one: ``runs`` lists them (`runs.py`); ``pack``, ``unpack`` and ``verify``
(`capsules.py`) write one into a file, make a run of it again, and train one once more; ``export-curves`` writes curves for other tools.
"""
