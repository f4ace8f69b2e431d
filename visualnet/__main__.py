"""``python -m visualnet``: the same as ``visualnet``."""

import sys

from visualnet.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
