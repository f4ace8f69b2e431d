"""The parts of the inspector that fold, each about one side of what is selected."""
