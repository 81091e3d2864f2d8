-- Section: 8.4 to 8.7 Average days of system use (rows 1 to 16); 8.8 to 8.11 Average days to return (18 to 136)
-- Grain: one row per row of LSACalculated
-- Inputs: lsa_average_days, lsa_average_population, lsa_row_populations, lsa_population_household_types
-- Members: m.HoHID, m.HHType AS HouseholdType, m.Days
-- Averages are cut to whole days, as HUD's are. A household counts for its own type and for all types (0).
WITH asked AS (
    SELECT DISTINCT w.PopID, t.HHType, w.RowMin, w.RowMax, coalesce(w.ByPath, 0) AS ByPath
    FROM lsa_row_populations AS w
    JOIN lsa_population_household_types AS t ON t.PopID = w.PopID
),
by_type AS (
    SELECT Cohort, PopID, HoHID, HHType AS OwnHHType, HHType FROM lsa_average_population
    UNION ALL
    SELECT Cohort, PopID, HoHID, HHType, 0 FROM lsa_average_population
),
in_population AS (
    SELECT p.Cohort, p.PopID, p.HoHID, p.OwnHHType, p.HHType, a.RowMin, a.RowMax, a.ByPath
    FROM by_type AS p
    JOIN asked AS a ON a.PopID = p.PopID AND a.HHType = p.HHType
)
SELECT CAST(floor(sum(m.Days) / count(*)) AS BIGINT) AS Value, m.Cohort, m.Universe, p.HHType, p.PopID AS Population,
    m.SystemPath, CAST(NULL AS VARCHAR) AS ProjectID, m.RowID AS ReportRow
FROM lsa_average_days AS m
JOIN in_population AS p ON p.Cohort = m.Cohort AND p.HoHID = m.HoHID AND p.OwnHHType = m.HHType
    AND p.RowMin = m.RowMin AND p.RowMax = m.RowMax AND p.ByPath = m.ByPath
GROUP BY m.RowID, m.Cohort, m.Universe, p.HHType, p.PopID, m.SystemPath
