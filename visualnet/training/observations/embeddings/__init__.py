"""Vectors of samples and of words, laid out on a plane: PCA, t-SNE, a layout like UMAP's. ``declare`` declares the observations."""
