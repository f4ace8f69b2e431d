"""One dock each. Panels talk to the Studio, never to each other."""
