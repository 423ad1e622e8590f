"""Finds county-lines drug networks, and the children to protect, in a police force's own records."""

__version__ = "0.1.0"
