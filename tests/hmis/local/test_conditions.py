"""When a local question is asked is said in words, for whoever has no scripts."""

from hearth.hmis.local.conditions import local_condition_words
from hearth.hmis.local.mn.registry import registry
from hearth.standards.gates import ALWAYS, gate


def test_programs_local_and_huds_questions_are_named_in_words() -> None:
    said = local_condition_words(gate("local_program in {FHPAP}"))
    assert said == f"Asked after: “State and local funding” – {registry().programs['FHPAP'].name}."
    said = local_condition_words(gate("Local.LastPermanentState = 'MN'"))
    assert said.endswith("– Minnesota.") and "Local." not in said
    said = local_condition_words(gate("Client.AmIndAKNative = 1"))
    assert "Client." not in said and said.startswith("Asked after: “")
    assert local_condition_words(ALWAYS) == ""


def test_every_gate_of_the_registry_has_words() -> None:
    """No name of a column or a program's code stands on a page."""
    for element in registry().elements:
        gates = [one.gate for one in element.fields] + [one.where for one in element.requirements]
        for each in gates:
            words = local_condition_words(each)
            assert (words == "") is (each == ALWAYS)
            assert "LocalProgram." not in words and "Local." not in words, words
