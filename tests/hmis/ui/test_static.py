"""Vendored files are complete, and every file that a template names exists."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

import hearth.hmis
from tests.house.each import for_each

HMIS = Path(hearth.hmis.__file__).parent
USWDS = HMIS / "ui" / "static" / "uswds"
TEMPLATES = sorted(HMIS.rglob("templates/**/*.html"))


def test_stylesheet_names_only_files_that_are_here() -> None:
    css = (USWDS / "css" / "uswds.min.css").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"url\(([^)]*)\)", css) if name}
    assert len(named) > 20
    assert [name for name in named if not (USWDS / "css" / name).resolve().is_file()] == []


def test_nothing_is_vendored_that_is_not_used() -> None:
    css = (USWDS / "css" / "uswds.min.css").read_text(encoding="utf-8")
    used = {(USWDS / "css" / name).resolve() for name in re.findall(r"url\(([^)]+)\)", css)}
    kept = {USWDS / name for name in ("css/uswds.min.css", "js/uswds.min.js", "img/sprite.svg", "LICENSE.md")}
    assert {path.resolve() for path in USWDS.rglob("*") if path.is_file()} - used == kept


@pytest.mark.parametrize("path", sorted(USWDS.rglob("*.min.*")), ids=lambda path: path.name)
def test_no_source_maps_are_asked_for(path: Path) -> None:
    assert "sourceMappingURL" not in path.read_text(encoding="utf-8")


@for_each(TEMPLATES, lambda path: str(path.relative_to(HMIS)))
def test_static_files_and_icons_of_a_template_exist(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    for name in re.findall(r"\{% static ['\"]([^'\"]+)['\"]", text):
        assert finders.find(name), name
    sprite = (USWDS / "img" / "sprite.svg").read_text(encoding="utf-8")
    icons = re.findall(r"\{% icon ['\"](\w+)['\"]", text) + re.findall(r"icon_name=['\"](\w+)['\"]", text)
    for icon in icons:
        assert f'id="{icon}"' in sprite, icon


@for_each(TEMPLATES, lambda path: str(path.relative_to(HMIS)))
def test_template_keeps_to_the_content_security_policy(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"""\sstyle\s*=|<style|\son\w+\s*=\s*["']|hx-on|javascript:""", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    # What htmx could only do by evaluating text: filters of triggers, computed values and headers.
    assert not re.search(r"""hx-trigger\s*=\s*["'][^"']*\[|hx-(vals|headers)\s*=\s*["']js:""", text)
