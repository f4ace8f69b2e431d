"""A training in a process of its own: what it tells and obeys through a local socket, who follows it, and how it is started.

``server.py`` stands beside a run (started by a window or by a shell), ``follow.py`` is the other end; ``address.py`` says where they meet.
All that passes between them is declared in ``messages.py`` (probes of the network in ``probe_messages.py``, arrays in ``arrays.py``)
and cut into frames by ``message_socket.py``. ``spawn.py`` starts processes, ``child.py`` is what they do; ``exit_report.py`` tells how one
ended without a message.
"""
