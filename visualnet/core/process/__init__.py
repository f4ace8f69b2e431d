"""What keeps work safe while the program runs: the autosave journal, crash and exit handling, messages between threads.

`autosave.py` writes each edit into a journal; `crash_handler.py` keeps what ended the program; `exit_signals.py` knows the
signals that end it and their exit codes (`app/services/exit_signals.py` brings them to Qt's event loop, and the window closes
without a question); `mailbox.py` carries events from a thread to the window; `machine_memory.py` says what the machine has: free
memory and cores; `parent_process.py` tells a process that the one which has started it is gone.
"""
