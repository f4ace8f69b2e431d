"""The panel *History*: every step of the open document, to go back to and to compare with."""
