"""Components escape what they are given, say what they must say, and hold no inline styles or scripts."""

from datetime import date

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from hearth.hmis.ui.examples import ExampleForm

EVIL = '<script>alert("x")</script>'


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% page_header evil lead=evil eyebrow=evil %}{{ evil }}{% endpage_header %}",
        "{% alert 'info' heading=evil %}{{ evil }}{% endalert %}",
        "{% status_tag evil 'success' %}",
        "{% empty_state evil %}{{ evil }}{% endempty_state %}",
        "{% card evil link=evil link_text=evil %}{{ evil }}{% endcard %}",
        "{% definition_list %}{% definition evil %}{{ evil }}{% enddefinition %}{% enddefinition_list %}",
        "{% table evil columns rows %}",
        "{% data_table evil %}{{ evil }}{% enddata_table %}",
        "{% progress evil value=3 text=evil %}",
        "{% timeline evil %}{% timeline_event evil date=evil %}{{ evil }}{% endtimeline_event %}"
        "{% endtimeline %}",
        "{% download_button evil evil kind=evil size=3 %}",
        "{% figure evil evil href=evil %}",
        "{% breadcrumbs evil evil evil %}",
        "{% icon evil label=evil %}",
    ],
)
def test_values_are_escaped(source: str) -> None:
    html = render(source, evil=EVIL, columns=[EVIL, EVIL], rows=[(EVIL, EVIL)])
    assert "<script" not in html
    assert "&lt;script" in html
    assert " style=" not in html


def test_unknown_tone_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(TemplateSyntaxError, match="neutral, info, success"):
        render("{% status_tag 'Open' 'green' %}")


def test_empty_value_says_not_recorded() -> None:
    assert "Not recorded" in render("{% definition 'Born' %}  {% enddefinition %}")


def test_table_names_its_cells_for_narrow_screens() -> None:
    html = render(
        "{% table 'Beds' columns rows numeric='2' %}", columns=["Project", "Beds"], rows=[("A", 1280)]
    )
    assert '<th scope="row" data-label="Project">A</th>' in html
    assert '<td data-label="Beds" class="hearth-number">1,280</td>' in html
    assert "<caption>Beds</caption>" in html


def test_pagination_keeps_the_filters() -> None:
    page = Paginator(range(60), 25).page(2)
    request = RequestFactory().get("/x/", {"kind": "es&so", "page": "2"})
    html = render("{% pagination page unit='projects' %}", page=page, request=request)
    assert "26 to 50 of 60 projects" in html
    assert 'href="?kind=es%26so&amp;page=3"' in html
    assert html.count('aria-current="page"') == 1


def test_pagination_of_one_page_only_counts() -> None:
    html = render("{% pagination page unit='projects' %}", page=Paginator(range(3), 25).page(1))
    assert "3 projects" in html
    assert "<nav" not in html


def test_pagination_of_a_search_sends_its_form_again() -> None:
    page = Paginator(range(60), 25).page(1)
    html = render("{% pagination page form='search' %}", page=page)
    assert '<button type="submit" form="search" name="page" value="2"' in html
    assert "href=" not in html.replace("<use href=", "")


def test_progress_in_numbers_and_words() -> None:
    html = render("{% progress 'Import' value=50 maximum=200 text='50 of 200 rows' %}")
    assert 'value="50.000000" max="200.000000" aria-label="Import"' in html
    assert "25%" in html
    assert "value=" not in render("{% progress 'Reading' %}")


def test_a_timeline_tells_a_day_a_period_and_what_goes_on() -> None:
    html = render(
        "{% timeline_event 'Event' date=day %}{% endtimeline_event %}"
        "{% timeline_event 'Stay' date=day until=last is_stay=True %}{% endtimeline_event %}"
        "{% timeline_event 'Stay' date=day is_stay=True %}{% endtimeline_event %}",
        day=date(2026, 3, 2),
        last=date(2026, 4, 1),
    )
    for said in ("March 2, 2026", "March 2 – April 1, 2026", "Since March 2, 2026"):
        assert f'<p class="hearth-timeline__date">{said}</p>' in html


def test_form_ties_labels_hints_and_errors_to_their_fields() -> None:
    html = str(ExampleForm({"beds": "many"}))
    assert '<label class="usa-label usa-label--error" for="id_beds">' in html
    assert 'aria-describedby="id_beds_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'class="usa-input usa-input--error"' in html
    assert "There are 4 problems" in html
    assert '<a href="#id_beds">Beds: Type a whole number, such as 12.</a>' in html
    assert html.index("data-error-summary") < html.index('name="name"')


def test_form_groups_choices_under_a_legend() -> None:
    html = str(ExampleForm())
    assert html.count("<fieldset") == html.count("<legend") == 2
    assert (
        '<div class="usa-radio"><input class="usa-radio__input" type="radio" name="shared" value="1"' in html
    )
    assert '<div class="usa-checkbox"><input class="usa-checkbox__input" type="checkbox"' in html
