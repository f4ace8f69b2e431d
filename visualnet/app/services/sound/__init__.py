"""Sounds heard and recorded, where this machine can: `devices.py` says what a device does, `qt_devices.py` does it with Qt Multimedia.

Qt Multimedia is a part of PySide6 of its own (PySide6-Addons) and is imported when the first sound is shown. Where it is not there, a
person is told so in words.
"""
