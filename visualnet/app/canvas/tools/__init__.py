"""One gesture a file. Each is an object with ``press``, ``move``, ``release`` and ``cancel``; Esc always cancels."""
