"""The reasons for access that the page offers, as spoken, with their hint (SCREENS 10)."""

from __future__ import annotations

REASONS = {
    "intelligence": ("Intelligence development", "A named operation or tasking"),
    "safeguarding": ("Safeguarding duty", "A child or adult who may need protection"),
    "tasking": ("Tasking or strategic assessment", "Groups and totals; each look at a name is logged"),
    "assurance": ("Assurance, method or audit", "Names are covered until you ask for them"),
    "administration": ("Administration", "Accounts, sources and how long things are kept; names are covered"),
    "training": ("Training on synthetic data", "No real records"),
}
COVERING = ("assurance", "administration")
"""For these, names stay covered until they are asked for, whatever the role."""
