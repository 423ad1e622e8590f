"""METHOD sections 1 to 4 by brute force: lists, dicts and loops, written from the page alone, clear and slow.

Nothing here is used by the package. The tests run it beside the real pipeline on small random extracts and compare
every table.
"""

from tests.reference.bruteforce.whole import BruteRun, brute_force

__all__ = ["BruteRun", "brute_force"]
