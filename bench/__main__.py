"""Run the benchmarks, each in a process of its own, and print one table.

python -m bench [NAME …] [--small] [--markdown FILE]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure

BENCHMARKS = ("start", "form", "synth", "import", "search", "pages", "access", "entry", "lsa", "snapshot")


def run_one(name: str, small: bool) -> list[Figure]:
    """One benchmark in its own process, so that memory figures are its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        code = (
            "import importlib, json, sys; from dataclasses import asdict;"
            f"figures = importlib.import_module('bench.{name}_speed').run(small={small});"
            "json.dump([asdict(f) for f in figures], open(sys.argv[1], 'w'))"
        )
        subprocess.run([sys.executable, "-c", code, out.name], check=True)
        return [Figure(**figure) for figure in json.loads(Path(out.name).read_text())]


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


def markdown(results: dict[str, list[Figure]]) -> str:
    lines = ["| benchmark | figure | measured | target | reached |", "|---|---|---|---|---|"]
    for name, figures in results.items():
        for f in figures:
            reached = {True: "yes", False: "no", None: ""}[f.reached]
            note = f" ({f.note})" if f.note else ""
            lines.append(f"| {name} | {f.name}{note} | {f.value:,.4g} {f.unit} | {f.target} | {reached} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument(
        "--small", action="store_true", help="small data: checks the benchmark, not the speed"
    )
    parser.add_argument("--markdown", type=Path, help="write the table there as well")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    results = {}
    for name in options.names or BENCHMARKS:
        results[name] = run_one(name, options.small)
    table = Table(title=f"Hearth on {machine()}" + (" (small data)" if options.small else ""))
    for column in ("benchmark", "figure", "measured", "target", ""):
        table.add_column(column, justify="right" if column == "measured" else "left")
    for name, figures in results.items():
        for f in figures:
            mark = {True: "✓", False: "✗", None: ""}[f.reached]
            table.add_row(name, f"{f.name} {f.note}".strip(), f"{f.value:,.4g} {f.unit}", f.target, mark)
    Console().print(table)
    if options.markdown:
        options.markdown.write_text(f"{machine()}\n\n{markdown(results)}")


if __name__ == "__main__":
    main()
