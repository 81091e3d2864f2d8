-- Section: 6.12 Last inactive date
-- Grain: one row per head of household and household type of 6.1
-- Inputs: lsa_parameters, lsa_hoh, lsa_household_active, bed_night
-- Stays, padded by six days and merged, make islands. The last inactive date is the day before the first entry,
-- or before the island that covers that day; never before the day before the lookback date.
-- The stays are those of the whole system, whichever projects are chosen (3.1). As in HUD's sample stays that ended
-- before the report count only where the household, in the whole system, is engaged continuously from its first entry
-- on, came by the report's first day, and had left one of them within the six days before.
WITH first_in_system AS (
    SELECT h.HoHID, h.HHType, h.FirstEntry, min(s.EntryDate) AS SystemEntry,
        max(CASE WHEN s.EntryDate < r.ReportStart AND s.LSAProjectType <> {LSAProjectType.RRH_SO} THEN 1
            ELSE 0 END) AS FromBefore
    FROM lsa_hoh AS h
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType AND s.SystemActive = 1
    CROSS JOIN lsa_parameters AS r
    GROUP BY h.HoHID, h.HHType, h.FirstEntry
),
household AS (
    SELECT h.HoHID, h.HHType, h.FirstEntry, h.SystemEntry, h.FromBefore,
        max(CASE WHEN s.ExitDate < h.SystemEntry AND s.ExitDate + 15 > h.SystemEntry THEN 1 ELSE 0 END) AS JustLeft,
        max(CASE WHEN s.ExitDate < r.ReportStart AND s.ExitDate + 6 >= h.SystemEntry THEN 1 ELSE 0 END) AS JustBefore
    FROM first_in_system AS h
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType
    CROSS JOIN lsa_parameters AS r
    GROUP BY h.HoHID, h.HHType, h.FirstEntry, h.SystemEntry, h.FromBefore
),
stay AS (
    SELECT h.HoHID, h.HHType, s.EnrollmentID, s.LSAProjectType, s.EntryDate, s.ExitDate, r.ReportEnd, r.LookbackDate
    FROM household AS h
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType
    CROSS JOIN lsa_parameters AS r
    WHERE s.SystemActive = 1
        OR (s.ExitDate < r.ReportStart AND h.JustBefore = 1 AND h.SystemEntry <= r.ReportStart
            AND (h.FromBefore = 1 OR h.JustLeft = 1))
),
padded AS (
    SELECT HoHID, HHType, EntryDate AS StartDate, coalesce(least(ExitDate + 6, ReportEnd), ReportEnd) + 1 AS EndDate
    FROM stay
    WHERE LSAProjectType <> {LSAProjectType.ES_NBN}
    UNION ALL
    SELECT s.HoHID, s.HHType, b.Night, least(b.Night + 6, s.ReportEnd) + 1
    FROM stay AS s
    JOIN bed_night AS b ON b.EnrollmentID = s.EnrollmentID
    WHERE s.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night BETWEEN s.LookbackDate AND s.ReportEnd
        AND b.Night >= s.EntryDate
        AND (s.ExitDate IS NULL OR b.Night < s.ExitDate)
),
started AS (
    SELECT HoHID, HHType, StartDate, EndDate,
        CASE
            WHEN StartDate <= max(EndDate) OVER (
                PARTITION BY HoHID, HHType ORDER BY StartDate, EndDate ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) THEN 0
            ELSE 1
        END AS IsFirst
    FROM padded
),
numbered AS (
    SELECT HoHID, HHType, StartDate, EndDate,
        sum(IsFirst) OVER (PARTITION BY HoHID, HHType ORDER BY StartDate, EndDate ROWS UNBOUNDED PRECEDING) AS Island
    FROM started
),
island AS (
    SELECT HoHID, HHType, min(StartDate) AS StartDate, max(EndDate) AS EndDate
    FROM numbered
    GROUP BY HoHID, HHType, Island
),
covering AS (
    SELECT h.HoHID, h.HHType, min(i.StartDate) AS StartDate
    FROM household AS h
    JOIN island AS i ON i.HoHID = h.HoHID AND i.HHType = h.HHType
    WHERE i.StartDate < h.FirstEntry AND i.EndDate >= h.FirstEntry
    GROUP BY h.HoHID, h.HHType
)
SELECT h.HoHID, h.HHType, greatest(coalesce(c.StartDate, h.FirstEntry) - 1, r.LookbackDate - 1) AS LastInactive
FROM household AS h
LEFT JOIN covering AS c ON c.HoHID = h.HoHID AND c.HHType = h.HHType
CROSS JOIN lsa_parameters AS r
