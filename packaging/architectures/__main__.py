"""``python packaging/architectures [FOLDER]``: write every template, and the index, into the folder; and the library's blocks beside it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from architectures import ROOT, blocks, write

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "templates"
    write(folder)
    blocks.write(folder.parent / "blocks")
