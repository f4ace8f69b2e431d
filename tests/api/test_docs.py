"""The code on the pages runs, as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.S | re.M)


@pytest.mark.parametrize("page", ["docs/python.md"])
def test_the_python_on_the_page_runs(page: str, tmp_path: Path) -> None:
    code = "\n".join(BLOCK.findall((ROOT / page).read_text(encoding="utf-8")))
    file = tmp_path / "page.py"
    file.write_text(code, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(file)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0] == "(6, 28, 28)" and lines[1] == "<Graph “LeNet”: 17 nodes, 61,706 parameters>"
    assert lines[-1] == "(8, 28, 28)"
