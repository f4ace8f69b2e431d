"""What keeps work safe while the program runs: the autosave journal, crash and exit handling, messages between threads."""
