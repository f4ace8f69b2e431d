"""A process that has imported all a search needs, and forks one for each line: ``FOLDER`` is searched; it prints the child's number, and
when it has ended, how."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Obey line by line: ``start FOLDER`` prints the child's number, ``wait NUMBER`` how it ended (−9 where it was killed)."""
    import visualnet.data.loading
    import visualnet.training.loop.session
    import visualnet.training.search.study  # noqa: F401
    from visualnet.training import devices
    from visualnet.training.experiments.runner import StopControl
    from visualnet.training.search.worker import work

    devices.prepare()
    print("ready", flush=True)
    for line in sys.stdin:
        word, _, said = line.strip().partition(" ")
        if word == "wait":
            _, status = os.waitpid(int(said), 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        child = os.fork()
        if not child:
            reason = work(Path(said), StopControl(), lambda message: None)
            os._exit(("done", "stopped", "failed").index(reason))
        print(child, flush=True)


if __name__ == "__main__":
    main()
