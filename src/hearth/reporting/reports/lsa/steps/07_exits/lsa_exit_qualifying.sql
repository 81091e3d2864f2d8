-- Section: 7.2 Reportable exits; 7.3 Return time; 7.10 Engagement status
-- Grain: one row per cohort, head of household and household type with a qualifying exit
-- Inputs: lsa_exit_stay
-- Ties: exits of one household on one day to one destination, entered on one day: ranked.Number by HouseholdID;
--   stays before an exit: prior.Number by nothing
WITH ranked AS (
    SELECT s.*,
        row_number() OVER (
            PARTITION BY Cohort, HoHID, HHType
            ORDER BY CASE WHEN ExitDest BETWEEN 400 AND 499 THEN 2 WHEN ExitDest BETWEEN 100 AND 399 THEN 3 ELSE 4 END,
                ExitDate, ExitDest, EntryDate DESC, EnrollmentID DESC
        ) AS Number
    FROM lsa_exit_stay AS s
    WHERE Qualifies = 1
),
chosen AS (
    SELECT Cohort, CohortStart, CohortEnd, LookbackDate, HouseholdID, HoHID, LSAProjectType, EntryDate, MoveInDate,
        ExitDate, ExitDest, HHType
    FROM ranked
    WHERE Number = 1
),
return_stay AS (
    SELECT q.Cohort, q.HouseholdID, min(s.EntryDate) AS ReturnDate
    FROM chosen AS q
    JOIN lsa_exit_stay AS s ON s.Cohort = q.Cohort AND s.HoHID = q.HoHID AND s.HHType = q.HHType
    WHERE s.EntryDate BETWEEN q.ExitDate + 15 AND q.ExitDate + 730
    GROUP BY q.Cohort, q.HouseholdID
),
prior AS (
    SELECT q.Cohort, q.HouseholdID, s.ExitDate, s.ExitDest,
        row_number() OVER (
            PARTITION BY q.Cohort, q.HouseholdID
            ORDER BY s.ExitDate DESC, s.ExitDest, s.EntryDate, s.EnrollmentID DESC
        ) AS Number
    FROM chosen AS q
    JOIN lsa_exit_stay AS s ON s.Cohort = q.Cohort AND s.HoHID = q.HoHID AND s.HHType = q.HHType
    WHERE s.EntryDate < q.EntryDate AND s.ExitDate BETWEEN q.EntryDate - 730 AND q.ExitDate
)
SELECT q.*, q.ExitDest AS ExitTo,
    CASE
        WHEN q.LSAProjectType IN ({LSAProjectType.es}) THEN 2
        WHEN q.LSAProjectType = {LSAProjectType.TH} THEN 3
        WHEN q.LSAProjectType = {LSAProjectType.SH} THEN 4
        WHEN q.LSAProjectType = {LSAProjectType.RRH} THEN CASE WHEN q.MoveInDate IS NOT NULL THEN 5 ELSE 7 END
        WHEN q.LSAProjectType = {LSAProjectType.PSH} THEN CASE WHEN q.MoveInDate IS NOT NULL THEN 6 ELSE 8 END
        WHEN q.MoveInDate IS NOT NULL THEN 9
        ELSE 10
    END AS ExitFrom,
    coalesce(date_diff('day', q.ExitDate, b.ReturnDate), -1) AS ReturnTime,
    CASE
        WHEN p.HouseholdID IS NULL THEN 1
        WHEN p.ExitDate >= q.EntryDate - 14 THEN 5
        WHEN p.ExitDest BETWEEN 400 AND 499 THEN 2
        WHEN p.ExitDest BETWEEN 100 AND 399 THEN 3
        ELSE 4
    END AS Stat
FROM chosen AS q
LEFT JOIN return_stay AS b ON b.Cohort = q.Cohort AND b.HouseholdID = q.HouseholdID
LEFT JOIN prior AS p ON p.Cohort = q.Cohort AND p.HouseholdID = q.HouseholdID AND p.Number = 1
