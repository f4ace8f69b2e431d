"""Repairs of a problem: candidates for parameters and wires, each tried by inference before it is offered."""
