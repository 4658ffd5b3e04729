"""How often Python's garbage collector looks through everything: seldom, since each time the screen stands still.

It visits every object, 20 ms for what Textual is made of and 100 ms with a long conversation. What lives as long as the
program is left out of it, and the rest is visited after so many more allocations than by default that opening a long
conversation does not set it off again and again. Nothing is lost: most objects go when nothing refers to them any more.
"""

import gc

YOUNG = 5_000
"""Objects more than were freed since the last time, until the youngest are visited; 700 by default."""
OLD = 100
"""Visits to the middle ones until the oldest are visited too; 10 by default."""


def pause_collector() -> None:
    """Call this before anything large is imported: none of it is garbage, and looking through it takes 30 ms."""
    gc.disable()


def tune_collector() -> None:
    """Call this once everything is open."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, OLD)
