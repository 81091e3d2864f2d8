"""A report that declares its figures, and has no Python, has a page with them, and they open."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.reports import catalog
from hearth.hmis.reports.catalog import OfferedReport
from hearth.reporting.opening import declared_figures
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.report import Report, ReportError
from tests.hmis.reports.world import made
from tests.reporting.reports.test_standing import EXAMPLE

FIGURES = """
open-stays: {title: Open stays, file: OpenStays}
in-no-project: {title: Open stays in no project, file: OpenStays, where: "ProjectID = 'none'"}
of-another-kind: {title: Not here, file: OpenStays, kinds: other}
"""


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Report]:
    """The report of the guide with declared figures, offered on the web beside the others."""
    for report in registry.reports().values():
        (tmp_path / "reports").mkdir(exist_ok=True)
        (tmp_path / "reports" / report.name).symlink_to(report.folder)
    shutil.copytree(EXAMPLE, tmp_path / "reports/open_stays")
    (tmp_path / "reports/open_stays/figures.yaml").write_text(FIGURES)
    monkeypatch.setattr(registry, "FOLDER", tmp_path / "reports")
    registry.reports.cache_clear()
    one = OfferedReport(
        code="open_stays", slug="open-stays", name="Open stays by project", short="Open stays",
        about="Stays.", scope="", family="open_stays", made_by="open_stays", everything=True,
        is_of_one_night=False, chooses_projects=False,
    )  # fmt: skip
    monkeypatch.setitem(catalog._BY_CODE, one.code, one)
    yield one.report
    registry.reports.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_declared_figures_stand_on_the_page_and_open(offered: Report, place: User, client: Browser) -> None:
    run = made(place, report="open_stays")
    said = {one["key"]: one for one in run.result["figures"]["declared"]}
    assert said.keys() == {"open-stays", "in-no-project"}
    assert said["open-stays"]["value"] > 10 and said["in-no-project"]["value"] == 0
    client.force_login(place)
    page = client.get(reverse("reports:run", args=[run.pk]))
    assert page.status_code == 200 and "Households by type" not in page.text
    address = reverse("reports:figure", args=[run.pk, "open-stays"])
    assert address in page.text and "Open stays in no project" in page.text
    opened = client.get(address)
    assert opened.status_code == 200 and f"{said['open-stays']['value']:,}" in opened.text
    assert client.get(reverse("reports:figure", args=[run.pk, "in-no-project"])).status_code == 200
    assert client.get(reverse("reports:figure", args=[run.pk, "of-another-kind"])).status_code == 404
    assert client.get(reverse("reports:figure", args=[run.pk, "people"])).status_code == 404


def test_without_a_declaration_each_file_that_counts_is_a_figure() -> None:
    (one,) = declared_figures.declared(Report(EXAMPLE), "open_stays")
    assert (one.key, one.title, one.file, one.where) == ("openstays", "Open stays", "OpenStays", "TRUE")


def test_a_figure_of_a_file_that_counts_nothing_is_refused(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "open_stays")
    (tmp_path / "open_stays/figures.yaml").write_text("a: {title: A, file: Other}")
    with pytest.raises(ReportError, match="a is of Other, which counts nothing in open_stays"):
        declared_figures.declared(Report(tmp_path / "open_stays"), "open_stays")
