"""A run held against its repetition, to the last bit. Only `weights.py` needs torch when it is imported.

`comparing.py`: the records of two runs compared, step by step: `compare` says whether they are equal, or where they depart first;
`describe_surroundings` says what differs between the two places.
`replay.py`: ``verify_run`` trains a kept run once more and says what came of it. `weights.py`: its best and its last weights by digest.
"""
