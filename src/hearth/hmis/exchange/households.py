"""The CoC of a household: an export by CoC holds whole households by it, and nobody else's.

Enrollment CoC (3.16) is asked of heads of household and holds for the household (HMIS CSV, Reporting
Period: "a CoC Code associated with the EnrollmentID"; LSA 3.3). A household is the enrollments of one
project under one HouseholdID; an enrollment without one is a household of its own. Its CoC is

- the code that its head says; heads that are marked as deleted say nothing while anybody of the household is
  not;
- where no head says one, or none is there: the only CoC in which the project operates.

In no CoC: a household without a code in a project of several CoCs, one whose heads (there should be one) say
different codes, and one whose code is none of its project's.
"""

import psycopg
from django.db.backends.utils import CursorWrapper

Cursor = CursorWrapper | psycopg.Cursor
#: Why a household is in no CoC's export; the sentences are for the person who exports.
REASONS = {
    "unsaid": "no head names a CoC, and the project works in several",
    "disagree": "several heads of it name different CoCs",
    "elsewhere": "its head names a CoC in which the project does not work",
}

_HOUSEHOLDS = """
    CREATE TEMPORARY TABLE household_coc ON COMMIT DROP AS
    WITH place AS (
        SELECT project_id, array_agg(DISTINCT upper(btrim(coc_code))) AS codes
        FROM organizations_projectcoc WHERE date_deleted IS NULL AND btrim(coc_code) <> '' GROUP BY 1),
    member AS (
        SELECT e.project_id, {household} AS household, e.date_deleted IS NULL AS is_live,
            e.relationship_to_hoh = 1 AS is_head, nullif(upper(btrim(e.enrollment_coc)), '') AS code
        FROM enrollments_enrollment e JOIN {projects} p ON p.id = e.project_id),
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


def key_of(alias: str) -> str:
    """The household of an enrollment, within its project."""
    return f"coalesce({alias}.household_id, '#' || {alias}.id)"


def find(cursor: Cursor, projects: str) -> None:
    """Make `household_coc` (project_id, household, coc, reason) for the projects whose `id` is in a table, as
    far as the acting user sees their enrollments. `reason` is null where the CoC is settled."""
    cursor.execute(_HOUSEHOLDS.format(household=key_of("e"), projects=projects))
    cursor.execute("ANALYZE household_coc")
