"""The first help page: what HMIS is."""

from hearth.hmis.ui.help_topics import Topic

TOPICS = (
    Topic(
        "what-is-hmis", "What HMIS is", "What the system is for, and who has to use it.", "lightbulb_outline"
    ),
)
