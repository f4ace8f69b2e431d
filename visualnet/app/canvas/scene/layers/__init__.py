"""What paints a whole sheet: nodes, wires, annotations and the grid, each as one graphics item."""
