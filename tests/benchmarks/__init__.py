"""Speed, measured as ratios side by side in one run. ``python -m tests.benchmarks`` prints a table; no test asserts a time."""
