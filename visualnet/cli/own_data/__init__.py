"""The verb `data`, and the options by which verbs are given data of one's own."""
