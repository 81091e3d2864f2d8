"""An import goes behind pages. In a process of its own, because tests keep their priority
(`tests/environment.py`)."""

import subprocess
import sys

SCRIPT = """
import os, threading
from hearth.hmis.exchange.importing import priority

def now():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

before = now()
priority.step_back(steps=before + 3)
first = now()
priority.step_back(steps=before + 1)  # never forward again: the system would refuse it to most
priority.step_back(process=2**22 + 1, steps=19)  # nobody has this number
print(first - before, now() - before)
"""


def test_a_thread_steps_back_and_never_forward() -> None:
    said = subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True).stdout
    assert said.split() == ["3", "3"]
