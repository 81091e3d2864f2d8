-- Section: 6.11 Dates housed; 6.13 Dates of other system use; 6.14 Other dates homeless
-- Grain: one row per stay and use, or per bed night: days from StartDate up to but without EndDate
-- Inputs: lsa_parameters, lsa_hoh, lsa_hoh_inactive, lsa_household_active, bed_night,
--   prior_living_situation
-- SysStatus, the lowest of a day counts: 1 housed in PSH, 2 in RRH, 3 TH, 4 ES or SH, 5 before move-in to PSH,
-- 6 to RRH, 7 homeless by the client's account. As in HUD's output that account starts on the last inactive day
-- itself, and follows the household type at entry.
WITH stay AS (
    SELECT h.HoHID, h.HHType, i.LastInactive, s.EnrollmentID, s.LSAProjectType, s.EntryDate, s.MoveInDate, s.ExitDate,
        s.Active, r.ReportEnd, r.LookbackDate, greatest(i.LastInactive + 1, r.LookbackDate) AS CountedFrom
    FROM lsa_hoh AS h
    JOIN lsa_hoh_inactive AS i ON i.HoHID = h.HoHID AND i.HHType = h.HHType
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.ActiveHHType = h.HHType
    CROSS JOIN lsa_parameters AS r
),
account AS (
    SELECT h.HoHID, h.HHType, greatest(e.DateToStreetESSH, i.LastInactive) AS StartDate, s.EntryDate AS EndDate
    FROM lsa_hoh AS h
    JOIN lsa_hoh_inactive AS i ON i.HoHID = h.HoHID AND i.HHType = h.HHType
    JOIN lsa_household_active AS s ON s.HoHID = h.HoHID AND s.EntryHHType = h.HHType
    JOIN prior_living_situation AS e ON e.EnrollmentID = s.EnrollmentID
    WHERE e.DateToStreetESSH < s.EntryDate AND s.EntryDate > i.LastInactive
        AND (s.LSAProjectType IN ({LSAProjectType.es_sh}) OR e.Situation = 'homeless' OR e.LSAHomelessBefore)
),
every_interval AS (
    SELECT HoHID, HHType, CASE WHEN LSAProjectType = {LSAProjectType.PSH} THEN 1 ELSE 2 END AS SysStatus,
        greatest(MoveInDate, LookbackDate) AS StartDate, coalesce(ExitDate, ReportEnd + 1) AS EndDate
    FROM stay
    WHERE LSAProjectType IN ({LSAProjectType.rrh_psh}) AND Active = 1 AND MoveInDate IS NOT NULL
    UNION ALL
    SELECT HoHID, HHType, CASE WHEN LSAProjectType = {LSAProjectType.TH} THEN 3
        ELSE 4 END, greatest(EntryDate, CountedFrom),
        coalesce(ExitDate, ReportEnd + 1)
    FROM stay
    WHERE LSAProjectType IN ({LSAProjectType.ee_sh_th})
    UNION ALL
    SELECT s.HoHID, s.HHType, 4, b.Night, b.Night + 1
    FROM stay AS s
    JOIN bed_night AS b ON b.EnrollmentID = s.EnrollmentID
    WHERE s.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night >= greatest(s.EntryDate, s.CountedFrom)
        AND b.Night < coalesce(s.ExitDate, s.ReportEnd + 1)
    UNION ALL
    SELECT HoHID, HHType, CASE WHEN LSAProjectType = {LSAProjectType.PSH} THEN 5
        ELSE 6 END, greatest(EntryDate, CountedFrom),
        coalesce(MoveInDate, ExitDate, ReportEnd + 1)
    FROM stay
    WHERE LSAProjectType IN ({LSAProjectType.rrh_psh})
    UNION ALL
    SELECT HoHID, HHType, 7, StartDate, EndDate FROM account
)
SELECT HoHID, HHType, SysStatus, StartDate, EndDate
FROM every_interval
WHERE StartDate < EndDate
