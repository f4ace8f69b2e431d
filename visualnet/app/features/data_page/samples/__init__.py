"""The samples of the data page: a list that is decoded while it is scrolled, and one of them large."""
