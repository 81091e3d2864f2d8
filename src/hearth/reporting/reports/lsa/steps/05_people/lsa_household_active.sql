-- Section: 5.12 Population identifiers of active households
-- Grain: one row per HouseholdID of 3.3; zeros for those that are not active
-- Inputs: lsa_household_type, lsa_enrollment, lsa_person_facts, lsa_ch_time
WITH member AS (
    SELECT n.HouseholdID, n.RelationshipToHoH, n.ActiveAge, n.ActiveHHType, p.DisabilityStatus, p.VetStatus, p.DVStatus,
        n.ActiveAge IN ({LSAAge.adult}) AS IsAdult,
        n.ActiveAge IN ({LSAAge.adult}) OR n.RelationshipToHoH = {RelationshipToHoH.HEAD} AS IsHoHOrAdult,
        CASE
            WHEN p.DisabilityStatus = 1
                AND ((t.CHTime = 365 AND t.CHTimeStatus IN (1, 2)) OR (t.CHTime = 400 AND t.CHTimeStatus = 2)) THEN 1
            WHEN t.CHTime IN (365, 400) AND p.DisabilityStatus = 1 THEN 2
            WHEN t.CHTime IN (365, 400) AND p.DisabilityStatus IN (98, 99) THEN 3
            WHEN t.CHTime IN (365, 400) AND p.DisabilityStatus = 0 THEN 4
            WHEN t.CHTime = 270 AND p.DisabilityStatus = 1 AND t.CHTimeStatus = 99 THEN 5
            WHEN t.CHTime = 270 AND p.DisabilityStatus = 1 THEN 6
            WHEN t.CHTimeStatus = 99 AND p.DisabilityStatus <> 0 THEN 9
        END AS Chronic
    FROM lsa_enrollment AS n
    LEFT JOIN lsa_person_facts AS p ON p.PersonalID = n.PersonalID
    LEFT JOIN lsa_ch_time AS t ON t.PersonalID = n.PersonalID
    WHERE n.Active = 1
),
household AS (
    SELECT HouseholdID,
        min(CASE WHEN IsHoHOrAdult THEN Chronic END) AS HHChronic,
        max(CASE WHEN VetStatus = 1 AND IsAdult AND ActiveHHType <> 3 THEN 1 ELSE 0 END) AS HHVet,
        max(CASE WHEN DisabilityStatus = 1 AND IsHoHOrAdult THEN 1 ELSE 0 END) AS HHDisability,
        min(CASE
            WHEN DVStatus = 1 AND IsHoHOrAdult THEN 1
            WHEN DVStatus IN (2, 3) AND IsHoHOrAdult THEN 2
        END) AS HHFleeingDV,
        max(CASE WHEN RelationshipToHoH = {RelationshipToHoH.CHILD} THEN 1 ELSE 0 END) AS HHParent,
        max(ActiveAge) AS OldestAge, min(ActiveAge) AS YoungestAge,
        sum(CASE WHEN ActiveAge IN ({LSAAge.child}) AND ActiveHHType = 2 THEN 1 ELSE 0 END) AS Children
    FROM member
    GROUP BY HouseholdID
)
SELECT h.*,
    CASE WHEN h.Active = 1 THEN coalesce(m.HHChronic, 0) ELSE 0 END AS HHChronic,
    CASE WHEN h.Active = 1 THEN coalesce(m.HHVet, 0) ELSE 0 END AS HHVet,
    CASE WHEN h.Active = 1 THEN coalesce(m.HHDisability, 0) ELSE 0 END AS HHDisability,
    CASE WHEN h.Active = 1 THEN coalesce(m.HHFleeingDV, 0) ELSE 0 END AS HHFleeingDV,
    CASE
        WHEN h.Active = 0 THEN 0
        WHEN h.ActiveHHType NOT IN (1, 2) OR m.OldestAge IN ({LSAAge.unknown}) THEN -1
        WHEN m.OldestAge = {LSAAge.FROM_18_TO_21} THEN 18
        WHEN m.OldestAge = {LSAAge.FROM_22_TO_24} THEN 24
        WHEN m.YoungestAge IN ({LSAAge.from_55}) THEN 55
        ELSE 25
    END AS HHAdultAge,
    CASE WHEN h.Active = 1 THEN coalesce(m.HHParent, 0) ELSE 0 END AS HHParent,
    CASE WHEN h.Active = 1 AND coalesce(m.Children, 3) >= 3 THEN 1 ELSE 0 END AS AC3Plus
FROM lsa_household_type AS h
LEFT JOIN household AS m ON m.HouseholdID = h.HouseholdID
