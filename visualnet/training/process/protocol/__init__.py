"""What a run and those who follow it say to each other over a socket.

All that passes is declared in ``messages.py`` (probes of the network in ``probe_messages.py``, arrays in ``arrays.py``) and cut into frames
by ``message_socket.py``.
"""
