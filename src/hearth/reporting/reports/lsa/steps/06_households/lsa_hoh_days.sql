-- Section: 6.10 RRHPreMoveInDays; 6.14 Other3917Days; 6.15 System use days
-- Grain: one row per head of household and household type of 6.1
-- Inputs: lsa_parameters, lsa_hoh, lsa_hoh_inactive, lsa_hoh_interval, lsa_household_active,
--   prior_living_situation
-- Ties: stays from one day on, whose days are a union: waiting.CoveredUntil by nothing
-- Sweep: starts and ends cut the time into segments; a segment has the lowest status among what covers it.
WITH event AS (
    SELECT HoHID, HHType, SysStatus, StartDate AS Day, 1 AS Change FROM lsa_hoh_interval
    UNION ALL
    SELECT HoHID, HHType, SysStatus, EndDate, -1 FROM lsa_hoh_interval
),
change AS (
    SELECT HoHID, HHType, Day,
        sum(CASE WHEN SysStatus = 1 THEN Change ELSE 0 END) AS S1,
        sum(CASE WHEN SysStatus = 2 THEN Change ELSE 0 END) AS S2,
        sum(CASE WHEN SysStatus = 3 THEN Change ELSE 0 END) AS S3,
        sum(CASE WHEN SysStatus = 4 THEN Change ELSE 0 END) AS S4,
        sum(CASE WHEN SysStatus = 5 THEN Change ELSE 0 END) AS S5,
        sum(CASE WHEN SysStatus = 6 THEN Change ELSE 0 END) AS S6,
        sum(CASE WHEN SysStatus = 7 THEN Change ELSE 0 END) AS S7
    FROM event
    GROUP BY HoHID, HHType, Day
),
segment AS (
    SELECT HoHID, HHType, date_diff('day', Day, lead(Day) OVER w) AS Days,
        sum(S1) OVER w AS S1,
        sum(S2) OVER w AS S2,
        sum(S3) OVER w AS S3,
        sum(S4) OVER w AS S4,
        sum(S5) OVER w AS S5,
        sum(S6) OVER w AS S6,
        sum(S7) OVER w AS S7
    FROM change
    WINDOW w AS (PARTITION BY HoHID, HHType ORDER BY Day)
),
judged AS (
    SELECT HoHID, HHType, Days,
        CASE
            WHEN S1 > 0 THEN 1 WHEN S2 > 0 THEN 2 WHEN S3 > 0 THEN 3 WHEN S4 > 0 THEN 4 WHEN S5 > 0 THEN 5
            WHEN S6 > 0 THEN 6 WHEN S7 > 0 THEN 7
        END AS SysStatus
    FROM segment
    WHERE Days IS NOT NULL
),
used AS (
    SELECT HoHID, HHType,
        sum(CASE WHEN SysStatus = 1 THEN Days ELSE 0 END) AS D1,
        sum(CASE WHEN SysStatus = 2 THEN Days ELSE 0 END) AS D2,
        sum(CASE WHEN SysStatus = 3 THEN Days ELSE 0 END) AS D3,
        sum(CASE WHEN SysStatus = 4 THEN Days ELSE 0 END) AS D4,
        sum(CASE WHEN SysStatus = 5 THEN Days ELSE 0 END) AS D5,
        sum(CASE WHEN SysStatus = 6 THEN Days ELSE 0 END) AS D6,
        sum(CASE WHEN SysStatus = 7 THEN Days ELSE 0 END) AS D7
    FROM judged
    GROUP BY HoHID, HHType
),
before AS (
    SELECT h.HoHID, h.HHType, date_diff('day', min(e.DateToStreetESSH), max(i.LastInactive)) + 1 AS Days
    FROM lsa_hoh AS h
    JOIN lsa_hoh_inactive AS i ON i.HoHID = h.HoHID AND i.HHType = h.HHType
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType
    JOIN prior_living_situation AS e ON e.EnrollmentID = s.EnrollmentID
    WHERE s.EntryDate > i.LastInactive AND e.DateToStreetESSH <= i.LastInactive
        AND (s.LSAProjectType IN ({LSAProjectType.es_sh}) OR e.Situation = 'homeless' OR e.LSAHomelessBefore)
    GROUP BY h.HoHID, h.HHType
),
waiting AS (
    SELECT s.HoHID, s.ActiveHHType AS HHType, s.EntryDate AS StartDate,
        coalesce(s.MoveInDate, s.ExitDate + 1, r.ReportEnd + 1) AS EndDate,
        max(coalesce(s.MoveInDate, s.ExitDate + 1, r.ReportEnd + 1)) OVER (
            PARTITION BY s.HoHID, s.ActiveHHType ORDER BY s.EntryDate, s.HouseholdID
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS CoveredUntil
    FROM lsa_household_active AS s
    CROSS JOIN lsa_parameters AS r
    WHERE s.LSAProjectType = {LSAProjectType.RRH} AND s.Active = 1
),
waited AS (
    SELECT HoHID, HHType, sum(greatest(0, date_diff('day', greatest(StartDate, CoveredUntil), EndDate))) AS Days
    FROM waiting
    GROUP BY HoHID, HHType
)
SELECT h.HoHID, h.HHType, coalesce(w.Days, 0) AS RRHPreMoveInDays, coalesce(u.D1, 0) AS PSHHousedDays,
    coalesce(u.D4, 0) AS ESDays, coalesce(u.D3, 0) AS THDays, coalesce(u.D3 + u.D4, 0) AS ESTDays,
    coalesce(u.D5 + u.D6, 0) AS RRHPSHPreMoveInDays, coalesce(u.D2, 0) AS RRHHousedDays,
    coalesce(u.D2 + u.D3 + u.D4 + u.D5 + u.D6, 0) AS SystemDaysNotPSHHoused,
    coalesce(u.D3 + u.D4 + u.D5 + u.D6, 0) AS SystemHomelessDays,
    coalesce(b.Days, 0) + coalesce(u.D7, 0) AS Other3917Days,
    coalesce(b.Days, 0) + coalesce(u.D3 + u.D4 + u.D5 + u.D6 + u.D7, 0) AS TotalHomelessDays,
    coalesce(u.D5, 0) AS BeforePSHDays, coalesce(u.D6, 0) AS BeforeRRHDays
FROM lsa_hoh AS h
LEFT JOIN used AS u ON u.HoHID = h.HoHID AND u.HHType = h.HHType
LEFT JOIN before AS b ON b.HoHID = h.HoHID AND b.HHType = h.HHType
LEFT JOIN waited AS w ON w.HoHID = h.HoHID AND w.HHType = h.HHType
