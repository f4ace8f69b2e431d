"""Environments for reinforcement learning, in gymnasium's interface. Each is declared once, and is a data set besides.

`environment.py` has the base of a declaration, `World` and `Picture`; `mouse.py` declares the course's mouse, `mouse_world.py` plays it;
`gymnasium_games.py` declares those of gymnasium, `gymnasium_world.py` plays them, and `game_pictures.py` draws their states;
`transitions.py` records random play; `registry.py` has them all.
"""
