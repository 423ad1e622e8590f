"""Dismantling: whom to prioritise for lawful disruption or support to stop (METHOD section 6, docs/rank.md)."""
