"""Charts of planes: the plane of the data as a layer sees it, and what actions are worth in a state and on each cell of a grid."""
