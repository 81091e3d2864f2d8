-- Section: 3.6 Household types; 5.1 Active and active-in-residence households
-- Grain: one row per HouseholdID of 3.3
-- Inputs: lsa_parameters, lsa_cohort, lsa_household_dates, lsa_enrollment_age, lsa_project,
--   project_in_coc
-- 1 adults only, 2 adults and children, 3 children only, 99 cannot be told. Those who left before a cohort
-- starts do not count in it; a household that came later or had left keeps its type at entry.
-- SystemActive is Active as the report of the whole system has it: scope 2 asks for it where 3.1 wants the data of
-- the whole system.
WITH start AS (
    SELECT max(CASE WHEN Cohort = 1 THEN CohortStart END) AS ActiveStart,
        max(CASE WHEN Cohort = -1 THEN CohortStart END) AS Exit1Start,
        max(CASE WHEN Cohort = -2 THEN CohortStart END) AS Exit2Start
    FROM lsa_cohort
),
age AS (
    SELECT n.HouseholdID, 'entry' AS Moment, n.EntryAge AS Age FROM lsa_enrollment_age AS n
    UNION ALL
    SELECT n.HouseholdID, 'active', n.ActiveAge FROM lsa_enrollment_age AS n CROSS JOIN start AS s
    WHERE n.ExitDate IS NULL OR n.ExitDate >= s.ActiveStart
    UNION ALL
    SELECT n.HouseholdID, 'exit1', n.Exit1Age FROM lsa_enrollment_age AS n CROSS JOIN start AS s
    WHERE n.ExitDate IS NULL OR n.ExitDate >= s.Exit1Start
    UNION ALL
    SELECT n.HouseholdID, 'exit2', n.Exit2Age FROM lsa_enrollment_age AS n CROSS JOIN start AS s
    WHERE n.ExitDate IS NULL OR n.ExitDate >= s.Exit2Start
),
member AS (
    SELECT HouseholdID, Moment, CASE WHEN Age IN ({LSAAge.known}) THEN Age END AS Age FROM age
),
types AS (
    SELECT HouseholdID,
        max(CASE WHEN Moment = 'entry' THEN HouseholdType END) AS AtEntry,
        max(CASE WHEN Moment = 'active' THEN HouseholdType END) AS AtActive,
        max(CASE WHEN Moment = 'exit1' THEN HouseholdType END) AS AtExit1,
        max(CASE WHEN Moment = 'exit2' THEN HouseholdType END) AS AtExit2
    FROM {household_type_at(members = member)} AS t
    GROUP BY HouseholdID
)
SELECT h.*, t.AtEntry AS EntryHHType,
    CASE
        WHEN h.ExitDate < s.ActiveStart OR h.EntryDate >= s.ActiveStart THEN t.AtEntry
        ELSE coalesce(t.AtActive, 99)
    END AS ActiveHHType,
    CASE
        WHEN s.Exit1Start IS NULL THEN NULL
        WHEN h.ExitDate < s.Exit1Start OR h.EntryDate >= s.Exit1Start THEN t.AtEntry
        ELSE coalesce(t.AtExit1, 99)
    END AS Exit1HHType,
    CASE
        WHEN s.Exit2Start IS NULL THEN NULL
        WHEN h.ExitDate < s.Exit2Start OR h.EntryDate >= s.Exit2Start THEN t.AtEntry
        ELSE coalesce(t.AtExit2, 99)
    END AS Exit2HHType,
    CASE
        WHEN p.ProjectID IS NOT NULL AND h.EntryDate <= r.ReportEnd
            AND (h.ExitDate IS NULL OR h.ExitDate >= r.ReportStart) THEN 1
        ELSE 0
    END AS Active,
    CASE
        WHEN c.ProjectID IS NOT NULL AND h.EntryDate <= r.ReportEnd
            AND (h.ExitDate IS NULL OR h.ExitDate >= r.ReportStart) THEN 1
        ELSE 0
    END AS SystemActive,
    CASE
        WHEN p.ProjectID IS NOT NULL AND h.EntryDate <= r.ReportEnd
            AND (h.ExitDate IS NULL OR h.ExitDate > r.ReportStart)
            AND (h.LSAProjectType IN ({LSAProjectType.ee_sh_th})
                OR (h.LSAProjectType = {LSAProjectType.ES_NBN} AND h.LastBedNight BETWEEN r.ReportStart AND r.ReportEnd)
                OR (h.LSAProjectType IN ({LSAProjectType.rrh_psh}) AND h.MoveInDate IS NOT NULL)) THEN 1
        ELSE 0
    END AS AIR
FROM lsa_household_dates AS h
LEFT JOIN types AS t ON t.HouseholdID = h.HouseholdID
LEFT JOIN lsa_project AS p ON p.ProjectID = h.ProjectID
CROSS JOIN start AS s
CROSS JOIN lsa_parameters AS r
LEFT JOIN project_in_coc AS c ON c.ProjectID = h.ProjectID AND c.CoCCode = r.ReportCoC
