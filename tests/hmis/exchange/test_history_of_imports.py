"""The history of a record says which import wrote it, and by which user of its source."""

from pathlib import Path

import pytest
from django.test import Client as Visitor
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.named import imports_that_wrote
from tests.factories import make_administrator, make_hmis_user
from tests.hmis.exchange.importing import finished
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_change_names_its_import(client: Visitor, tmp_path: Path) -> None:
    by, other = make_administrator(), make_administrator()
    export = Export()
    first = finished(by, export.zip(tmp_path), source="Registry of the north")
    export.row("Enrollment")["LivingSituation"] = 101
    second = finished(other, export.zip(tmp_path), source="Registry of the north")
    with acting(by):
        stay = Enrollment.objects.get(hud_id="E1")
        worker = make_hmis_user(stay.organization, display_name="Wanda Worker")
    with acting(worker):
        stay.living_situation = 116
        stay.save()
    client.force_login(by)
    history = client.get(reverse("enrollments:history", args=[stay.pk])).context["history"]
    entered, imported, *_, recorded = [one for one in history.changes if one.kind.file == "Enrollment"]
    assert (entered.by, entered.came_from.words) == ("Wanda Worker", "entered in Hearth")
    assert imported.by == f"user {stay.user_id} there"
    assert imported.came_from.words == f"import {second.pk} of Registry of the north"
    assert imported.came_from.href == reverse("exchange:import", args=[second.pk])
    assert (recorded.by, recorded.came_from.words) == ("", f"import {first.pk} of Registry of the north")

    client.force_login(worker)
    answer = client.get(reverse("enrollments:history", args=[stay.pk]))
    assert f"import {second.pk} of Registry of the north" in answer.content.decode()
    assert all(not one.came_from.href for one in answer.context["history"].changes)


def test_an_import_that_failed_or_of_another_source_wrote_nothing(tmp_path: Path) -> None:
    by: User = make_administrator()
    export = Export()
    run = finished(by, export.zip(tmp_path), source="Registry of the north")
    from hearth.hmis.audit.came_from import Written

    at = run.finished_at
    assert set(imports_that_wrote(by, [Written(run.data_source_id, by.pk, at)])) != set()
    assert imports_that_wrote(by, [Written(run.data_source_id + 1, by.pk, at)]) == {}
    assert imports_that_wrote(by, [Written(run.data_source_id, make_administrator().pk, at)]) == {}
    assert imports_that_wrote(by, [Written(run.data_source_id, None, at)]) == {}
    type(run).objects.filter(pk=run.pk).update(state="failed")
    assert imports_that_wrote(by, [Written(run.data_source_id, by.pk, at)]) == {}
