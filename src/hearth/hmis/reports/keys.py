"""Whose record a key in a report is: the other way round from how a snapshot writes it.

See `hearth.reporting.sources.snapshot.keys`: the first data source's keys are as they came, another's have
its number in front.
"""

from collections.abc import Iterable

from django.db.models import Q

from hearth.hmis.organizations.models import DataSource


def data_sources() -> list[int]:
    """Numbers of the data sources; the first one's keys are written as they came."""
    return list(DataSource.objects.order_by("is_hearth", "id").values_list("pk", flat=True))


def hud_keys(written: Iterable[str]) -> dict[str, tuple[int, str]]:
    """A person's, a stay's or other client record's key in a report → its data source's number, HUD's key."""
    first, *others = data_sources() or [0]
    found = {}
    for key in written:
        number, _, rest = key.partition(".")
        is_other = number.isdigit() and int(number) in others
        found[key] = (int(number), rest) if is_other else (first, key)
    return found


def records_of(written: Iterable[str]) -> Q:
    """The filter of the records with these keys, for a model with `data_source` and `hud_id`."""
    by_source: dict[int, list[str]] = {}
    for source, key in hud_keys(written).values():
        by_source.setdefault(source, []).append(key)
    chosen = Q(pk__in=[])
    for source, keys in by_source.items():
        chosen |= Q(data_source_id=source, hud_id__in=keys)
    return chosen


def written_key(data_source: int, hud_id: str) -> str:
    """The key of a record as a report has it."""
    return hud_id if data_source == (data_sources() or [0])[0] else f"{data_source}.{hud_id}"
