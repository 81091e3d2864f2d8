"""`hearth synth` as people type it."""

import zipfile

from typer.testing import CliRunner

from hearth.reporting.synthetic.cli import app

RUNNER = CliRunner()


def test_an_export_is_written_and_counted(tmp_path):
    out = tmp_path / "northeast.zip"
    result = RUNNER.invoke(
        app, ["--clients", "120", "--coc", "mn-504", "--seed", "7", "--errors", "0.1", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert "Client" in result.output and "120" in result.output
    assert "findings are planted" in result.output
    with zipfile.ZipFile(out) as zipped:
        assert len(zipped.namelist()) == 24
    assert (tmp_path / "northeast.planted.csv").exists()


def test_help_shows_examples():
    result = RUNNER.invoke(app, ["--help"])
    assert "hearth synth --clients 5000 --out demo.zip" in result.output


def test_wrong_settings_are_refused_in_one_sentence(tmp_path):
    result = RUNNER.invoke(app, ["--clients", "5", "--out", str(tmp_path / "a.zip")])
    assert result.exit_code == 2
    assert "Nothing was written. 5 clients is out of bounds" in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
