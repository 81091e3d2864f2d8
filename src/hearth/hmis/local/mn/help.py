"""Minnesota's page of the help."""

from typing import Any

from hearth.hmis.local.mn.reading import data
from hearth.hmis.ui.help_topics import Topic

NO_BREAK_HYPHEN = "\u2011"


def _context() -> dict[str, Any]:
    """The CoCs and the nations of the Tribal Collaborative, from the data files."""
    return {
        "columns": ["Number", "Name", "Short", "HUD’s name", "Counties"],
        "rows": [
            (
                region["code"].replace("-", NO_BREAK_HYPHEN),
                region["name"],
                region["acronym"],
                region["hud_name"],
                ", ".join(county["name"] for county in region["counties"]),
            )
            for region in data("cocs")["regions"]
        ],
        "nations": [nation["short_name"] for nation in data("tribal")["nations"] if nation["member"]],
    }


TOPICS = (
    Topic(
        "minnesota",
        "HMIS in Minnesota",
        "Who runs it, the ten Continuums of Care and the Minnesota Tribal Collaborative.",
        "map",
        _context,
    ),
)
