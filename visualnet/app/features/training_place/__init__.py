"""Where a training runs, and trainings of other processes that are followed: the submenu *Elsewhere or later* of the menu Train."""
