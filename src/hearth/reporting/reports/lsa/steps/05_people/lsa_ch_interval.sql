-- Section: 5.7 Dates to exclude; 5.8 Dates to include in counts of ES/SH/street days, before gaps are filled
-- Grain: one row per enrollment and reason, or per bed night: days from StartDate up to but without EndDate
-- Inputs: lsa_ch_enrollment, bed_night
-- Excluded is 1 while housed or in transitional housing, 0 while in ES/SH or on the street.
WITH housed AS (
    SELECT PersonalID, 1 AS Excluded, CHStart, LastActive, coalesce(ExitDate, LastActive + 1) AS EndDate,
        CASE WHEN LSAProjectType IN ({LSAProjectType.any_rrh_psh}) THEN MoveInDate ELSE EntryDate END AS StartDate
    FROM lsa_ch_enrollment
    WHERE LSAProjectType IN ({LSAProjectType.th_any_rrh_psh})
),
sheltered AS (
    SELECT PersonalID, 0 AS Excluded, CHStart, LastActive, coalesce(ExitDate, LastActive + 1) AS EndDate,
        EntryDate AS StartDate
    FROM lsa_ch_enrollment
    WHERE LSAProjectType IN ({LSAProjectType.ee_sh})
    UNION ALL
    SELECT n.PersonalID, 0, n.CHStart, n.LastActive, b.Night + 1, b.Night
    FROM lsa_ch_enrollment AS n
    JOIN bed_night AS b ON b.EnrollmentID = n.EnrollmentID
    WHERE n.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night >= n.EntryDate
        AND (n.ExitDate IS NULL OR b.Night < n.ExitDate)
),
reported AS (
    SELECT PersonalID, 0 AS Excluded, CHStart, LastActive,
        CASE
            WHEN LSAProjectType IN ({LSAProjectType.es_sh_th}) THEN EntryDate
            ELSE coalesce(MoveInDate, ExitDate, LastActive + 1)
        END AS EndDate,
        DateToStreetESSH AS StartDate
    FROM lsa_ch_enrollment
    WHERE EntryDate > CHStart
        AND (Situation = 'homeless' OR (LSAProjectType NOT IN ({LSAProjectType.es_sh}) AND LSAHomelessBefore))
),
every_interval AS (
    SELECT PersonalID, Excluded, CHStart, LastActive, StartDate, EndDate FROM housed
    UNION ALL
    SELECT PersonalID, Excluded, CHStart, LastActive, StartDate, EndDate FROM sheltered
    UNION ALL
    SELECT PersonalID, Excluded, CHStart, LastActive, StartDate, EndDate FROM reported
),
clipped AS (
    SELECT PersonalID, Excluded, greatest(StartDate, CHStart) AS StartDate, least(EndDate, LastActive + 1) AS EndDate
    FROM every_interval
    WHERE StartDate IS NOT NULL
)
SELECT PersonalID, Excluded, StartDate, EndDate
FROM clipped
WHERE StartDate < EndDate
