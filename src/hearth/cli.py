"""The `hearth` command: one root, each package brings its own sub-commands, loaded only when asked for.

Commands that need no database load no Django.
"""

import importlib

import typer
from typer.core import TyperGroup

# Sub-command → "module:typer app". Importing lazily keeps `hearth --help` and the database-free
# commands fast: only the module behind the named command is imported.
COMMANDS: dict[str, str] = {
    "standards": "hearth.standards.cli:app",
    "db": "hearth.server.cli:db",
    "serve": "hearth.server.cli:serve",
    "worker": "hearth.server.cli:worker",
    "demo": "hearth.server.cli:demo",
    "synth": "hearth.reporting.synthetic.cli:app",
    "import": "hearth.hmis.exchange.cli:import_app",
    "export": "hearth.hmis.exchange.cli:export_app",
}
