-- Section: 3.2 Reporting cohorts and dates
-- Grain: one row per cohort: 1 active; 0, -1 and -2 exits; 10 to 13 the quarterly nights
-- Inputs: lsa_parameters
-- The HIC (scope 3) has the active cohort only. A quarterly night exists when it lies in the report period.
WITH cohort AS (
    SELECT 1 AS Cohort, ReportStart AS CohortStart, ReportEnd AS CohortEnd, LSAScope, LookbackDate, ReportStart,
        ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT 0, ReportStart,
        CASE
            WHEN CAST(ReportEnd - INTERVAL 6 MONTH AS DATE) <= ReportStart THEN ReportEnd
            ELSE CAST(ReportEnd - INTERVAL 6 MONTH AS DATE)
        END,
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT -1, CAST(ReportStart - INTERVAL 1 YEAR AS DATE), CAST(ReportEnd - INTERVAL 1 YEAR AS DATE),
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT -2, CAST(ReportStart - INTERVAL 2 YEAR AS DATE), CAST(ReportEnd - INTERVAL 2 YEAR AS DATE),
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT 10, make_date(year(ReportStart), 10, 31), make_date(year(ReportStart), 10, 31),
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT 11, make_date(year(ReportEnd), 1, 31), make_date(year(ReportEnd), 1, 31),
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT 12, make_date(year(ReportEnd), 4, 30), make_date(year(ReportEnd), 4, 30),
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
    UNION ALL
    SELECT 13, make_date(year(ReportEnd), 7, 31), make_date(year(ReportEnd), 7, 31),
        LSAScope, LookbackDate, ReportStart, ReportEnd
    FROM lsa_parameters
)
SELECT Cohort, CohortStart, CohortEnd, LookbackDate
FROM cohort
WHERE (Cohort = 1 OR LSAScope <> 3)
    AND (Cohort < 10 OR (CohortStart >= ReportStart AND CohortStart <= ReportEnd))
