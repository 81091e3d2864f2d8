"""Whether this checkout gives the same reports as an earlier commit, to the byte.

python -m bench.same_results COMMIT [--small] [--renamed OLD=NEW ...] [--new NAME ...]

For a change that must not change any result. HUD's sample and two invented exports (one with data errors)
are reported on as LSA, HIC and project-focused LSA, by both. Compared are every file that is written (CSV
files of the zip, flags, kept tables with their rows in order), what `hearth report members` says of rows of
every file and of flags, and what `hearth report compare` says of two of the reports. Only what tells one run
from another is left out: the report's number and time, seconds, version, and hash of the steps. A table that
a run keeps may have another name since then, or be kept only now: --renamed and --new say so. What
`run.json` has besides, and the earlier commit did not write, is listed and is no difference.

Exit status 1 with a list of what differs.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.import_speed import sample

ROOT = Path(__file__).resolve().parent.parent
COC = "MN-500"
#: Of `run.json`: what differs between two runs of the same code; and the tables, which are compared
#: themselves.
OF_THE_RUN = {"code_version", "seconds", "steps_sha256", "tables"}
_OF_THE_RECORD = ": run.json "
OPENED = ("flags", "LSAReport", "LSAPerson", "LSAHousehold", "LSAExit", "LSACalculated")
OF_THE_TABLES = {"ReportID", "ReportDate"}
ROWS = 6  # of every file, spread evenly, whose people are looked at
FLAGS = 6
_KEPT = ("--accept-unreadable", "--keep", "--out")
_COMMANDS = """
import contextlib, io, json, sys
from hearth.cli import main
answers = []
for command in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        main(command)
    answers.append(said.getvalue())
print(json.dumps(answers))
"""
_LSA = ("--start", "2025-10-01", "--end", "2026-09-30")
_HIC = ("--start", "2026-01-28", "--scope", "hic")


@dataclass(frozen=True)
class Report:
    """One report on one input, and the name of its folder."""

    name: str
    source: Path
    how: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.same_results", description=__doc__)
    parser.add_argument("commit", help="the commit whose results are right")
    parser.add_argument("--small", action="store_true", help="invented exports of 500 people, not of 5,000")
    parser.add_argument("--renamed", nargs="+", default=[], metavar="OLD=NEW", help="kept tables")
    parser.add_argument("--new", nargs="+", default=[], metavar="NAME", help="tables kept only now")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hearth-same-") as work:
        folder = Path(work)
        before = folder / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", before, options.commit], check=True)
        try:
            reports = list(_reports(folder, 500 if options.small else 5_000))
            then, now = (
                _results(code, folder / name, reports)
                for code, name in ((before, "results-before"), (ROOT, "results-now"))
            )
        finally:
            subprocess.run([*git, "remove", "--force", before], check=True)
    for old, new in (pair.split("=") for pair in options.renamed):
        then = {_with_table(one, old, new): hashed for one, hashed in then.items()}
    added = {f"tables/{name}.parquet" for name in options.new}
    now = {one: hashed for one, hashed in now.items() if one in then or one.split(": ")[-1] not in added}
    recorded = {one for one in now.keys() - then.keys() if _OF_THE_RECORD in one}
    if recorded:
        print(
            f"New in run.json: {', '.join(sorted({one.partition(_OF_THE_RECORD)[2] for one in recorded}))}."
        )
    different = sorted(one for one in (then.keys() | now.keys()) - recorded if then.get(one) != now.get(one))
    for one in different:
        how = "differs" if one in then and one in now else "is new" if one in now else "is missing"
        print(f"{one} {how}")
    print(f"{len(then)} results of {len(reports)} reports compared, {len(different)} differ.")
    sys.exit(bool(different))


def _with_table(result: str, old: str, new: str) -> str:
    return re.sub(rf"tables/{old}\.parquet$", f"tables/{new}.parquet", result)


def _reports(folder: Path, clients: int) -> Iterator[Report]:
    """What is reported on. Both commits read the same files, which this checkout invents."""
    faulty, other = folder / "faulty.zip", folder / "other.zip"
    invented = ("synth", "--clients", str(clients), "--coc", COC, "--out")
    _hearth(ROOT, [(*invented, str(faulty), "--errors", "0.05"), (*invented, str(other), "--seed", "7")])
    for name, source, coc in (("sample", sample(), "XX-501"), ("faulty", faulty, COC), ("other", other, COC)):
        for kind, how in (("lsa", _LSA), ("hic", _HIC), ("project", (*_LSA, *_one_project(source, coc)))):
            yield Report(f"{name}-{kind}", source, ("--coc", coc, *how))


def _one_project(source: Path, coc: str) -> tuple[str, ...]:
    """Options of a project-focused report on the first project that may be chosen."""
    with zipfile.ZipFile(source) as zipped, tempfile.TemporaryDirectory() as work:
        zipped.extractall(work, ["Project.csv", "ProjectCoC.csv"])
        found = duckdb.sql(
            f"""SELECT min(p.ProjectID) FROM read_csv('{work}/Project.csv', all_varchar = true) p
            JOIN read_csv('{work}/ProjectCoC.csv', all_varchar = true) c ON c.ProjectID = p.ProjectID
            WHERE p.ContinuumProject = '1' AND p.ProjectType IN ('0', '1', '2', '3', '13')
                AND c.CoCCode = '{coc}' AND p.DateDeleted IS NULL AND c.DateDeleted IS NULL"""
        ).fetchall()
    return "--scope", "project", "--projects", str(found[0][0])


def _results(code: Path, out: Path, reports: list[Report]) -> dict[str, str]:
    """Name of a result → its hash, of everything that the code of a checkout makes."""
    lsa = ("report", "lsa")
    made = _hearth(code, [(*lsa, str(one.source), *one.how, *_KEPT, str(out / one.name)) for one in reports])
    found: dict[str, str] = {}
    asked: dict[str, tuple[str, ...]] = {}
    for report, said in zip(reports, made, strict=True):
        folder = out / report.name
        if not (folder / "run.json").exists():
            sys.exit(f"{report.name} was not made with {code}:\n{said}")
        settled = _settled(folder)
        said = re.sub(r"\d+(\.\d+)? s\b", "", said.replace(str(out), ""))
        # Ties are compared as run.json has them, which an earlier commit may not have told.
        said = "\n".join(line for line in said.splitlines() if "no value says which of them" not in line)
        found[f"{report.name}: said"] = _hash(settled(said))
        for key, value in json.loads((folder / "run.json").read_text(encoding="utf-8")).items():
            if key not in OF_THE_RUN:
                found[f"{report.name}{_OF_THE_RECORD}{key}"] = _hash(settled(json.dumps(value)))
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.suffix == ".zip" or path.name == "run.json":
                continue
            found[f"{report.name}: {path.relative_to(folder)}"] = _hash(settled(_content(path)))
        for file in sorted(folder.glob("*.csv")):
            asked.update(_questions(report.name, folder, file))
    for before, after in ((0, 2), (3, 5)):
        compared = (str(out / reports[before].name), str(out / reports[after].name))
        for more in ((), ("--people",), ("--file", "LSAHousehold")):
            asked[f"compare {reports[before].name} {' '.join(more)}"] = (
                "report", "compare", *compared, *more, "--limit", "200",
            )  # fmt: skip
    for question, said in zip(asked, _hearth(code, list(asked.values())), strict=True):
        found[question] = _hash(said.replace(str(out), ""))
    return found


def _questions(report: str, folder: Path, file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of people behind rows of a file, or behind flags: a name, and the command."""
    count = max(0, len(file.read_text(encoding="utf-8").splitlines()) - 1)
    many = FLAGS if file.stem == "flags" else ROWS
    if file.stem not in OPENED or not count:
        return
    for row in sorted({1 + (count - 1) * step // (many - 1) for step in range(many)}):
        which = ("--flag", str(row)) if file.stem == "flags" else ("--file", file.stem, "--row", str(row))
        command = ("report", "members", str(folder), *which, "--limit", "200")
        yield f"{report}: people {' '.join(which)}", command


def _content(path: Path) -> str:
    """A file as text in which only its data are left."""
    if path.suffix == ".parquet":
        table = duckdb.read_parquet(str(path))
        table = table.select(*(one for one in table.columns if one not in OF_THE_TABLES))
        return repr([table.columns, [str(one) for one in table.types], table.fetchall()])
    return path.read_bytes().decode("utf-8")


def _settled(folder: Path) -> Callable[[str], str]:
    """Takes out of a text the report's number and time."""
    header, row = (folder / "LSAReport.csv").read_text(encoding="utf-8").splitlines()
    report = dict(zip(header.split(","), row.split(","), strict=True))
    own = [report["ReportID"], report["ReportDate"].strip('"')]
    day = own[1][:10]

    def settled(text: str) -> str:
        for one in own:
            text = text.replace(one, "")
        return re.sub(rf"{day}[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?", "", text)

    return settled


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hearth(code: Path, commands: list[tuple[str, ...]]) -> list[str]:
    """What commands of a checkout say, one after the other in one process."""
    return list(
        json.loads(
            subprocess.run(
                [sys.executable, "-c", _COMMANDS],
                input=json.dumps(commands),
                env=os.environ | {"PYTHONPATH": str(code / "src"), "COLUMNS": "200"},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout
        )
    )


if __name__ == "__main__":
    main()
