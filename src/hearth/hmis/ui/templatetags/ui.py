"""Components of the pages: `{% load ui %}`. Each is shown with an example in `ui/README.md`.

Everything here renders plain HTML that works without JavaScript and under a strict Content-Security-Policy
(no style attributes, no inline scripts).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hearth.hmis.ui import formats, navigation
from hearth.hmis.ui.record_list import RecordList

register = template.Library()

TONES = ("neutral", "info", "success", "warning", "error")
ALERT_ROLES = {"error": "alert", "warning": "status", "success": "status", "info": "", "neutral": ""}


def _body(content: str) -> SafeString:
    """What stood between the tags: rendered by the template engine, so already escaped."""
    return SafeString(content.strip())


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"There is no tone {tone!r}: use one of {', '.join(TONES)}.")
    return tone


@register.simple_tag
def icon(name: str, size: int = 0, label: str = "") -> SafeString:
    """A USWDS icon by its name in the sprite. Decorative unless `label` is given. `size`: 3 to 9."""
    classes = f"usa-icon usa-icon--size-{size}" if size else "usa-icon"
    href = f"{static('uswds/img/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}" focusable="false"><use href="{}"></use></svg>',
            classes,
            label,
            href,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', classes, href
    )


@register.simple_tag(takes_context=True)
def main_navigation(context: template.Context) -> list[navigation.Item]:
    """The entries of the main navigation for this request, the current one marked."""
    return navigation.items(context.get("request"))


@register.filter
def may(user: Any, permissions: str) -> bool:
    """`{% if user|may:"client_search" %}`; several separated by commas: one of them is enough."""
    return navigation.may(user, *(part.strip() for part in permissions.split(",")))


@register.inclusion_tag("ui/components/breadcrumbs.html")
def breadcrumbs(*parts: Any) -> dict[str, Any]:
    """`{% breadcrumbs "Clients" clients_url "Household" %}`: label, address, …, label of this page."""
    pairs = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    return {"crumbs": pairs, "current": parts[-1] if len(parts) % 2 else None}


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", eyebrow: str = "") -> SafeString:
    """Title of the page (its only h1), a line below it, and actions between the tags (may be empty)."""
    return render_to_string(
        "ui/components/page_header.html",
        {"title": title, "lead": lead, "eyebrow": eyebrow, "actions": _body(content)},
    )


@register.simple_block_tag
def alert(
    content: str, tone: str = "info", heading: str = "", level: int = 2, slim: bool = False
) -> SafeString:
    """A message box. `tone`: info, success, warning, error. `level`: heading level, 2 to 4."""
    kind = "info" if _tone(tone) == "neutral" else tone
    return render_to_string(
        "ui/components/alert.html",
        {
            "kind": kind,
            "role": ALERT_ROLES[tone],
            "heading": heading,
            "level": level,
            "slim": slim or not heading,
            "body": _body(content),
        },
    )


@register.simple_tag
def status_tag(text: str, tone: str = "neutral") -> SafeString:
    """A small label with a tone; the text alone must say the status (never color alone)."""
    return format_html('<span class="hearth-tag hearth-tag--{}">{}</span>', _tone(tone), text)


@register.simple_block_tag
def empty_state(content: str, title: str, icon_name: str = "info_outline", level: int = 2) -> SafeString:
    """What stands where a list would be: what is missing and what to do next."""
    return render_to_string(
        "ui/components/empty_state.html",
        {"title": title, "icon_name": icon_name, "level": level, "body": _body(content)},
    )


@register.simple_block_tag
def card(
    content: str, title: str, level: int = 2, icon_name: str = "", link: str = "", link_text: str = ""
) -> SafeString:
    """A box with a heading. `link`: address of "see all" in its head."""
    return render_to_string(
        "ui/components/card.html",
        {
            "title": title,
            "level": level,
            "icon_name": icon_name,
            "link": link,
            "link_text": link_text,
            "body": _body(content),
        },
    )


@register.simple_block_tag
def definition_list(content: str, columns: int = 2, text: bool = False) -> SafeString:
    """Terms and values side by side; filled by `{% definition %}`. `columns`: 1, 2 or 3 on a wide screen.

    `text`: the values are sentences to read, not facts to find.
    """
    kind = f"{columns} hearth-facts--text" if text else str(columns)
    return format_html('<dl class="hearth-facts hearth-facts--{}">{}</dl>', kind, _body(content))


@register.simple_block_tag
def definition(content: str, term: str) -> SafeString:
    """One term and its value inside `{% definition_list %}`. An empty value shows "Not recorded"."""
    value = _body(content) or format_html('<span class="hearth-muted">{}</span>', "Not recorded")
    return format_html('<div class="hearth-facts__row"><dt>{}</dt><dd>{}</dd></div>', term, value)


@register.inclusion_tag("ui/components/table.html")
def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    hide_caption: bool = False,
    numeric: str = "",
    compact: bool = True,
    row_header: bool = True,
) -> dict[str, Any]:
    """A table from lists. `numeric`: numbers of the columns (1, 2 …) set right, as "3,4"."""
    right = {int(part) for part in numeric.split(",") if part.strip()}
    return {
        "caption": caption,
        "hide_caption": hide_caption,
        "columns": [(name, number in right) for number, name in enumerate(columns, start=1)],
        "rows": [
            [
                (value, columns[index], index + 1 in right, row_header and index == 0)
                for index, value in enumerate(row)
            ]
            for row in rows
        ],
        "compact": compact,
    }


@register.simple_block_tag
def data_table(
    content: str, caption: str, hide_caption: bool = False, compact: bool = True, scroll: bool = False
) -> SafeString:
    """A table whose thead and tbody you write yourself; narrow screens show one card a row.

    `scroll`: keep the grid on narrow screens and let it scroll inside its own box (for many figures).
    """
    return render_to_string(
        "ui/components/data_table.html",
        {
            "caption": caption,
            "hide_caption": hide_caption,
            "compact": compact,
            "scroll": scroll,
            "body": _body(content),
        },
    )


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page, form: str = "", unit: str = "result") -> dict[str, Any]:
    """Page numbers of a Django `Page`. `form`: id of a form to send again (POST searches), else links.

    `unit`: one of what is listed, as in `formats.units`. Reads the query string of the request, so that
    filters stay.
    """
    request = context.get("request")
    numbers = (
        list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
        if page.paginator.num_pages > 1
        else []
    )
    query = request.GET.copy() if request is not None and not form else None
    links: list[tuple[Any, str]] = []
    for number in numbers:
        if query is not None and isinstance(number, int):
            query["page"] = str(number)
            links.append((number, "?" + query.urlencode()))
        else:
            links.append((number, ""))
    addresses: Mapping[Any, str] = dict(links)
    return {
        "page": page,
        "links": links,
        "form": form,
        "unit": unit,
        "ellipsis": page.paginator.ELLIPSIS,
        "previous": addresses.get(page.number - 1, _page_link(query, page.number - 1)),
        "next": addresses.get(page.number + 1, _page_link(query, page.number + 1)),
    }


def _page_link(query: Any, number: int) -> str:
    if query is None:
        return ""
    query = query.copy()
    query["page"] = str(number)
    return "?" + query.urlencode()


@register.simple_block_tag(takes_context=True)
def record_list(context: template.Context, content: str, shown: RecordList) -> SafeString:
    """The frame of a list (see `ui.record_list`): search, filters, chosen filters, count, downloads, heads,
    totals and pages. Between the tags stand the rows of its page, one `<tr>` each, in the list's columns."""
    return render_to_string(
        "ui/components/record_list.html", {"list": shown, "body": _body(content)}, context.get("request")
    )


@register.inclusion_tag("ui/components/progress.html")
def progress(label: str, value: float | None = None, maximum: float = 100, text: str = "") -> dict[str, Any]:
    """A progress bar; without `value` it shows that work goes on. `text`: the same in words."""
    share = None if value is None or not maximum else round(100 * value / maximum)
    return {"label": label, "value": value, "maximum": maximum, "text": text, "share": share}


@register.simple_block_tag
def timeline(content: str, label: str) -> SafeString:
    """An ordered list of what happened, newest first; filled by `{% timeline_event %}`."""
    return format_html('<ol class="hearth-timeline" aria-label="{}">{}</ol>', label, _body(content))


@register.simple_block_tag
def timeline_event(
    content: str, title: str, date: Any = "", until: Any = "", is_stay: bool = False, tone: str = "neutral"
) -> SafeString:
    """One event: its day, a title, and what belongs to it between the tags. A stay has days from `date` to
    `until`, and goes on where `until` is empty."""
    when = formats.period(date, until) if is_stay or until else formats.day(date)
    return render_to_string(
        "ui/components/timeline_event.html",
        {"title": title, "when": when, "tone": _tone(tone), "body": _body(content)},
    )


@register.inclusion_tag("ui/components/filter_form.html", takes_context=True)
def filter_form(
    context: template.Context, form: Any, label: str = "Filter", target: str = "", submit: str = "Show"
) -> dict[str, Any]:
    """A GET form in one row. `target`: CSS selector of the part that htmx replaces (its id must be there)."""
    request = context.get("request")
    return {
        "form": form,
        "label": label,
        "target": target,
        "submit": submit,
        "path": request.path if request is not None else "",
    }


@register.simple_tag
def download_button(href: str, text: str, kind: str = "", size: int | None = None) -> SafeString:
    """A link that downloads. `kind`: CSV, Excel, ZIP …; `size` in bytes."""
    return render_to_string(
        "ui/components/download_button.html", {"href": href, "text": text, "kind": kind, "size": size}
    )


@register.simple_tag
def figure(value: Any, text: str, href: str = "") -> SafeString:
    """One figure with what it counts, for a row of figures inside `<ul class="hearth-figures">`."""
    return render_to_string("ui/components/figure.html", {"value": value, "text": text, "href": href})
