"""From the values of a file to a project: every one is checked, then built; what this version does not know is kept.

`decode.py` reads a whole project, `decode_annotations.py` and `decode_data.py` their parts of it, `values.py` single values. Each
function gives the value, or raises `Refused` with the place below it. It may import `core.graph`, `core.project` and `safe_json.py`.
"""
