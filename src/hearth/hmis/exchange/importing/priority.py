"""People who wait for pages go first: an import takes what they leave.

Within an import reading files and writing rows go before checking them: the database has the longest way, and
what it cannot do while the engine is at work nobody does for it afterwards.
"""

import os
import threading

STEPS = 10
STEPS_OF_CHECKS = 19


def step_back(process: int | None = None, steps: int = STEPS) -> None:
    """Lower the priority of this thread and of those that it starts, or of a process of the database where
    the system lets us."""
    who = threading.get_native_id() if process is None else process
    try:
        if os.getpriority(os.PRIO_PROCESS, who) < steps:
            os.setpriority(os.PRIO_PROCESS, who, steps)
    except OSError:  # another machine's process, or not ours to change
        return
