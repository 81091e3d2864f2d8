"""SQL in what reports declare (facts.yaml, flags/) and in their Python names codes, as steps do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import hearth.reporting.reports as reports

from .steps import codes_of
from .test_codes_by_name import bare_codes, strange_codes

FOLDER = Path(next(iter(reports.__path__)))
FILES = sorted([*FOLDER.glob("*/facts.yaml"), *FOLDER.glob("*/flags/*.yaml")])


def queries(said: Any) -> Iterator[str]:
    """All texts that are a SELECT."""
    if isinstance(said, str) and re.match(r"\s*(--[^\n]*\n\s*)*(SELECT|WITH)\b", said):
        yield re.sub(r"\{schema\}\.|_\{schema\}", "", said)
    elif isinstance(said, list | dict):
        for one in said.values() if isinstance(said, dict) else said:
            yield from queries(one)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_declared_queries_name_codes(path: Path) -> None:
    codes = codes_of(path)
    for sql in queries(yaml.safe_load(path.read_text())):
        assert bare_codes(sql, codes) == [], sql
        assert strange_codes(sql, codes) == [], sql


MODULES = sorted(FOLDER.glob("*/*.py"))


def texts(tree: ast.Module) -> Iterator[str]:
    """Its texts; what is put into an f-string stands as {put_in}, as names of codes do."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{put_in}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_queries_in_python_name_codes(path: Path) -> None:
    codes = codes_of(path)
    for sql in queries(list(texts(ast.parse(path.read_text())))):
        assert bare_codes(sql, codes) == [], sql
        assert strange_codes(re.sub(r"\{put_in\}", "{given()}", sql), codes) == [], sql


def test_queries_in_python_are_seen() -> None:
    said = list(
        queries(list(texts(ast.parse('a = f"SELECT {b} FROM c"; d = "select"; e = """ WITH f AS (g)"""'))))
    )
    assert said == ["SELECT {put_in} FROM c", " WITH f AS (g)"]


def test_there_are_queries() -> None:
    """That what is looked at is found, a comment in front of it or not."""
    found = list(queries({"a": [{"sql": "-- why\nSELECT 1"}, "no SELECT"], "b": "WITH x AS (SELECT 1)"}))
    assert len(found) == 2
    assert sum(len(list(queries(yaml.safe_load(path.read_text())))) for path in FILES) > 80
