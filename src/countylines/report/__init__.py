"""A run becomes screens, explanations and comparisons with a known truth."""
