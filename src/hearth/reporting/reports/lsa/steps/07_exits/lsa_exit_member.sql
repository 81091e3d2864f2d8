-- Section: 7.4 and 7.9: members of exiting households
-- Grain: one row per EnrollmentID of a household of 7.2 and cohort, with the age of that cohort
-- Inputs: lsa_exit_qualifying, lsa_enrollment
WITH member AS (
    SELECT q.Cohort, q.HouseholdID, q.HoHID, q.HHType, n.EnrollmentID, n.PersonalID, n.RelationshipToHoH,
        n.LSAProjectType, n.EntryDate, n.ExitDate, n.DisabilityStatus, n.DVStatus,
        n.ExitDate BETWEEN q.CohortStart AND q.CohortEnd AS LeftInCohort,
        (q.ExitFrom <> 3 OR q.EntryDate > CAST(q.ExitDate - INTERVAL 1 YEAR AS DATE))
            AND (q.ExitFrom NOT IN (5, 6) OR q.MoveInDate > CAST(q.ExitDate - INTERVAL 1 YEAR AS DATE)) AS MayBeChronic,
        CASE q.Cohort WHEN -2 THEN n.Exit2Age WHEN -1 THEN n.Exit1Age ELSE n.ActiveAge END AS Age
    FROM lsa_exit_qualifying AS q
    JOIN lsa_enrollment AS n ON n.HouseholdID = q.HouseholdID
)
SELECT member.*, Age IN ({LSAAge.adult}) AS IsAdult, RelationshipToHoH = {RelationshipToHoH.HEAD}
    OR Age IN ({LSAAge.adult}) AS IsHoHOrAdult
FROM member
