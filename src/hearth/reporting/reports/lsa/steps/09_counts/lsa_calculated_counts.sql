-- Section: 9.3 Counts of people and households by household characteristics (rows 53 and 54); 9.4 Counts of people
--   by personal characteristics (row 55)
-- Grain: one row per row of LSACalculated
-- Inputs: lsa_household_active, lsa_enrollment, lsa_population, lsa_universe, lsa_row_values, lsa_row_populations,
--   lsa_population_household_types
-- Members: s.PersonalID, s.HouseholdID, s.HoHID, s.ActiveHHType, v.RowID
WITH cohort_of_stay AS (
    SELECT HouseholdID, PersonalID, EnrollmentID, 1 AS Cohort FROM lsa_enrollment WHERE AIR = 1
    UNION ALL
    SELECT HouseholdID, PersonalID, EnrollmentID, 10 FROM lsa_enrollment WHERE AIR = 1 AND PITOctober = 1
    UNION ALL
    SELECT HouseholdID, PersonalID, EnrollmentID, 11 FROM lsa_enrollment WHERE AIR = 1 AND PITJanuary = 1
    UNION ALL
    SELECT HouseholdID, PersonalID, EnrollmentID, 12 FROM lsa_enrollment WHERE AIR = 1 AND PITApril = 1
    UNION ALL
    SELECT HouseholdID, PersonalID, EnrollmentID, 13 FROM lsa_enrollment WHERE AIR = 1 AND PITJuly = 1
),
stay AS (
    SELECT DISTINCT c.Cohort, c.PersonalID, c.HouseholdID, h.HoHID, h.ActiveHHType, u.Universe,
        CASE WHEN u.Universe = 10 THEN h.ProjectID END AS ProjectID
    FROM cohort_of_stay AS c
    JOIN lsa_household_active AS h ON h.HouseholdID = c.HouseholdID
    JOIN lsa_universe AS u ON u.LSAProjectType = h.LSAProjectType
),
in_population AS (
    SELECT s.Cohort, s.Universe, s.ProjectID, s.PersonalID, s.HouseholdID, s.HoHID, s.ActiveHHType, 0 AS PopID,
        53 AS FirstRow
    FROM stay AS s
    UNION ALL
    SELECT s.Cohort, s.Universe, s.ProjectID, s.PersonalID, s.HouseholdID, s.HoHID, s.ActiveHHType, p.PopID, 53
    FROM stay AS s
    JOIN lsa_population AS p ON p.HouseholdID = s.HouseholdID
    WHERE p.PersonalID IS NULL
    UNION ALL
    SELECT s.Cohort, s.Universe, s.ProjectID, s.PersonalID, s.HouseholdID, s.HoHID, s.ActiveHHType, p.PopID, 55
    FROM stay AS s
    JOIN lsa_population AS p ON p.PersonalID = s.PersonalID
    WHERE p.HouseholdID IS NULL OR p.HouseholdID = s.HouseholdID
),
wanted AS (
    SELECT DISTINCT v.RowID, v.Cohort, v.Universe, v.SystemPath, w.PopID,
        CASE WHEN v.RowID = 55 THEN 55 ELSE 53 END AS FirstRow
    FROM lsa_row_values AS v
    JOIN lsa_row_populations AS w ON v.RowID BETWEEN w.RowMin AND w.RowMax
    WHERE v.RowID IN (53, 54, 55) AND (v.RowID <> 55 OR v.Universe <> 10 OR w.ByProject = 1)
)
SELECT count(DISTINCT CASE
        WHEN v.RowID = 54 THEN concat(s.HoHID, ' ', CAST(s.ActiveHHType AS VARCHAR))
        ELSE s.PersonalID
    END) AS Value,
    v.Cohort, v.Universe, t.HHType, v.PopID AS Population, v.SystemPath, s.ProjectID, v.RowID AS ReportRow
FROM in_population AS s
JOIN lsa_population_household_types AS t ON t.PopID = s.PopID
JOIN wanted AS v ON v.Cohort = s.Cohort AND v.Universe = s.Universe AND v.PopID = s.PopID AND v.FirstRow = s.FirstRow
WHERE t.HHType = 0 OR t.HHType = s.ActiveHHType
GROUP BY v.Cohort, v.Universe, t.HHType, v.PopID, v.SystemPath, s.ProjectID, v.RowID
