-- Section: 7.4 Heads and adults of the exit cohorts
-- Grain: one row per cohort, household and PersonalID
-- Inputs: lsa_exit_member, Enrollment
-- As in HUD's sample, twelve months and four times told by any head or adult of the household count for all of them.
WITH adult AS (
    SELECT Cohort, HouseholdID, PersonalID, max(ExitDate) AS LastActive
    FROM lsa_exit_member
    WHERE LeftInCohort AND IsHoHOrAdult AND MayBeChronic
    GROUP BY Cohort, HouseholdID, PersonalID
),
disability AS (
    SELECT Cohort, HouseholdID, PersonalID,
        max(CASE WHEN DisabilityStatus IN (0, 1) THEN DisabilityStatus END) AS DisabilityStatus
    FROM lsa_exit_member
    GROUP BY Cohort, HouseholdID, PersonalID
),
account AS (
    SELECT m.Cohort, m.HouseholdID, max(m.EntryDate) AS LatestEntry
    FROM lsa_exit_member AS m
    JOIN Enrollment AS e ON e.EnrollmentID = m.EnrollmentID
    WHERE m.LeftInCohort AND m.IsHoHOrAdult
        AND e.MonthsHomelessPastThreeYears IN ({MonthsHomelessPastThreeYears.twelve_or_more})
        AND e.TimesHomelessPastThreeYears = {TimesHomelessPastThreeYears.FOUR_OR_MORE} AND e.EntryDate = m.EntryDate
    GROUP BY m.Cohort, m.HouseholdID
)
SELECT a.Cohort, a.HouseholdID, a.PersonalID, a.LastActive,
    CAST(a.LastActive - INTERVAL 3 YEAR AS DATE) + 1 AS CHStart,
    coalesce(d.DisabilityStatus, 99) AS DisabilityStatus,
    CASE WHEN c.LatestEntry > CAST(a.LastActive - INTERVAL 1 YEAR AS DATE) THEN 1 ELSE 0 END AS FourTimesAYear
FROM adult AS a
LEFT JOIN disability AS d
    ON d.Cohort = a.Cohort AND d.HouseholdID = a.HouseholdID AND d.PersonalID = a.PersonalID
LEFT JOIN account AS c ON c.Cohort = a.Cohort AND c.HouseholdID = a.HouseholdID
