"""Where a training runs, and trainings of other processes that are followed: the submenu *In another process* of the menu Train."""
