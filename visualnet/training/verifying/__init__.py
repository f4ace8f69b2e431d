"""A run held against its repetition, to the last bit. No torch.

`comparing.py`: the records of two runs compared, step by step: `compare` says whether they are equal, or where they depart first;
`describe_surroundings` says what differs between the two places.
"""
