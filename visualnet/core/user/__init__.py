"""What belongs to the person, not to a project: settings, presets, own blocks, trusted code; and what the system is set to.

`presets.py` the named parameters, `block_library.py` the person's own
blocks, `trusted_code.py` the fingerprints of the code that this person trusts on this machine, `system_motion.py` whether things
may glide.
"""
