-- Section: 6.12 Last inactive date
-- Grain: one row per head of household and household type of 6.1
-- Inputs: lsa_parameters, lsa_hoh, lsa_household_active, lsa_bed_night
-- Stays, padded by six days and merged, make islands. The last inactive date is the day before the first entry,
-- or before the island that covers that day; never before the day before the lookback date.
WITH household AS (
    SELECT h.HoHID, h.HHType, h.FirstEntry, h.Stat,
        max(CASE WHEN s.ExitDate < r.ReportStart AND s.ExitDate + 6 >= h.FirstEntry THEN 1 ELSE 0 END) AS JustBefore
    FROM lsa_hoh AS h
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType
    CROSS JOIN lsa_parameters AS r
    GROUP BY h.HoHID, h.HHType, h.FirstEntry, h.Stat
),
stay AS (
    SELECT h.HoHID, h.HHType, s.EnrollmentID, s.LSAProjectType, s.EntryDate, s.ExitDate, r.ReportEnd, r.LookbackDate
    FROM household AS h
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType
    CROSS JOIN lsa_parameters AS r
    WHERE h.Stat = 5 AND h.JustBefore = 1 AND h.FirstEntry <= r.ReportStart
        AND (s.Active = 1 OR s.ExitDate < r.ReportStart)
),
padded AS (
    SELECT HoHID, HHType, EntryDate AS StartDate, coalesce(least(ExitDate + 6, ReportEnd), ReportEnd) + 1 AS EndDate
    FROM stay
    WHERE LSAProjectType <> 1
    UNION ALL
    SELECT s.HoHID, s.HHType, b.Night, least(b.Night + 6, s.ReportEnd) + 1
    FROM stay AS s
    JOIN lsa_bed_night AS b ON b.EnrollmentID = s.EnrollmentID
    WHERE s.LSAProjectType = 1 AND b.Night BETWEEN s.LookbackDate AND s.ReportEnd AND b.Night >= s.EntryDate
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
