"""A training in a process of its own: what it tells and obeys through a local socket, who follows it, and how it is started.

``server.py`` stands beside a run (started by a window or by a shell), ``follow.py`` is the other end; ``address.py`` says where they meet.
What passes between them is declared in ``protocol/``. ``liveness.py`` tells whether a run goes on, on whatever machine. ``spawn.py`` starts
processes, ``child.py`` is what they do; ``exit_report.py`` tells how one ended without a message.
"""
