-- Section: 6.1 Households of LSAHousehold; 6.2 Populations; 6.9 Engagement status and return time
-- Grain: one row per head of household and household type with an active stay
-- Inputs: lsa_parameters, lsa_household_active, lsa_enrollment, lsa_person_detail, lsa_hoh_group
-- Ties: stays before the report of one household that ended on one day: prior.Number by ExitDest
WITH household AS (
    SELECT h.HoHID, h.ActiveHHType AS HHType, p.RaceEthnicity AS HoHRaceEthnicity, min(h.EntryDate) AS FirstEntry,
        coalesce(min(CASE WHEN h.HHChronic > 0 THEN h.HHChronic END), 0) AS HHChronic, max(h.HHVet) AS HHVet,
        max(h.HHDisability) AS HHDisability,
        coalesce(min(CASE WHEN h.HHFleeingDV > 0 THEN h.HHFleeingDV END), 0) AS HHFleeingDV,
        max(h.HHParent) AS HHParent,
        CASE
            WHEN max(CASE WHEN h.HHAdultAge = 18 THEN 1 END) = 1 THEN 18
            WHEN max(CASE WHEN h.HHAdultAge = 24 THEN 1 END) = 1 THEN 24
            WHEN max(CASE WHEN h.HHAdultAge = 55 THEN 1 END) = 1 THEN 55
            WHEN max(CASE WHEN h.HHAdultAge = 25 THEN 1 END) = 1 THEN 25
            ELSE -1
        END AS HHAdultAge
    FROM lsa_household_active AS h
    JOIN lsa_person_detail AS p ON p.PersonalID = h.HoHID
    CROSS JOIN lsa_parameters AS r
    WHERE h.Active = 1 AND h.ActiveHHType IS NOT NULL AND r.LSAScope <> 3
    GROUP BY h.HoHID, h.ActiveHHType, p.RaceEthnicity
),
member AS (
    SELECT h.HoHID, h.ActiveHHType AS HHType, n.PersonalID,
        max(CASE WHEN n.ActiveAge IN ({LSAAge.child}) THEN 1 ELSE 0 END) AS IsChild,
        max(CASE WHEN n.ActiveAge IN ({LSAAge.adult}) THEN 1 ELSE 0 END) AS IsAdult,
        max(CASE WHEN n.ActiveAge IN ({LSAAge.unknown}) THEN 1 ELSE 0 END) AS IsUnknown
    FROM lsa_household_active AS h
    JOIN lsa_enrollment AS n ON n.HouseholdID = h.HouseholdID
    WHERE n.Active = 1
    GROUP BY h.HoHID, h.ActiveHHType, n.PersonalID
),
members AS (
    SELECT HoHID, HHType, least(sum(IsChild), 3) AS HHChild,
        least(sum(CASE WHEN IsAdult = 1 AND IsChild = 0 THEN 1 ELSE 0 END), 3) AS HHAdult,
        least(sum(IsUnknown), 3) AS HHNoDOB
    FROM member
    GROUP BY HoHID, HHType
),
continuing AS (
    SELECT HoHID, HHType, max(CASE WHEN Status IN (11, 12) THEN 1 ELSE 0 END) AS FromBefore
    FROM lsa_hoh_group
    WHERE ProjectGroup <> 'RRHSO'
    GROUP BY HoHID, HHType
),
prior AS (
    SELECT h.HoHID, h.HHType, p.ExitDate, p.ExitDest,
        row_number() OVER (PARTITION BY h.HoHID, h.HHType ORDER BY p.ExitDate DESC, p.HouseholdID) AS Number
    FROM household AS h
    JOIN lsa_household_active AS p ON p.HoHID = h.HoHID AND p.ActiveHHType = h.HHType
    WHERE p.ExitDate >= h.FirstEntry - 730 AND p.ExitDate < h.FirstEntry
),
engaged AS (
    SELECT h.*, coalesce(m.HHAdult, 0) AS HHAdult, coalesce(m.HHChild, 0) AS HHChild,
        coalesce(m.HHNoDOB, 0) AS HHNoDOB, p.ExitDate AS PriorExit,
        CASE
            WHEN c.FromBefore = 1 THEN 5
            WHEN p.HoHID IS NULL THEN 1
            WHEN p.ExitDate + 15 > h.FirstEntry THEN 5
            WHEN p.ExitDest BETWEEN 400 AND 499 THEN 2
            WHEN p.ExitDest BETWEEN 100 AND 399 THEN 3
            ELSE 4
        END AS Stat
    FROM household AS h
    LEFT JOIN members AS m ON m.HoHID = h.HoHID AND m.HHType = h.HHType
    LEFT JOIN continuing AS c ON c.HoHID = h.HoHID AND c.HHType = h.HHType
    LEFT JOIN prior AS p ON p.HoHID = h.HoHID AND p.HHType = h.HHType AND p.Number = 1
)
SELECT engaged.*,
    CASE WHEN Stat IN (1, 5) THEN -1 ELSE date_diff('day', PriorExit, FirstEntry) END AS ReturnTime
FROM engaged
