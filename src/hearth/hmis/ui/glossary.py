"""The glossary page: terms in plain words, and answer lists straight from the standards registry."""

from functools import cache

from hearth.standards import load

YEAR = 2026

TERMS = (
    ("Annual assessment", "The yearly update of a household, within 30 days of the day its head started."),
    ("Bed night", "One night that one person spent in a shelter bed."),
    (
        "Chronically homeless",
        "A person with a disabling condition who has been homeless for a year, or for twelve months "
        "over four or more times within three years.",
    ),
    ("Client", "A person who is served, or was served, by a project."),
    ("Client ID", "The number that stands for a client in this system. Use it instead of the name."),
    (
        "CoC",
        "Continuum of Care: the group that plans and coordinates the help in an area, and the area itself.",
    ),
    (
        "Coordinated entry",
        "One way into housing for a whole CoC: the same assessment, one priority list, referrals from it.",
    ),
    (
        "Data not collected",
        "Nobody asked, or the answer was lost. It is not the same as a client who does not know or "
        "prefers not to answer.",
    ),
    (
        "Disabling condition",
        "A condition that is expected to last and makes it harder to live independently.",
    ),
    ("Enrollment", "A person’s stay in one project, from start to exit."),
    ("Exit destination", "Where a person went when the stay ended."),
    ("Head of household", "The one member of a household to whom the others’ relationships are recorded."),
    ("Household", "One person, or people who are served together in one stay."),
    ("Move-in date", "The day a household in permanent housing moved into its home, whoever pays for it."),
    ("Project", "A service of one organization with its own start date, type and funding."),
    (
        "Release of information",
        "The client’s decision whether other organizations may see their enrollments.",
    ),
    (
        "Start date",
        "Shelter: the first night. Outreach: the first contact. Transitional housing: moving in. "
        "Permanent housing: being accepted. Others: the first service.",
    ),
)

# Title of the part, id of the registry's list.
_LISTS = (
    ("Project types", "2.02.6"),
    ("Relationship to the head of household", "3.15.1"),
    ("Living situations and exit destinations", "3.12.1"),
    ("Coordinated entry events", "4.20.2"),
    ("When an assessment is made", "5.03.1"),
)

Section = tuple[str, list[str], list[tuple[str, ...]]]


def standards_year() -> int:
    """The year of the data standards that the lists come from."""
    return YEAR


@cache
def answer_lists() -> tuple[Section, ...]:
    """Each list with the answers that are offered this year."""
    registry = load(YEAR)
    return tuple(
        (
            title,
            ["Code", "Answer"],
            [
                (option.code, option.label)
                for option in registry.list(name).options
                if option.status == "current"
            ],
        )
        for title, name in _LISTS
    )
