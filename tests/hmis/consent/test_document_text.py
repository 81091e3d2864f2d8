"""The few forms of a document's text, and that nothing of it is ever HTML."""

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from hearth.hmis.consent.document_text import Span, blocks
from hearth.hmis.consent.example_documents import read_folder
from hearth.hmis.consent.models.document import DocumentKind


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("\n \n", []),
        ("# One\n## Two", ["heading", "subheading"]),
        ("#hash is text", ["text"]),
        ("### three", ["text"]),
        ("- a\n- b\n\n- c", ["list", "list"]),
        ("a\nb\n\nc", ["text", "text"]),
        ("a\n- b\nc", ["text", "list", "text"]),
        ("[ ] Yes\n[] No", ["box", "box"]),
        ("____ Signature\n___", ["line", "line"]),
        ("-not an item", ["text"]),
    ],
)
def test_forms_of_lines(text: str, kinds: list[str]) -> None:
    assert [block.kind for block in blocks(text)] == kinds


def test_strong_words_and_the_line_of_the_client() -> None:
    (block,) = blocks("before **strong** after ** not")
    assert block.lines == ((Span("before "), Span("strong", True), Span(" after ** not")),)
    name, signature = blocks("____ Your name {client}\n____ Signature")
    assert (name.for_client, name.lines[0]) == (True, (Span("Your name"),))
    assert not signature.for_client


HOSTILE = "# <script>alert(1)</script>\n- <img src=x onerror=alert(1)>\n**<b>**\n____ {client} <i>\n{{ x }}"


def shown(text: str, client_name: str = "") -> str:
    return render_to_string("consent/parts/text.html", {"blocks": blocks(text), "client_name": client_name})


def test_a_text_is_shown_as_it_is_written_and_does_nothing() -> None:
    html = shown(HOSTILE, "<u>Ann</u>")
    for tag in ("<script", "<img", "<b>", "<i>", "<u>"):
        assert tag not in html
    assert "&lt;u&gt;Ann&lt;/u&gt;" in html
    assert "{{ x }}" in html


def test_the_name_is_filled_in_only_when_it_is_given() -> None:
    text = "____ Your name {client}\n____ Signature"
    assert "Ann" not in shown(text)
    assert shown(text, "Ann").count("Ann") == 1


def test_the_folder_has_each_kind_in_each_language() -> None:
    found = {(one.kind, one.language): one for one in read_folder(settings.CONSENT_DOCUMENTS)}
    assert set(found) == {
        (kind, language) for kind in DocumentKind.values for language in settings.CONSENT_LANGUAGES
    }
    written = {language for (_, language), one in found.items() if one.text}
    assert written == {"en", "es"}
    assert all(bool(one.title) == bool(one.text) for one in found.values())


def test_a_translation_has_the_same_forms() -> None:
    found = {(one.kind, one.language): one for one in read_folder(settings.CONSENT_DOCUMENTS) if one.text}
    for kind in DocumentKind.values:
        shapes = {
            tuple(
                (block.kind, len(block.lines), block.for_client)
                for block in blocks(found[kind, language].text)
            )
            for language in ("en", "es")
        }
        assert len(shapes) == 1, kind


@pytest.mark.parametrize(
    "file",
    [
        "kind: release\n---\ntext",
        "kind release\nlanguage: en\ntitle: T\n---\n",
        "kind: a\nlanguage: b\ntitle: c\nmore: d\n---\n",
    ],
)
def test_a_head_that_is_wrong_names_its_file(tmp_path, file: str) -> None:
    (tmp_path / "broken.txt").write_text(file)
    with pytest.raises(ValueError, match=r"broken\.txt"):
        list(read_folder(tmp_path))
