"""Whose households an export by CoC holds: whole ones, by the CoC of their head, and nobody else's.

Enrollment CoC (3.16) is asked of heads of household and holds for the household (HMIS CSV, Reporting
Period: "a CoC Code associated with the EnrollmentID"; LSA 3.3). A household is the enrollments of one
project under one HouseholdID; an enrollment without one is a household of its own. Its CoC is

- the code that its head says; heads that are marked as deleted say nothing while anybody of the household is
  not;
- where no head says one, or none is there: the only CoC in which the project operates.

Left out of every export by CoC, and told: a household without a code in a project of several CoCs, one whose
heads (there should be one) say different codes, and one whose code is none of its project's.
"""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

#: Why a household is in no CoC's export; the sentences are for the person who exports.
REASONS = {
    "unsaid": "no head names a CoC, and the project works in several",
    "disagree": "several heads of it name different CoCs",
    "elsewhere": "its head names a CoC in which the project does not work",
}
#: So many are listed; all are counted.
LISTED = 200

_HOUSEHOLDS = """
    CREATE TEMPORARY TABLE export_household ON COMMIT DROP AS
    WITH place AS (
        SELECT project_id, array_agg(DISTINCT upper(btrim(coc_code))) AS codes
        FROM organizations_projectcoc WHERE date_deleted IS NULL AND btrim(coc_code) <> '' GROUP BY 1),
    member AS (
        SELECT e.project_id, {household} AS household, e.date_deleted IS NULL AS is_live,
            e.relationship_to_hoh = 1 AS is_head, nullif(upper(btrim(e.enrollment_coc)), '') AS code
        FROM enrollments_enrollment e JOIN export_project p ON p.id = e.project_id AND p.with_clients),
    alive AS (
        SELECT *, bool_or(is_live) OVER (PARTITION BY project_id, household) AS anybody FROM member),
    said AS (
        SELECT project_id, household,
            array_agg(DISTINCT code) FILTER (
                WHERE is_head AND code IS NOT NULL AND (is_live OR NOT anybody)) AS said
        FROM alive GROUP BY 1, 2),
    settled AS (
        SELECT project_id, household, said, place.codes AS places,
            CASE WHEN cardinality(said) = 1 THEN said[1]
                 WHEN said IS NULL AND cardinality(place.codes) = 1 THEN place.codes[1] END AS coc
        FROM said LEFT JOIN place USING (project_id))
    SELECT project_id, household, coc,
        CASE WHEN coc IS NULL AND said IS NULL THEN 'unsaid'
             WHEN coc IS NULL THEN 'disagree'
             WHEN coc <> ALL (places) THEN 'elsewhere' END AS reason
    FROM settled
"""


@dataclass(frozen=True)
class Unplaced:
    """Households that are in no CoC's export, by reason, and our ids of one enrollment of each."""

    counts: dict[str, int]
    enrollments: list[tuple[int, str]]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def key_of(alias: str) -> str:
    """The household of an enrollment, within its project."""
    return f"coalesce({alias}.household_id, '#' || {alias}.id)"


def find(cursor: CursorWrapper) -> None:
    """Make `export_household` (project_id, household, coc, reason) for the projects of `export_project`."""
    cursor.execute(_HOUSEHOLDS.format(household=key_of("e")))
    cursor.execute("ANALYZE export_household")


def unplaced(cursor: CursorWrapper) -> Unplaced:
    """Of the households of `export_candidate`, those with a reason why no CoC's export holds them."""
    of = "FROM export_candidate JOIN export_household USING (project_id, household) WHERE reason IS NOT NULL"
    households = f"SELECT reason, project_id, household, min(id) AS id {of} GROUP BY 1, 2, 3"
    cursor.execute(f"SELECT reason, count(*) FROM ({households}) AS h GROUP BY 1 ORDER BY 1")
    counts = dict(cursor.fetchall())
    cursor.execute(f"SELECT id, reason FROM ({households}) AS h ORDER BY id LIMIT {LISTED}")
    return Unplaced(counts, [(int(pk), str(reason)) for pk, reason in cursor.fetchall()])
