"""The desk: where staff read, publish and answer. Nobody gets in but through the sign-in."""

from amends.desk.views import Desk

__all__ = ["Desk"]
