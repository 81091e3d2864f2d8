"""Processor time of other processes: on a busy machine it tells what their own work costs (Linux alone)."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """Milliseconds that a process has run so far, to a fraction of one; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return 0.0


def of_tree(pid: int) -> float:
    """Milliseconds of a process and all that it started, those that have ended too, to ten."""
    spent, kin = 0.0, {pid}
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        stats[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    grown = True
    while grown:
        more = {one for one, (parent, _) in stats.items() if parent in kin} - kin
        grown = bool(more)
        kin |= more
    for one in kin & stats.keys():
        spent += stats[one][1] * 1000 / TICK
    return spent
