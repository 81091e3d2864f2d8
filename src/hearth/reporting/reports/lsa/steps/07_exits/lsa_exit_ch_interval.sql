-- Section: 7.5 Dates to exclude; 7.6 Dates to include in counts of ES/SH/street days, before gaps are filled
-- Grain: one row per enrollment and reason, or per bed night: days from StartDate up to but without EndDate
-- Inputs: lsa_exit_adult, lsa_enrollment, bed_night, prior_living_situation
-- Open stays do not count here. A person's cohorts share one span of years.
WITH span AS (
    SELECT PersonalID, min(CHStart) AS CHStart, max(LastActive) AS LastActive,
        min(CASE WHEN FourTimesAYear = 0 THEN CHStart END) AS AccountsFrom
    FROM lsa_exit_adult
    GROUP BY PersonalID
    HAVING min(FourTimesAYear) = 0
),
stay AS (
    SELECT n.PersonalID, n.EnrollmentID, n.LSAProjectType, n.EntryDate, n.MoveInDate, n.ExitDate, p.CHStart,
        p.LastActive, p.AccountsFrom, e.Situation, e.LSAHomelessBefore, e.DateToStreetESSH
    FROM lsa_enrollment AS n
    JOIN span AS p ON p.PersonalID = n.PersonalID
    JOIN prior_living_situation AS e ON e.EnrollmentID = n.EnrollmentID
),
every_interval AS (
    SELECT PersonalID, 1 AS Excluded, CHStart, LastActive,
        CASE WHEN LSAProjectType IN ({LSAProjectType.rrh_psh}) THEN MoveInDate ELSE EntryDate
            END AS StartDate, ExitDate AS EndDate
    FROM stay
    WHERE LSAProjectType IN ({LSAProjectType.th_rrh_psh})
    UNION ALL
    SELECT PersonalID, 0, CHStart, LastActive, EntryDate, ExitDate FROM stay
        WHERE LSAProjectType IN ({LSAProjectType.ee_sh})
    UNION ALL
    SELECT n.PersonalID, 0, n.CHStart, n.LastActive, b.Night, b.Night + 1
    FROM stay AS n
    JOIN bed_night AS b ON b.EnrollmentID = n.EnrollmentID
    WHERE n.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night >= n.EntryDate AND b.Night < n.ExitDate
    UNION ALL
    SELECT PersonalID, 0, CHStart, LastActive, DateToStreetESSH,
        CASE WHEN LSAProjectType IN ({LSAProjectType.es_sh_th}) THEN EntryDate ELSE coalesce(MoveInDate, ExitDate) END
    FROM stay
    WHERE EntryDate > AccountsFrom
        AND (Situation = 'homeless' OR (LSAProjectType NOT IN ({LSAProjectType.es_sh}) AND LSAHomelessBefore))
),
clipped AS (
    SELECT PersonalID, Excluded, greatest(StartDate, CHStart) AS StartDate, least(EndDate, LastActive + 1) AS EndDate
    FROM every_interval
    WHERE StartDate IS NOT NULL AND EndDate IS NOT NULL
)
SELECT PersonalID, Excluded, StartDate, EndDate
FROM clipped
WHERE StartDate < EndDate
