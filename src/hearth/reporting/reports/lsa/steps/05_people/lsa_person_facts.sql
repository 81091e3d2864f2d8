-- Section: 5.3 Active clients; 5.4 Demographics; 5.5 The three years that count for chronic homelessness; 11.6 SSN
-- Grain: one row per PersonalID that the report counts
-- Inputs: lsa_parameters, lsa_enrollment, client_race, client_veteran, client_ssn, Client
-- HoHAdult: 0 neither, 1 adult, 2 head of household, 3 both.
-- The three years lead up to the last day in the whole system, whichever projects are chosen (3.1).
WITH stays AS (
    SELECT PersonalID,
        max(CASE WHEN Counted = 1 AND ActiveAge IN ({LSAAge.adult}) THEN 1 ELSE 0 END)
            + max(CASE WHEN Counted = 1 AND RelationshipToHoH = {RelationshipToHoH.HEAD} THEN 2 ELSE 0 END) AS HoHAdult,
        max(CASE WHEN Counted = 1 THEN DisabilityStatus END) AS Disability,
        min(CASE WHEN Counted = 1 THEN DVStatus END) AS DV,
        max(CASE WHEN AIR = 1 AND ActiveAge IN ({LSAAge.adult}) THEN HIV ELSE -1 END) AS HIV,
        max(CASE WHEN AIR = 1 AND ActiveAge IN ({LSAAge.adult}) THEN SMI ELSE -1 END) AS SMI,
        max(CASE WHEN AIR = 1 AND ActiveAge IN ({LSAAge.adult}) THEN SUD ELSE -1 END) AS SUD,
        max(CASE
            WHEN SystemActive = 0 THEN NULL
            WHEN ExitDate IS NULL AND (LastBedNight IS NULL OR LastBedNight = ReportEnd) THEN ReportEnd
            WHEN LastBedNight IS NOT NULL THEN LastBedNight + 1
            ELSE ExitDate
        END) AS LastActive
    FROM lsa_enrollment
    CROSS JOIN lsa_parameters
    GROUP BY PersonalID
    HAVING max(Counted) = 1
),
person AS (
    SELECT s.*, v.Veteran, a.LSARaceEthnicity, c.SSNDataQuality, n.SSNForm, n.SSNGroup
    FROM stays AS s
    JOIN Client AS c ON c.PersonalID = s.PersonalID
    JOIN client_veteran AS v ON v.PersonalID = s.PersonalID
    JOIN client_race AS a ON a.PersonalID = s.PersonalID
    JOIN client_ssn AS n ON n.PersonalID = s.PersonalID
)
SELECT PersonalID, HoHAdult,
    CASE WHEN HoHAdult > 0 THEN LastActive END AS LastActive,
    CASE WHEN HoHAdult > 0 THEN CAST(LastActive - INTERVAL 3 YEAR AS DATE) + 1 END AS CHStart,
    CASE WHEN HoHAdult IN (1, 3) THEN Veteran ELSE -1 END AS VetStatus,
    CASE
        WHEN HIV = 1 OR SMI = 1 OR SUD = 1 THEN 1
        WHEN HoHAdult = 0 THEN -1
        WHEN Disability = -2 THEN 98
        ELSE coalesce(Disability, 99)
    END AS DisabilityStatus,
    CASE WHEN HoHAdult = 0 THEN -1 WHEN DV = 10 THEN 0 ELSE coalesce(DV, 99) END AS DVStatus,
    LSARaceEthnicity AS RaceEthnicity,
    HIV, SMI, SUD, SSNGroup,
    CASE
        WHEN SSNDataQuality IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 9
        WHEN SSNDataQuality = {SSNDataQuality.PARTIAL} AND SSNForm = 'last4' THEN 4
        WHEN SSNForm = 'valid' THEN 1
        ELSE 0
    END AS SSNValid
FROM person
