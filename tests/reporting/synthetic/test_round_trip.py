"""Written, read, written again: the same text; and a hashed export that our own reader takes."""

import zipfile
from dataclasses import fields

from hearth.reporting import engine
from hearth.reporting.outputs import hashing, hmis_csv
from hearth.reporting.sources import open_source, stage
from hearth.reporting.synthetic.generate import _header

from .conftest import REGISTRY


def written(minnesota, path, *, hashed=False):
    header = _header(minnesota.world_settings, "0.1")
    given = {field.name: getattr(header, field.name) for field in fields(header)}
    hmis_csv.write(
        minnesota.staged.connection,
        path,
        registry=REGISTRY,
        header=hmis_csv.ExportHeader(**given | {"hashed": hashed}),
        sources={
            name: f"(SELECT * FROM {engine.name(name)} ORDER BY _line)"
            for name in REGISTRY.files
            if name != "Export"
        },
    )
    return path


def test_written_from_what_was_read_it_is_the_same_text(minnesota, tmp_path):
    again = written(minnesota, tmp_path / "again.zip")
    with zipfile.ZipFile(minnesota.path) as before, zipfile.ZipFile(again) as after:
        assert before.namelist() == after.namelist()
        for name in before.namelist():
            assert before.read(name) == after.read(name), name


def test_a_hashed_export_is_read_without_a_finding(minnesota, tmp_path):
    path = written(minnesota, tmp_path / "hashed.zip", hashed=True)
    with open_source(path) as source, engine.connected() as connection:
        staged = stage(source, connection, REGISTRY)
        found = engine.rows(connection, f'SELECT DISTINCT "check" FROM {engine.text(staged.findings_path)}')
        assert found == []
        hashed = dict(engine.rows(connection, "SELECT PersonalID, SSN FROM Client WHERE SSN IS NOT NULL"))
    plain = dict(minnesota.rows("SELECT PersonalID, SSN FROM Client WHERE SSN IS NOT NULL"))
    assert hashed == {person: hashing.hash_ssn(ssn) for person, ssn in plain.items()}
