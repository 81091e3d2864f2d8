-- Section: 9.1 Populations for active-in-residence counts (tlsa_CountPops)
-- Grain: one row per population and household, person, or person in a household; population 0 is everybody
-- Inputs: lsa_household_active, lsa_enrollment, lsa_person_detail, lsa_row_populations
WITH household AS (
    SELECT 10 AS PopID, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHAdultAge = 18 AND ActiveHHType = 1
    UNION ALL
    SELECT 11, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHAdultAge = 24 AND ActiveHHType = 1
    UNION ALL
    SELECT 12, HouseholdID FROM lsa_household_active
    WHERE AIR = 1 AND HHParent = 1 AND HHAdultAge IN (18, 24) AND ActiveHHType = 2
    UNION ALL
    SELECT 13, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHVet = 1
    UNION ALL
    SELECT 14, HouseholdID FROM lsa_household_active
    WHERE AIR = 1 AND HHVet = 0 AND HHAdultAge IN (25, 55) AND ActiveHHType = 1
    UNION ALL
    SELECT 15, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHChronic = 1
    UNION ALL
    SELECT 18, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHDisability = 1
    UNION ALL
    SELECT 19, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHFleeingDV = 1
    UNION ALL
    SELECT 45, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHAdultAge = 55 AND ActiveHHType = 1
    UNION ALL
    SELECT 46, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHParent = 1 AND ActiveHHType = 3
    UNION ALL
    SELECT 48, HouseholdID FROM lsa_household_active WHERE AIR = 1 AND HHFleeingDV = 2
),
resident AS (
    SELECT PersonalID, max(CASE WHEN ActiveAge NOT IN ({LSAAge.unknown}) THEN ActiveAge END) AS Age
    FROM lsa_enrollment
    WHERE AIR = 1
    GROUP BY PersonalID
),
person AS (
    SELECT r.PersonalID, r.Age, p.VetStatus, p.DisabilityStatus, p.DVStatus, p.CHTime, p.CHTimeStatus, p.RaceEthnicity,
        CAST(p.RaceEthnicity AS VARCHAR) AS Races
    FROM resident AS r
    JOIN lsa_person_detail AS p ON p.PersonalID = r.PersonalID
),
raced AS (
    SELECT PersonalID, Races, RaceEthnicity FROM person WHERE RaceEthnicity NOT IN (98, 99)
),
personal AS (
    SELECT 50 AS PopID, PersonalID FROM person WHERE VetStatus = 1
    UNION ALL
    SELECT 53, PersonalID FROM person
    WHERE DisabilityStatus = 1 AND ((CHTime = 365 AND CHTimeStatus IN (1, 2)) OR (CHTime = 400 AND CHTimeStatus = 2))
    UNION ALL
    SELECT 54, PersonalID FROM person WHERE DisabilityStatus = 1
    UNION ALL
    SELECT 55, PersonalID FROM person WHERE DVStatus = 1
    UNION ALL
    SELECT CASE RaceEthnicity
            WHEN 1 THEN 56 WHEN 16 THEN 57 WHEN 2 THEN 58 WHEN 26 THEN 59 WHEN 3 THEN 60 WHEN 36 THEN 61
            WHEN 6 THEN 62 WHEN 7 THEN 63 WHEN 67 THEN 64 WHEN 4 THEN 65 WHEN 46 THEN 66 WHEN 5 THEN 67
            WHEN 56 THEN 68
            ELSE CASE WHEN Races LIKE '%6%' THEN 70 ELSE 69 END
        END,
        PersonalID
    FROM raced
    UNION ALL
    SELECT 71, PersonalID FROM raced WHERE Races LIKE '%1%'
    UNION ALL
    SELECT 72, PersonalID FROM raced WHERE Races LIKE '%2%'
    UNION ALL
    SELECT 73, PersonalID FROM raced WHERE Races LIKE '%3%'
    UNION ALL
    SELECT 74, PersonalID FROM raced WHERE Races LIKE '%6%'
    UNION ALL
    SELECT 75, PersonalID FROM raced WHERE Races LIKE '%7%'
    UNION ALL
    SELECT 76, PersonalID FROM raced WHERE Races LIKE '%4%'
    UNION ALL
    SELECT 77, PersonalID FROM raced WHERE Races LIKE '%5%'
    UNION ALL
    SELECT CASE Age
            WHEN {LSAAge.UNDER_1} THEN 86 WHEN {LSAAge.FROM_1_TO_2} THEN 87 WHEN {LSAAge.FROM_3_TO_5} THEN 88
            WHEN {LSAAge.FROM_6_TO_17} THEN 89 WHEN {LSAAge.FROM_18_TO_21} THEN 90 WHEN {LSAAge.FROM_22_TO_24} THEN 91
            WHEN {LSAAge.FROM_25_TO_34} THEN 92 WHEN {LSAAge.FROM_35_TO_44} THEN 93 WHEN {LSAAge.FROM_45_TO_54} THEN 94
            WHEN {LSAAge.FROM_55_TO_64} THEN 95 ELSE 96
        END,
        PersonalID
    FROM resident
    WHERE Age IS NOT NULL
    UNION ALL
    SELECT 97, PersonalID FROM person WHERE DVStatus IN (2, 3)
),
both_known AS (
    SELECT 51 AS PopID, HoHID AS PersonalID, HouseholdID FROM lsa_household_active
    WHERE AIR = 1 AND HHAdultAge IN (18, 24) AND HHParent = 1 AND ActiveHHType = 2
    UNION ALL
    SELECT 52, HoHID, HouseholdID FROM lsa_household_active
    WHERE AIR = 1 AND HHParent = 1 AND ActiveHHType = 3
    UNION ALL
    SELECT CASE
            WHEN h.ActiveHHType = 1 THEN CASE WHEN n.ActiveAge = {LSAAge.FROM_18_TO_21} THEN 1190 ELSE 1191 END
            ELSE CASE WHEN n.ActiveAge = {LSAAge.FROM_18_TO_21} THEN 1290 ELSE 1291 END
        END,
        n.PersonalID, n.HouseholdID
    FROM lsa_enrollment AS n
    JOIN lsa_household_active AS h ON h.HouseholdID = n.HouseholdID
    WHERE n.AIR = 1 AND h.HHAdultAge IN (18, 24) AND n.ActiveAge IN ({LSAAge.FROM_18_TO_21}, {LSAAge.FROM_22_TO_24})
        AND (h.ActiveHHType = 1 OR (h.ActiveHHType = 2 AND h.HHParent = 1))
),
single AS (
    SELECT PopID, PersonalID, CAST(NULL AS VARCHAR) AS HouseholdID FROM personal
    UNION ALL
    SELECT DISTINCT PopID, PersonalID, HouseholdID FROM both_known
)
SELECT 0 AS PopID, CAST(NULL AS VARCHAR) AS PersonalID, CAST(NULL AS VARCHAR) AS HouseholdID
UNION ALL
SELECT PopID, CAST(NULL AS VARCHAR), HouseholdID FROM household
UNION ALL
SELECT PopID, PersonalID, HouseholdID FROM single
UNION ALL
SELECT DISTINCT w.PopID, a.PersonalID, a.HouseholdID
FROM lsa_row_populations AS w
JOIN single AS a ON a.PopID = w.Pop1
JOIN single AS b ON b.PopID = w.Pop2 AND b.PersonalID = a.PersonalID
WHERE w.RowMin >= 53 AND w.RowMax <> 64
