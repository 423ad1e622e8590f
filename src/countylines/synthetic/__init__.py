"""Invents a police force with a known truth, for the demo, the tests and the benchmarks: evidence about no real place.

The generator never reads a lexicon and imports no stage: its own sentences and quotas decide which records carry which
words.
"""

from countylines.synthetic.force import synth

__all__ = ["synth"]
