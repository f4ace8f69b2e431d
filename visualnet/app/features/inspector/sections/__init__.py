"""The parts of the inspector that collapse, each about one side of what is selected."""
