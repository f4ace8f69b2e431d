"""The usual sets of pictures in the files that torchvision keeps them in: MNIST and its kin, CIFAR, SVHN, STL-10.

Their files are read here without torchvision. `layouts.py` says which files there are, `raw_files.py` and `mat_file.py` read their
formats; the source stands in `torchvision_sets.py`; `download.py` fetches a set when a person asks for it. Pickled files (the Python
version of CIFAR) are never read: they could run anything.
"""
