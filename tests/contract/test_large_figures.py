"""One absurdly large figure in a file: no step may take more time or memory for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests.conftest import Amount
from tests.contract.mutants import ROOT

PARTS = 1_200
"""The suite carries out one case of so many, CI twenty times as many, the thorough run all."""


@pytest.mark.wide
@pytest.mark.more
@pytest.mark.skipif(sys.platform != "linux", reason="the bounds on memory and time need Linux")
@pytest.mark.timeout(1_800)
def test_no_step_grows_with_a_figure_in_a_file(amount: Amount) -> None:
    parts = amount(PARTS, wide=PARTS // 20, thorough=1)
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.large", str(7 % parts), str(parts)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1_700 if parts == 1 else 170,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2_000:])
    bad = [line for line in lines if line[2] not in ("done", "refused")]
    assert not bad, bad[:10]
    verdicts = Counter(line[2] for line in lines)
    assert verdicts["done"] > 3_000 / parts, "most cases are files that the reader takes"
