-- Section: 7.9 Populations of exits; 7.12 System path of exits
-- Grain: one row per cohort, head of household and household type of 7.2
-- Inputs: lsa_exit_qualifying, lsa_exit_stay, lsa_exit_inactive, lsa_exit_member, lsa_exit_ch_time, lsa_enrollment,
--   client_race, client_veteran
WITH chronic AS (
    SELECT Cohort, HouseholdID,
        min(CASE
            WHEN DisabilityStatus = 1
                AND ((CHTime = 365 AND CHTimeStatus IN (1, 2)) OR (CHTime = 400 AND CHTimeStatus = 2)) THEN 1
            WHEN CHTime IN (365, 400) AND DisabilityStatus = 1 THEN 2
            WHEN CHTime IN (365, 400) AND DisabilityStatus = 99 THEN 3
            WHEN CHTime IN (365, 400) AND DisabilityStatus = 0 THEN 4
            WHEN CHTime = 270 AND DisabilityStatus = 1 AND CHTimeStatus = 99 THEN 5
            WHEN CHTime = 270 AND DisabilityStatus = 1 THEN 6
            WHEN CHTimeStatus = 99 AND DisabilityStatus <> 0 THEN 9
        END) AS HHChronic
    FROM lsa_exit_ch_time
    GROUP BY Cohort, HouseholdID
),
child AS (
    SELECT Cohort, HouseholdID, count(DISTINCT PersonalID) AS Children
    FROM lsa_exit_member
    WHERE Age IN ({LSAAge.child}) AND HHType = 2
    GROUP BY Cohort, HouseholdID
),
members AS (
    SELECT m.Cohort, m.HouseholdID,
        max(CASE WHEN m.IsAdult AND v.Veteran = 1 THEN 1 ELSE 0 END) AS HHVet,
        max(CASE WHEN m.DisabilityStatus = 1 AND (m.IsAdult OR m.PersonalID = m.HoHID) THEN 1 ELSE 0 END)
            AS HHDisability,
        coalesce(min(CASE WHEN m.IsHoHOrAdult AND m.DVStatus BETWEEN 1 AND 3 THEN m.DVStatus END), 0) AS HHFleeingDV,
        max(CASE WHEN m.RelationshipToHoH = {RelationshipToHoH.CHILD} THEN 1 ELSE 0 END) AS HHParent
    FROM lsa_exit_member AS m
    LEFT JOIN client_veteran AS v ON v.PersonalID = m.PersonalID
    GROUP BY m.Cohort, m.HouseholdID
),
ages AS (
    SELECT s.Cohort, s.HoHID, s.HHType,
        max(CASE s.Cohort WHEN -2 THEN n.Exit2Age WHEN -1 THEN n.Exit1Age ELSE n.ActiveAge END) AS Oldest,
        min(CASE s.Cohort WHEN -2 THEN n.Exit2Age WHEN -1 THEN n.Exit1Age ELSE n.ActiveAge END) AS Youngest
    FROM lsa_exit_stay AS s
    JOIN lsa_enrollment AS n ON n.HouseholdID = s.HouseholdID
    WHERE s.Qualifies = 1
    GROUP BY s.Cohort, s.HoHID, s.HHType
),
used AS (
    SELECT q.Cohort, q.HouseholdID,
        max(CASE WHEN s.LSAProjectType IN ({LSAProjectType.es_sh}) THEN 1 ELSE 0 END) AS ES,
        max(CASE WHEN s.LSAProjectType = {LSAProjectType.TH} THEN 1 ELSE 0 END) AS TH,
        max(CASE WHEN s.LSAProjectType = {LSAProjectType.RRH} THEN 1 ELSE 0 END) AS RRH,
        max(CASE WHEN s.LSAProjectType = {LSAProjectType.PSH} THEN 1 ELSE 0 END) AS PSH
    FROM lsa_exit_qualifying AS q
    JOIN lsa_exit_inactive AS i ON i.Cohort = q.Cohort AND i.HouseholdID = q.HouseholdID
    JOIN lsa_exit_stay AS s ON s.Cohort = q.Cohort AND s.HoHID = q.HoHID AND s.HHType = q.HHType
    WHERE s.EntryDate <= q.ExitDate
        AND (s.EntryDate > i.LastInactive
            OR (i.LastInactive = q.LookbackDate - 1 AND (s.ExitDate IS NULL OR s.ExitDate > q.LookbackDate - 1)))
    GROUP BY q.Cohort, q.HouseholdID
)
SELECT q.Cohort, q.HoHID, q.HHType, q.HouseholdID, q.Stat, q.ExitFrom, q.ExitTo, q.ReturnTime,
    coalesce(m.HHVet, 0) AS HHVet, coalesce(c.HHChronic, 0) AS HHChronic, m.HHDisability, m.HHFleeingDV,
    coalesce(r.LSARaceEthnicity, 99) AS HoHRaceEthnicity,
    CASE
        WHEN a.Oldest IN ({LSAAge.unknown}) OR q.HHType NOT IN (1, 2) THEN -1
        WHEN a.Oldest = {LSAAge.FROM_18_TO_21} THEN 18
        WHEN a.Oldest = {LSAAge.FROM_22_TO_24} THEN 24
        WHEN a.Youngest IN ({LSAAge.from_55}) THEN 55
        ELSE 25
    END AS HHAdultAge,
    m.HHParent, CASE WHEN k.Children >= 3 THEN 1 ELSE 0 END AS AC3Plus,
    CASE
        WHEN q.ExitFrom = 6 AND q.MoveInDate < q.CohortStart THEN -1
        WHEN q.ExitFrom IN (5, 6) AND q.MoveInDate + 365 <= q.ExitDate THEN -1
        ELSE CASE coalesce(u.ES + 10 * u.TH + 100 * u.RRH + 1000 * u.PSH, 0)
            WHEN 1 THEN 1 WHEN 10 THEN 2 WHEN 11 THEN 3 WHEN 100 THEN 4 WHEN 101 THEN 5 WHEN 110 THEN 6
            WHEN 111 THEN 7 WHEN 1000 THEN 8 WHEN 1001 THEN 9 WHEN 1101 THEN 10 WHEN 1100 THEN 11
            ELSE 12
        END
    END AS SystemPath
FROM lsa_exit_qualifying AS q
LEFT JOIN members AS m ON m.Cohort = q.Cohort AND m.HouseholdID = q.HouseholdID
LEFT JOIN chronic AS c ON c.Cohort = q.Cohort AND c.HouseholdID = q.HouseholdID
LEFT JOIN child AS k ON k.Cohort = q.Cohort AND k.HouseholdID = q.HouseholdID
LEFT JOIN ages AS a ON a.Cohort = q.Cohort AND a.HoHID = q.HoHID AND a.HHType = q.HHType
LEFT JOIN used AS u ON u.Cohort = q.Cohort AND u.HouseholdID = q.HouseholdID
LEFT JOIN client_race AS r ON r.PersonalID = q.HoHID
