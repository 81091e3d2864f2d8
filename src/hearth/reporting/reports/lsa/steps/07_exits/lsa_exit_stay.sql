-- Section: 7.1 Households of the exit cohorts
-- Grain: one row per HouseholdID of 3.3 and exit cohort (-2, -1, 0), with the household type of that cohort
-- Inputs: lsa_parameters, lsa_cohort, lsa_household_active, lsa_project
-- Qualifies is 1 for an exit in the cohort with no other stay within 14 days. Scope 2 takes exits from chosen projects.
-- A household that ends before it starts (its project closed before it took part again) has no members and no type.
WITH stay AS (
    SELECT c.Cohort, c.CohortStart, c.CohortEnd, c.LookbackDate, h.HouseholdID, h.HoHID, h.EnrollmentID, h.ProjectID,
        h.LSAProjectType, h.EntryDate, h.MoveInDate, h.ExitDate, h.ExitDest,
        CASE c.Cohort WHEN -2 THEN h.Exit2HHType WHEN -1 THEN h.Exit1HHType ELSE h.ActiveHHType END AS HHType
    FROM lsa_household_active AS h
    JOIN lsa_cohort AS c ON c.Cohort IN (-2, -1, 0)
),
candidate AS (
    SELECT s.Cohort, s.HoHID, s.HHType, s.EnrollmentID, s.ExitDate
    FROM stay AS s
    LEFT JOIN lsa_project AS p ON p.ProjectID = s.ProjectID
    CROSS JOIN lsa_parameters AS r
    WHERE s.ExitDate BETWEEN s.CohortStart AND s.CohortEnd AND s.HHType IS NOT NULL
        AND (r.LSAScope = 1 OR p.ProjectID IS NOT NULL)
),
disqualified AS (
    SELECT c.Cohort, c.EnrollmentID
    FROM candidate AS c
    JOIN stay AS o ON o.Cohort = c.Cohort AND o.HoHID = c.HoHID AND o.HHType = c.HHType
    WHERE o.EnrollmentID <> c.EnrollmentID AND o.EntryDate < c.ExitDate + 14
        AND (o.ExitDate IS NULL OR o.ExitDate > c.ExitDate)
    GROUP BY c.Cohort, c.EnrollmentID
)
SELECT s.*, CASE WHEN c.EnrollmentID IS NOT NULL AND d.EnrollmentID IS NULL THEN 1 ELSE 0 END AS Qualifies
FROM stay AS s
LEFT JOIN candidate AS c ON c.Cohort = s.Cohort AND c.EnrollmentID = s.EnrollmentID
LEFT JOIN disqualified AS d ON d.Cohort = s.Cohort AND d.EnrollmentID = s.EnrollmentID
