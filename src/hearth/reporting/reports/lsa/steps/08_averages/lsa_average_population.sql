-- Section: 8.3 Populations for averages (tlsa_AveragePops)
-- Grain: one row per cohort, population, head of household and household type; population 0 is everybody
-- Inputs: lsa_hoh_detail, lsa_exit_detail, lsa_row_populations
WITH household AS (
    SELECT 1 AS Cohort, HoHID, HHType, HHAdultAge, HHParent, HHVet, HHChronic, HHDisability, HHFleeingDV, Stat,
        PSHMoveIn, HoHRaceEthnicity, CASE WHEN HHChild = 3 THEN 1 ELSE 0 END AS ThreeChildren
    FROM lsa_hoh_detail
    UNION ALL
    SELECT Cohort, HoHID, HHType, HHAdultAge, HHParent, HHVet, HHChronic, HHDisability, HHFleeingDV, Stat,
        0, HoHRaceEthnicity, AC3Plus
    FROM lsa_exit_detail
),
raced AS (
    SELECT household.*, CAST(HoHRaceEthnicity AS VARCHAR) AS Races
    FROM household
),
number AS (
    SELECT PopID
    FROM (VALUES (0), (10), (11), (12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23), (38), (39),
        (40), (41), (42), (43), (44), (45), (46), (47), (48)) AS t (PopID)
),
single AS (
    SELECT h.Cohort, h.HoHID, h.HHType,
        CASE
            WHEN p.PopID <> 23 THEN p.PopID
            ELSE CASE h.HoHRaceEthnicity
                WHEN 1 THEN 23 WHEN 16 THEN 24 WHEN 2 THEN 25 WHEN 26 THEN 26 WHEN 3 THEN 27 WHEN 36 THEN 28
                WHEN 6 THEN 29 WHEN 7 THEN 30 WHEN 67 THEN 31 WHEN 4 THEN 32 WHEN 46 THEN 33 WHEN 5 THEN 34
                WHEN 56 THEN 35
                ELSE CASE WHEN h.Races LIKE '%6%' THEN 37 ELSE 36 END
            END
        END AS PopID
    FROM raced AS h
    CROSS JOIN number AS p
    WHERE CASE p.PopID
            WHEN 0 THEN TRUE
            WHEN 10 THEN h.HHAdultAge = 18 AND h.HHType = 1
            WHEN 11 THEN h.HHAdultAge = 24 AND h.HHType = 1
            WHEN 12 THEN h.HHAdultAge IN (18, 24) AND h.HHType = 2 AND h.HHParent = 1
            WHEN 13 THEN h.HHVet = 1
            WHEN 14 THEN h.HHVet = 0 AND h.HHAdultAge IN (25, 55) AND h.HHType = 1
            WHEN 15 THEN h.HHChronic = 1
            WHEN 16 THEN h.HHChronic IN (1, 2)
            WHEN 17 THEN h.HHChronic IN (0, 3)
            WHEN 18 THEN h.HHDisability = 1
            WHEN 19 THEN h.HHFleeingDV = 1
            WHEN 20 THEN h.Stat = 1
            WHEN 21 THEN h.Stat = 2
            WHEN 22 THEN h.PSHMoveIn = 1
            WHEN 23 THEN h.HoHRaceEthnicity NOT IN (98, 99)
            WHEN 38 THEN h.Races LIKE '%1%'
            WHEN 39 THEN h.Races LIKE '%2%'
            WHEN 40 THEN h.Races LIKE '%3%'
            WHEN 41 THEN h.Races LIKE '%6%'
            WHEN 42 THEN h.Races LIKE '%7%'
            WHEN 43 THEN h.Races LIKE '%4%'
            WHEN 44 THEN h.Races LIKE '%5%'
            WHEN 45 THEN h.HHAdultAge = 55 AND h.HHType = 1
            WHEN 46 THEN h.HHParent = 1 AND h.HHType = 3
            WHEN 47 THEN h.ThreeChildren = 1 AND h.HHType = 2
            ELSE h.HHFleeingDV = 2
        END
),
pair AS (
    SELECT DISTINCT PopID, Pop1, Pop2 FROM lsa_row_populations WHERE Pop1 <> 0
)
SELECT Cohort, PopID, HoHID, HHType FROM single
UNION ALL
SELECT a.Cohort, w.PopID, a.HoHID, a.HHType
FROM pair AS w
JOIN single AS a ON a.PopID = w.Pop1
JOIN single AS b ON b.PopID = w.Pop2 AND b.Cohort = a.Cohort AND b.HoHID = a.HoHID AND b.HHType = a.HHType
