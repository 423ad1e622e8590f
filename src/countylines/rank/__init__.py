"""Rank: who and what comes first, and who is to be protected. See docs/rank.md; assess.py is the whole stage.

Nothing is imported here: a page that needs an age shouldn't load the compiled loops of dismantling.
"""
