"""The window and the hands of the flows, for the steps of the guide."""

from tests.flows.conftest import hands, window

__all__ = ["hands", "window"]
