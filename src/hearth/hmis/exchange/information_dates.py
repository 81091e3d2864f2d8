"""What an export's period leaves out: data that is "from the future" for it.

HMIS CSV Format Specifications FY2026 v1.0, Export Period Types, Reporting Period: enrollments active in
[start, end], and of what hangs on them everything whose information date is on or before the end, however
early. Which date that is, by the same text:

- Enrollment by its EntryDate, of which the enrollment itself is left out; in its row the elements 4.13, 3.20,
  P3 and R2 by DateOfEngagement, MoveInDate, DateOfPATHStatus and DateOfBCPStatus: that element is blank.
- Exit by ExitDate: at the end the person was still there. In its row R20 by AftercareDate: blank.
- IncomeBenefits, HealthAndDV, EmploymentEducation, Disabilities, YouthEducationStatus and
  CurrentLivingSituation by InformationDate; Services, bed nights too, by DateProvided; Assessment, with its
  questions and results, by AssessmentDate; Event by EventDate: the row is left out.
- A referral's result (4.20.D) whose ResultDate (4.20.E) lies behind the end was not known then, although
  ResultDate is no information date: both are blank.

Dates that say nothing of when data was collected stay, even where they lie ahead: DueDate, FAStartDate and
FAEndDate, the ends of projects, inventory and funding, and DateCreated, DateUpdated and DateDeleted
("regardless of" them). A date that is blank or could not be read leaves nothing out.
"""

from functools import lru_cache

from hearth.hmis.hud.names import python_name
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Of each file the date that must not lie behind the end of the period.
INFORMATION_DATES = {
    "Exit": "ExitDate",
    "IncomeBenefits": "InformationDate",
    "HealthAndDV": "InformationDate",
    "EmploymentEducation": "InformationDate",
    "Disabilities": "InformationDate",
    "YouthEducationStatus": "InformationDate",
    "CurrentLivingSituation": "InformationDate",
    "Services": "DateProvided",
    "Assessment": "AssessmentDate",
    "Event": "EventDate",
}
#: Elements in a row of another date, by their own date: the element, or the columns themselves.
OWN_DATES: dict[tuple[str, str], str | tuple[str, ...]] = {
    ("Enrollment", "DateOfEngagement"): "4.13",
    ("Enrollment", "MoveInDate"): "3.20",
    ("Enrollment", "DateOfPATHStatus"): "P3",
    ("Enrollment", "DateOfBCPStatus"): "R2",
    ("Exit", "AftercareDate"): "R20",
    ("Event", "ResultDate"): ("ReferralResult", "ResultDate"),
}
#: Of whose assessment a row's date is.
OF_ASSESSMENT = ("AssessmentQuestions", "AssessmentResults")


@lru_cache(maxsize=1)
def dated_columns() -> dict[tuple[str, str], str]:
    """By (file, column): the database column of the date that decides whether the cell is blank."""
    found = {}
    for (file, date), of in OWN_DATES.items():
        columns = (
            of
            if isinstance(of, tuple)
            else [
                c.name for c in load(MODEL_YEAR).file(file).columns if (c.element or "").startswith(f"{of}.")
            ]
        )
        found |= {(file, column): python_name(date) for column in columns}
    return found


def not_after_end(file: str, column: str, value: str) -> tuple[str, int]:
    """The value of a cell of the row `r`, blank where its own date lies behind the end of the period; and
    how many parameters with that end it takes."""
    date = dated_columns().get((file, column))
    return (f"CASE WHEN r.{date} > %s THEN NULL ELSE {value} END", 1) if date else (value, 0)


def after_end(file: str) -> str | None:
    """A condition with the end of the period as its parameter: the row `r` is from the future. None where
    rows of the file have no such date."""
    if file in INFORMATION_DATES:
        return f"r.{python_name(INFORMATION_DATES[file])} > %s"
    if file in OF_ASSESSMENT:
        return (
            "EXISTS (SELECT FROM coordinated_entry_assessment a"
            " WHERE a.id = r.assessment_id AND a.assessment_date > %s)"
        )
    return None
