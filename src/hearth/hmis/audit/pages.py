"""What the pages of change histories have in common: the part that an address asks for, what is shown."""

from collections.abc import Callable, Mapping
from typing import Any

from hearth.hmis.audit.changes import History, Kind
from hearth.hmis.audit.subjects import Named

#: Ids of old versions are below this.
_LAST = 1 << 63


def before(query: Mapping[str, Any]) -> int | None:
    """The old version before which an address asks for more; None where it asks for the latest."""
    text = str(query.get("before", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _LAST else None


def context(history: History, address: Callable[[Kind], str], *, several: bool = False) -> dict[str, Any]:
    """For `audit/history.html`. `address`: of one kind alone; `several`: changes are of several records."""
    earlier = [Named(kind.title, f"{address(kind)}?before={pk}") for kind, pk in history.earlier]
    return {"history": history, "earlier": earlier, "several": several}
