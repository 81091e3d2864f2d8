"""Fields with a right of their own (names, SSN, birth date, HIV, violence) are read so that it is asked for:
as objects of `restrict(user)`, which come without what is withheld.

What goes past objects (values, SQL, old versions) is listed here with the reason why it may.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth.hmis.access.field_rights import OF_HIV_ROWS, field_rights
from hearth.hmis.hud.names import python_name
from hearth.hmis.organizations.confidential import ConfidentialText
from hearth.hmis.organizations.models import Organization, Project

HMIS = Path(__file__).resolve().parents[2] / "src" / "hearth" / "hmis"
COLUMNS = {hud.partition(".")[2] for one in field_rights() for hud in one.columns} | {
    hud.partition(".")[2] for hud in OF_HIV_ROWS
}
FIELDS = {python_name(column) for column in COLUMNS}
#: How a protected field is named in SQL, values() and look-ups: dob, client__dob, c.dob.
NAMED = re.compile(
    rf"(?:^|__|\b\w+\.|[\s,(])(?:{'|'.join(sorted(FIELDS))})(?:$|_index\b|_last4_index\b|[\s,)=])"
)
VALUES = {
    "values",
    "values_list",
    "annotate",
    "aggregate",
    "F",
    "Max",
    "Min",
    "Count",
    "StringAgg",
    "ArrayAgg",
}

#: What takes SQL, whole or a piece of it.
TAKES_SQL = {"RawSQL", "execute", "executemany", "raw", "extra", "SQL", "Literal"}
#: How a name that can be confidential is named in SQL; by the ORM it is read through its mask.
CONFIDENTIAL = [
    field.column
    for model in (Project, Organization)
    for field in model._meta.local_fields
    if isinstance(field, ConfidentialText)
]
CONFIDENTIAL_NAME = re.compile(rf"\b(?:{'|'.join(CONFIDENTIAL)})\b")
#: Files whose SQL names a protected field, and why they may.
SQL = {
    "clients/search_keys.py": "keeps the keys of the search; search/rights.py says which are asked",
    "consent/due.py": "compares the birth date with a day where the viewer may see it, and else not at all",
}
#: Templates that print a protected field of a client: read by restrict(user), so that it is not there.
TEMPLATES = {
    "clients/templates/clients/detail.html",
    "clients/templates/clients/parts/birth_date.html",
    "clients/templates/clients/parts/identity.html",  # the inputs, without those of what one may not see
    "clients/templates/clients/parts/recent.html",
    "enrollments/templates/enrollments/parts/person.html",
    "enrollments/templates/enrollments/parts/together.html",
}
#: Code that takes a protected attribute from an object, and from where it has that object.
ATTRIBUTES = {
    "clients/actions.py": "the SSN in full, behind SSN_REVEAL; whether a correction leaves a child a veteran",
    "clients/identity.py": "of a client that was read by restrict(user)",
    "clients/intake/alike.py": "of clients that were read by restrict(user)",
    "clients/intake/correcting.py": "of a client read by restrict(user); asks may_see for each group",
    "clients/queries.py": "of clients that were read by restrict(user)",
    "clients/search/prefilled.py": "of what was typed, which the page that asks for all fields shows",
    "clients/search/question.py": "of what was typed, which search/rights.py narrows",
    "clients/search/reasons.py": "of what was typed",
    "clients/search/rights.py": "of what was typed: the rule of the search",
    "clients/templatetags/clients.py": "of clients as given; asks `withheld`",
    "clients/urls.py": "a view's name",
    "consent/actions.py": "refuses where the day is withheld: a guardian answers for a minor",
    "consent/demo.py": "of invented people, whom the demonstration's administrator read",
    "consent/file_actions.py": "whoever imports answers is a system administrator, who sees all fields",
    "enrollments/checks/answered.py": "of records that were read by restrict(user)",
    "enrollments/disabling_now.py": "of records that were read by restrict(user)",
    "enrollments/due.py": "of clients that were read by restrict(user); asks `withheld`",
    "enrollments/roster.py": "of clients that were read by restrict(user); asks `withheld`",
    "enrollments/household/presenting.py": "of clients that were read by restrict(user); asks `withheld`",
    "enrollments/record_facts.py": "of records that were read by restrict(user)",
    "enrollments/stages/correcting.py": "of records that were read by restrict(user)",
    "enrollments/last_answers.py": "of records that were read by restrict(user)",
    "enrollments/start/choose.py": "of a client that was read by restrict(user)",
    "enrollments/start/questions.py": "of a client that was read by restrict(user)",
    "enrollments/timeline.py": "of records that were read by restrict(user)",
    "local/workings.py": "of clients that were read by restrict(user); what is withheld is not known",
    "reports/rights.py": "of the snapshot's columns, not of a person",
}


def python_files() -> list[Path]:
    return [one for one in sorted(HMIS.rglob("*.py")) if "migrations" not in one.parts]


def relative(path: Path) -> str:
    return str(path.relative_to(HMIS))


def test_a_protected_field_is_not_read_past_its_object() -> None:
    """values(), values_list(), annotations and SQL give what `restrict(user)` cannot take away."""
    found = {
        relative(path)
        for path in python_files()
        for text in texts_past_objects(ast.parse(path.read_text(encoding="utf-8")))
        if NAMED.search(text)
    }
    assert found == set(SQL), "read it as an object of restrict(user), or say here why not"


def test_sql_reads_no_name_that_can_be_confidential() -> None:
    """A name of a project or an organization is masked where the ORM reads its column, and there alone."""
    found = {
        relative(path)
        for path in python_files()
        for text in sql_of(ast.parse(path.read_text(encoding="utf-8")))
        if CONFIDENTIAL_NAME.search(text)
    }
    found |= {
        relative(path)
        for path in HMIS.rglob("*.sql")
        if CONFIDENTIAL_NAME.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(), "read it by the ORM (organizations/confidential.py)"


@pytest.mark.parametrize(
    "code",
    [
        "cursor.execute('SELECT p.project_name FROM x p')",
        "cursor.execute(f'SELECT {a}, organization_name FROM x')",
        "RawSQL('coalesce(project_common_name, %s)', [1])",
        "QUERY = 'SELECT organization_common_name FROM x'",
        "rows.extra(where=['project_name = 1'])",
    ],
)
def test_names_in_sql_are_found(code: str) -> None:
    assert any(CONFIDENTIAL_NAME.search(text) for text in sql_of(ast.parse(code)))
    assert not any(
        CONFIDENTIAL_NAME.search(text) for text in sql_of(ast.parse("rows.values('project_name')"))
    )


def sql_of(tree: ast.AST) -> Iterator[str]:
    """The texts that are SQL: with SELECT in them, or given to what takes SQL."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in TAKES_SQL:
            given = [*node.args, *(one.value for one in node.keywords)]
            yield from (
                one.value
                for argument in given
                for one in ast.walk(argument)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "SELECT" in node.value:
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            texts = [str(one.value) for one in node.values if isinstance(one, ast.Constant)]
            if any("SELECT" in one for one in texts):
                yield " ".join(texts)


def texts_past_objects(tree: ast.AST) -> Iterator[str]:
    yield from sql_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in VALUES:
            yield from (
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_code_that_takes_a_protected_attribute_is_known() -> None:
    found = {
        relative(path)
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in FIELDS and isinstance(node.ctx, ast.Load)
    }
    assert found == set(ATTRIBUTES), "see that its objects come from restrict(user), and say so here"


def test_templates_that_print_a_protected_field_are_known() -> None:
    printed = re.compile(rf"\{{[{{%][^}}]*\.(?:{'|'.join(sorted(FIELDS))})\b")
    found = {
        relative(path)
        for path in sorted(HMIS.rglob("*.html"))
        if printed.search(path.read_text(encoding="utf-8"))
    }
    assert found == TEMPLATES, "see that its objects come from restrict(user), and say so here"


def test_lists_and_downloads_have_names_of_restricted_clients_alone() -> None:
    """Names in cells of downloads are taken by name: from clients that `Records.people` read by restrict."""
    found = {
        relative(path)
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple)
        and {one.value for one in node.elts if isinstance(one, ast.Constant)} >= {"last_name", "first_name"}
    }
    assert found == {
        # Of what was typed.
        "clients/intake/alike.py", "clients/intake/identity.py", "clients/views/intake.py",
        "clients/queries.py", "consent/due_lists.py", "enrollments/queries.py", "reports/compared.py",
        "reports/people.py", "reports/records.py",
    }  # fmt: skip


def test_whatever_reads_files_of_hud_whole_asks_for_field_rights() -> None:
    """Exports and reports read tables past objects: the two that do call what blanks the columns."""
    for path, call in (
        ("exchange/exporting/perform.py", "withheld.withhold("),
        ("reports/records.py", "without_values("),
        ("clients/views/detail.py", "withholds=field_rights.withholds"),
        ("enrollments/views/enrollment.py", "withholds=field_rights.withholds"),
    ):
        assert call in (HMIS / path).read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    "text", ["dob", "client__dob", "SELECT c.last_name FROM clients_client c", "SELECT ssn_index FROM x"]
)
def test_the_pattern_finds_what_it_is_for(text: str) -> None:
    assert NAMED.search(text)
    assert not NAMED.search("household_id") and not NAMED.search("SELECT project_name FROM x")
