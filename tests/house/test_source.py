"""House rules that the source must keep, read from its syntax: who saves, who asks, who knows the day."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.each import for_each

SOURCE = Path(__file__).resolve().parents[2] / "src" / "hearth"
HMIS = SOURCE / "hmis"

# Methods that write; a view leaves them to an action. `update` and `delete` are words of other things too
# (a dict, a session), so that they count only after a chain that came from a model.
WRITES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def modules(*patterns: str) -> list[Path]:
    return sorted({path for pattern in patterns for path in HMIS.glob(pattern)})


VIEWS = modules("*/views.py", "*/views/*.py", "*/*/views.py", "*/*/views/*.py")
ACTIONS = modules("*/actions.py", "*/actions/*.py", "*/*/actions.py")
# A command is told by its user, or looks at the clock itself and hands the day on.
REPORTING = sorted(path for path in (SOURCE / "reporting").rglob("*.py") if path.name != "cli.py")
PYTHON = sorted(SOURCE.rglob("*.py"))
TEMPLATES = sorted(path for path in HMIS.rglob("*.html") if "templates" in path.parts)


# Where text goes unescaped into a page, and why nobody else's text can be in it.
UNESCAPED = {
    "hmis/ui/templates/mfa/totp/activate_form.html": "the QR code, drawn by us",
}


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Parsed once for all rules."""
    return ast.parse(text(path))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree(path)))


def attributes(path: Path) -> Iterator[ast.Attribute]:
    return (node for node in nodes(path) if isinstance(node, ast.Attribute))


@for_each(VIEWS, name)
def test_views_read_through_queries_and_write_through_actions(path: Path) -> None:
    found = [f"line {node.lineno}: .{node.attr}" for node in attributes(path) if node.attr in WRITES]
    found += [f"line {node.lineno}: .objects" for node in attributes(path) if node.attr == "objects"]
    found += [f"line {node.lineno}: cursor" for node in attributes(path) if node.attr == "cursor"]
    assert found == []


@for_each(ACTIONS, name)
def test_actions_are_asked_by_keyword_and_know_who_asks(path: Path) -> None:
    for node in tree(path).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        arguments = node.args
        if not (arguments.posonlyargs or arguments.args or arguments.kwonlyargs):
            continue  # housekeeping, which nobody asks for
        positional = [*arguments.posonlyargs, *arguments.args, *filter(None, [arguments.vararg])]
        assert not positional, f"{node.name} takes {positional[0].arg} by position"
        assert "by" in {argument.arg for argument in arguments.kwonlyargs}, f"{node.name} has no `by=`"


CLOCK = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}
# SQL of the engine.
CLOCK_IN_SQL = re.compile(
    r"\b(current_date|current_timestamp|now\(\)|today\(\)|get_current_time)", re.IGNORECASE
)


@for_each(REPORTING, name)
def test_reporting_never_looks_at_the_clock(path: Path) -> None:
    """The same input gives the same output on every day: whoever calls says what day it is."""
    found = [
        f"line {node.lineno}: {node.value.id}.{node.attr}"
        for node in attributes(path)
        if isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCK
    ]
    found += [
        f"line {node.lineno}: {node.value[:40]!r}"
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CLOCK_IN_SQL.search(node.value)
    ]
    assert found == []


@for_each(PYTHON, name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    module = tree(path)
    says_itself = path.name in ("__init__.py", "apps.py") or path.parent.name == "migrations"
    assert ast.get_docstring(module) or says_itself or not module.body


@for_each(PYTHON, name)
def test_no_module_is_too_long_to_read(path: Path) -> None:
    generated = path.parent.name == "migrations"
    assert generated or len(text(path).splitlines()) <= 500


@for_each(TEMPLATES, name)
def test_templates_hold_no_script_and_no_style(path: Path) -> None:
    html = text(path)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\shx-on", html, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html, re.IGNORECASE)
    assert "autoescape off" not in html
    assert ("|safe" in html) == (name(path) in UNESCAPED)


@for_each(TEMPLATES, name)
def test_every_form_that_posts_has_its_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", text(path), re.DOTALL | re.IGNORECASE):
        if re.search(r"method=.post", form, re.IGNORECASE):
            assert "csrf_token" in form


# What a report computes with: its steps, and the SQL in Python and YAML beside them.
OF_REPORTS = sorted(
    path
    for folder in ("reporting/reports", "reporting/concepts")
    for path in (SOURCE / folder).rglob("*")
    if path.suffix in (".sql", ".py", ".yaml")
)


@for_each(OF_REPORTS, name)
def test_reports_read_live_rows_alone_and_need_not_test(path: Path) -> None:
    """`runtime.live` leaves them the live rows. The upload's own empty DateDeleted is written, not read."""
    said = re.sub(r"CAST\(NULL AS TIMESTAMP\) AS DateDeleted\b", "", path.read_text(encoding="utf-8"))
    assert not re.search("DateDeleted", said, re.IGNORECASE)


# Where files of the system's temporary folder are made, and why no client data is in them.
TEMPORARY = {
    "scratch.py": "the one place for work that must not outlive its process",
    "server/account.py": "programs and folders of PostgreSQL, which stay",
    "server/keys.py": "a key on its way to its name, in the folder of keys",
    "server/postgres.py": "the folder of a socket",
}


@for_each(PYTHON, name)
def test_client_data_is_worked_on_in_scratch(path: Path) -> None:
    """Anything else is left behind in clear when the process is killed."""
    text = path.read_text(encoding="utf-8")
    makes = re.search(r"\bimport tempfile|from tempfile|FILE_UPLOAD_TEMP_DIR|gettempdir", text)
    assert bool(makes) == (name(path) in TEMPORARY)
    if name(path) not in TEMPORARY:
        assert not re.search(r"""["'][^"'\n]*\.(part|tmp|partial)["']""", text)


# Other ways to write a day, a number or a plural than `ui/formats.py`; a drawing's coordinates are no text.
OTHER_FILTERS = re.compile(
    r"\|(date|time|naturalday|naturaltime|timesince|timeuntil|intcomma|intword|pluralize|localize)\b"
    r"|\|floatformat\b(?!:\"[01]u\")|\{% now\b"
)


@for_each(TEMPLATES, name)
def test_templates_write_days_and_numbers_in_the_one_form(path: Path) -> None:
    assert OTHER_FILTERS.findall(text(path)) == []
    assert "}} %" not in text(path)  # `percent` has no blank


# Where a day is written for a machine.
FOR_MACHINES = {
    "hmis/clients/search/birth_dates.py": "figures to compare one by one",
    "hmis/exchange/exporting/perform.py": "the ExportID",
}


@for_each(sorted(HMIS.rglob("*.py")), name)
def test_sentences_write_days_in_the_one_form(path: Path) -> None:
    found = [f"line {node.lineno}: {node.attr}" for node in attributes(path) if node.attr == "strftime"]
    found += [
        f"line {node.lineno}: {node.module}"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom)
        and node.module in ("django.utils.formats", "django.utils.dateformat")
    ]
    found += [
        f"line {node.lineno}: {ast.unparse(node.value)}"
        for node in nodes(path)
        if isinstance(node, ast.FormattedValue)
        and node.format_spec
        and re.search("%[A-Za-z]", ast.unparse(node.format_spec))
    ]
    allowed = name(path) in FOR_MACHINES or name(path) == "hmis/ui/formats.py"
    assert bool(found) == allowed, found
