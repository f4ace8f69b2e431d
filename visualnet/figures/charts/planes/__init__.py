"""Charts over a plane: the plane of the data as a layer sees it, and what actions are worth on each cell of a grid."""
