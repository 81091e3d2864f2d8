-- Section: 7.5 Dates to exclude; 7.6 Dates to include in counts of ES/SH/street days, before gaps are filled
-- Grain: one row per enrollment and reason, or per bed night: days from StartDate up to but without EndDate
-- Inputs: lsa_exit_adult, lsa_enrollment, lsa_bed_night, Enrollment
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
        p.LastActive, p.AccountsFrom, e.LivingSituation, e.LengthOfStay, e.PreviousStreetESSH, e.DateToStreetESSH
    FROM lsa_enrollment AS n
    JOIN span AS p ON p.PersonalID = n.PersonalID
    JOIN Enrollment AS e ON e.EnrollmentID = n.EnrollmentID
),
every_interval AS (
    SELECT PersonalID, 1 AS Excluded, CHStart, LastActive,
        CASE WHEN LSAProjectType IN (3, 13) THEN MoveInDate ELSE EntryDate END AS StartDate, ExitDate AS EndDate
    FROM stay
    WHERE LSAProjectType IN (2, 3, 13)
    UNION ALL
    SELECT PersonalID, 0, CHStart, LastActive, EntryDate, ExitDate FROM stay WHERE LSAProjectType IN (0, 8)
    UNION ALL
    SELECT n.PersonalID, 0, n.CHStart, n.LastActive, b.Night, b.Night + 1
    FROM stay AS n
    JOIN lsa_bed_night AS b ON b.EnrollmentID = n.EnrollmentID
    WHERE n.LSAProjectType = 1 AND b.Night >= n.EntryDate AND b.Night < n.ExitDate
    UNION ALL
    SELECT PersonalID, 0, CHStart, LastActive, DateToStreetESSH,
        CASE WHEN LSAProjectType IN (0, 1, 2, 8) THEN EntryDate ELSE coalesce(MoveInDate, ExitDate) END
    FROM stay
    WHERE EntryDate > AccountsFrom
        AND (LivingSituation BETWEEN 100 AND 199
            OR (LSAProjectType NOT IN (0, 1, 8) AND PreviousStreetESSH = 1
                AND (LengthOfStay IN (10, 11)
                    OR (LengthOfStay IN (2, 3) AND LivingSituation BETWEEN 200 AND 299))))
),
clipped AS (
    SELECT PersonalID, Excluded, greatest(StartDate, CHStart) AS StartDate, least(EndDate, LastActive + 1) AS EndDate
    FROM every_interval
    WHERE StartDate IS NOT NULL AND EndDate IS NOT NULL
)
SELECT PersonalID, Excluded, StartDate, EndDate
FROM clipped
WHERE StartDate < EndDate
