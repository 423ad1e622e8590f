"""Try an edited lexicon in a process of its own, with an end: a slow pattern is stopped, and holds up nobody."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

log = logging.getLogger(__name__)

AT_ONCE = threading.BoundedSemaphore(2)  # trials at a time: each takes a core
WAIT = 20  # seconds for one's turn
SECONDS = 30  # of a processor
LONGEST = 120  # by the clock, on a machine that is busy with other things


SLOW = (
    "A pattern is too slow, and the trial was stopped. Repeats inside repeats, such as (a+)+, are the usual reason:"
    " write it more simply"
)
KILLED = (-24, -9)  # what Linux makes of a process that had its processor time: SIGXCPU, then SIGKILL


class Stopped(Exception):
    """The trial took too long, or more memory than it may; said as a sentence."""


def tried(asked: Mapping[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
    """What :func:`countylines.web.lexicon_trial.trial` makes of it.

    Args:
        asked: as there.
        seconds: of a processor, after which it is stopped.

    Raises:
        Stopped: it was, or too many others try at this moment.
    """
    if not AT_ONCE.acquire(timeout=WAIT):
        raise Stopped("Others are trying lexicons at this moment. Try again in a minute.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "countylines.web.lexicon_trial"],
            input=json.dumps({**asked, "seconds": seconds}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LONGEST,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Stopped(SLOW) from error
    except subprocess.CalledProcessError as error:
        if error.returncode in KILLED:
            raise Stopped(SLOW) from error
        log.warning("a trial of a lexicon ended with %s: %s", error.returncode, (error.stderr or "")[-500:])
        raise Stopped("The trial broke off: a pattern may need too much memory. Write it more simply.") from error
    finally:
        AT_ONCE.release()
    found: dict[str, Any] = json.loads(done.stdout)
    return found
