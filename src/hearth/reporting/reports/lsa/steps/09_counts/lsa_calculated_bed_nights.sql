-- Section: 9.5 Counts of bed nights (rows 56 and 57)
-- Grain: one row per row of LSACalculated
-- Inputs: lsa_parameters, lsa_household_active, lsa_enrollment, bed_night, lsa_population, lsa_universe,
--   lsa_population_household_types
-- Members: PersonalID, HouseholdID, StartDate, EndDate, CoveredUntil
-- A night counts once per person and universe: the length of what a person's intervals cover together.
WITH interval_of_stay AS (
    SELECT n.PersonalID, n.HouseholdID,
        greatest(CASE WHEN n.LSAProjectType IN ({LSAProjectType.ee_sh_th}) THEN n.EntryDate
            ELSE n.MoveInDate END, r.ReportStart)
            AS StartDate,
        coalesce(n.ExitDate, r.ReportEnd + 1) AS EndDate
    FROM lsa_enrollment AS n
    CROSS JOIN lsa_parameters AS r
    WHERE n.AIR = 1 AND n.LSAProjectType IN ({LSAProjectType.stays_by_dates})
    UNION ALL
    SELECT n.PersonalID, n.HouseholdID, b.Night, b.Night + 1
    FROM lsa_enrollment AS n
    JOIN bed_night AS b ON b.EnrollmentID = n.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE n.AIR = 1 AND n.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night >= n.EntryDate
        AND (n.ExitDate IS NULL OR b.Night < n.ExitDate)
        AND b.Night >= r.ReportStart AND b.Night <= r.ReportEnd
),
stay AS (
    SELECT i.PersonalID, i.HouseholdID, i.StartDate, i.EndDate, h.ActiveHHType, u.Universe,
        CASE WHEN u.Universe = 10 THEN h.ProjectID END AS ProjectID
    FROM interval_of_stay AS i
    JOIN lsa_household_active AS h ON h.HouseholdID = i.HouseholdID
    JOIN lsa_universe AS u ON u.LSAProjectType = h.LSAProjectType
    WHERE i.StartDate < i.EndDate
),
in_population AS (
    SELECT s.*, 0 AS PopID FROM stay AS s
    UNION ALL
    SELECT s.*, p.PopID
    FROM stay AS s
    JOIN lsa_population AS p ON p.HouseholdID = s.HouseholdID
    WHERE p.PopID IN (10, 11)
    UNION ALL
    SELECT s.*, p.PopID
    FROM stay AS s
    JOIN lsa_population AS p ON p.PersonalID = s.PersonalID
    WHERE p.PopID IN (50, 53)
),
covered AS (
    SELECT s.Universe, s.ProjectID, t.HHType, s.PopID, s.PersonalID, s.HouseholdID, s.StartDate, s.EndDate,
        max(s.EndDate) OVER (
            PARTITION BY s.Universe, s.ProjectID, t.HHType, s.PopID, s.PersonalID
            ORDER BY s.StartDate, s.EndDate ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS CoveredUntil
    FROM in_population AS s
    JOIN lsa_population_household_types AS t ON t.PopID = s.PopID
    WHERE t.HHType = 0 OR t.HHType = s.ActiveHHType
)
SELECT sum(date_diff('day', greatest(StartDate, CoveredUntil), EndDate)) AS Value, 1 AS Cohort, Universe, HHType,
    PopID AS Population, -1 AS SystemPath, ProjectID,
    CASE WHEN PopID IN (0, 10, 11) THEN 56 ELSE 57 END AS ReportRow
FROM covered
WHERE CoveredUntil IS NULL OR CoveredUntil < EndDate
GROUP BY Universe, HHType, PopID, ProjectID
