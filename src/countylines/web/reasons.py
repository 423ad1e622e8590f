"""The reasons for access that the page offers, as spoken, with their hint (SCREENS 10)."""

from __future__ import annotations

REASONS = {
    "intelligence": ("Intelligence development", "A named operation or tasking"),
    "safeguarding": ("Safeguarding duty", "Opens the safeguarding queue if your role allows it"),
    "tasking": ("Tasking or strategic assessment", "Groups and totals; each look at a name is logged"),
    "assurance": ("Assurance, method or audit", "Names covered by default"),
    "administration": ("Administration", "Accounts, sources and how long things are kept; no names"),
    "training": ("Training on synthetic data", "No real records"),
}
