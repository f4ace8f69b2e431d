"""What the pages say is held against the program."""
