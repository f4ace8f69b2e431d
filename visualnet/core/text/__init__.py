"""Words and figures as people read them: units, counts, moments, and characters that nobody sees.

- `format.py` puts figures into words (bytes by 1,024, counts, durations, shares, plurals), the one place that does; a test finds
  others.
- `values.py` reads and writes parameter values as text; `timestamps.py` times that a file tells.
- `hidden_characters.py`: `clean` takes hidden characters out of what is kept, `visible` spells them out in what is told (`FileError`,
  `Faults.add`, the command line's streams, the log, titles and labels do it; nobody else need).
"""
