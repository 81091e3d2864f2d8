"""People who wait for pages go first: an import takes what they leave."""

import os
import threading

_STEPS = 10


def step_back(process: int | None = None) -> None:
    """Lower the priority of this thread and of those that it starts, or of a process of the database where
    the system lets us."""
    who = threading.get_native_id() if process is None else process
    try:
        if os.getpriority(os.PRIO_PROCESS, who) < _STEPS:
            os.setpriority(os.PRIO_PROCESS, who, _STEPS)
    except OSError:  # another machine's process, or not ours to change
        return
