-- Section: 5.11 Ages by project group; 5.13 Household types by project group; 5.14 Adult ages by project group
-- Grain: one row per PersonalID that the report counts, with a column per measure and project group
-- Inputs: lsa_person_facts, lsa_ch_time, lsa_enrollment, lsa_household_active
-- A household-type column lists the digits of all types (1, 2, 3, 9) that a person was served in, -1 for none.
-- EST is ES, SH and TH; types of RRH-SO stand apart with and without a move-in.
WITH stay AS (
    SELECT n.PersonalID, n.RelationshipToHoH, n.ActiveAge, n.Active, n.AIR, n.MoveInDate, n.LSAProjectType,
        n.ActiveAge IN ({LSAAge.adult}) AS IsAdult, h.ActiveHHType, h.HHChronic, h.HHVet, h.HHDisability, h.HHFleeingDV,
        h.HHParent, h.AC3Plus,
        CASE WHEN n.Active = 1 AND h.HHAdultAge BETWEEN 18 AND 55 THEN h.HHAdultAge END AS AdultAge,
        CASE h.ActiveHHType WHEN 1 THEN 8 WHEN 2 THEN 4 WHEN 3 THEN 2 ELSE 1 END AS TypeBit,
        CASE
            WHEN n.LSAProjectType IN ({LSAProjectType.es_sh_th}) THEN 'EST'
            WHEN n.LSAProjectType = {LSAProjectType.RRH} THEN 'RRH'
            WHEN n.LSAProjectType = {LSAProjectType.PSH} THEN 'PSH'
            WHEN n.LSAProjectType = {LSAProjectType.RRH_SO} THEN 'RRHSO'
        END AS ProjectGroup
    FROM lsa_enrollment AS n
    JOIN lsa_household_active AS h ON h.HouseholdID = n.HouseholdID
    WHERE n.Active = 1 OR n.AIR = 1
),
flagged AS (
    SELECT stay.*, CASE WHEN Active = 1 THEN TypeBit END AS ActiveBit, CASE WHEN AIR = 1 THEN TypeBit END AS AIRBit
    FROM stay
),
code AS (
    -- Four characters for each of the sixteen sets of household types: adults only 8, with children 4, children
    -- only 2, unknown 1.
    SELECT '  -1   9   3  39   2  29  23 239'
        || '   1  19  13 139  12 129 1231239' AS Codes
),
bits AS (
    SELECT PersonalID,
        bit_or(CASE WHEN ProjectGroup = 'EST' THEN ActiveBit END) AS HHTypeEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND RelationshipToHoH = {RelationshipToHoH.HEAD}
            THEN ActiveBit END) AS HoHEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND IsAdult THEN ActiveBit END) AS AdultEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND IsAdult THEN AIRBit END) AS AIRAdultEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND HHChronic = 1 THEN ActiveBit END) AS HHChronicEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND HHVet = 1 THEN ActiveBit END) AS HHVetEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND HHDisability = 1 THEN ActiveBit END) AS HHDisabilityEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND HHFleeingDV = 1 THEN ActiveBit END) AS HHFleeingDVEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND HHParent = 1 THEN ActiveBit END) AS HHParentEST,
        bit_or(CASE WHEN ProjectGroup = 'EST' THEN AIRBit END) AS AIREST,
        bit_or(CASE WHEN ProjectGroup = 'EST' AND RelationshipToHoH = {RelationshipToHoH.HEAD}
            THEN AIRBit END) AS AIRHoHEST,
        bit_or(CASE WHEN ProjectGroup = 'RRH' THEN ActiveBit END) AS HHTypeRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND RelationshipToHoH = {RelationshipToHoH.HEAD}
            THEN ActiveBit END) AS HoHRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND IsAdult THEN ActiveBit END) AS AdultRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND IsAdult THEN AIRBit END) AS AIRAdultRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND HHChronic = 1 THEN ActiveBit END) AS HHChronicRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND HHVet = 1 THEN ActiveBit END) AS HHVetRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND HHDisability = 1 THEN ActiveBit END) AS HHDisabilityRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND HHFleeingDV = 1 THEN ActiveBit END) AS HHFleeingDVRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND HHParent = 1 THEN ActiveBit END) AS HHParentRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' THEN AIRBit END) AS AIRRRH,
        bit_or(CASE WHEN ProjectGroup = 'RRH' AND RelationshipToHoH = {RelationshipToHoH.HEAD}
            THEN AIRBit END) AS AIRHoHRRH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' THEN ActiveBit END) AS HHTypePSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND RelationshipToHoH = {RelationshipToHoH.HEAD}
            THEN ActiveBit END) AS HoHPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND IsAdult THEN ActiveBit END) AS AdultPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND IsAdult THEN AIRBit END) AS AIRAdultPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND HHChronic = 1 THEN ActiveBit END) AS HHChronicPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND HHVet = 1 THEN ActiveBit END) AS HHVetPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND HHDisability = 1 THEN ActiveBit END) AS HHDisabilityPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND HHFleeingDV = 1 THEN ActiveBit END) AS HHFleeingDVPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND HHParent = 1 THEN ActiveBit END) AS HHParentPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' THEN AIRBit END) AS AIRPSH,
        bit_or(CASE WHEN ProjectGroup = 'PSH' AND RelationshipToHoH = {RelationshipToHoH.HEAD}
            THEN AIRBit END) AS AIRHoHPSH,
        bit_or(CASE WHEN ProjectGroup = 'RRHSO' AND MoveInDate IS NULL THEN ActiveBit END) AS HHTypeRRHSONoMI,
        bit_or(CASE WHEN ProjectGroup = 'RRHSO' AND MoveInDate IS NOT NULL THEN ActiveBit END) AS HHTypeRRHSOMI,
        bit_or(CASE WHEN LSAProjectType IN ({LSAProjectType.es}) THEN ActiveBit END) AS HHTypeES,
        bit_or(CASE WHEN LSAProjectType = {LSAProjectType.SH} THEN ActiveBit END) AS HHTypeSH,
        bit_or(CASE WHEN LSAProjectType = {LSAProjectType.TH} THEN ActiveBit END) AS HHTypeTH,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' AND Active = 1 THEN AC3Plus END), -1) AS AC3PlusEST,
        min(CASE WHEN ProjectGroup = 'EST' AND ActiveHHType = 1 THEN AdultAge END) AS AOMinEST,
        max(CASE WHEN ProjectGroup = 'EST' AND ActiveHHType = 1 THEN AdultAge END) AS AOMaxEST,
        min(CASE WHEN ProjectGroup = 'EST' AND ActiveHHType = 2 THEN AdultAge END) AS ACMinEST,
        max(CASE WHEN ProjectGroup = 'EST' AND ActiveHHType = 2 THEN AdultAge END) AS ACMaxEST,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' AND Active = 1 THEN AC3Plus END), -1) AS AC3PlusRRH,
        min(CASE WHEN ProjectGroup = 'RRH' AND ActiveHHType = 1 THEN AdultAge END) AS AOMinRRH,
        max(CASE WHEN ProjectGroup = 'RRH' AND ActiveHHType = 1 THEN AdultAge END) AS AOMaxRRH,
        min(CASE WHEN ProjectGroup = 'RRH' AND ActiveHHType = 2 THEN AdultAge END) AS ACMinRRH,
        max(CASE WHEN ProjectGroup = 'RRH' AND ActiveHHType = 2 THEN AdultAge END) AS ACMaxRRH,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' AND Active = 1 THEN AC3Plus END), -1) AS AC3PlusPSH,
        min(CASE WHEN ProjectGroup = 'PSH' AND ActiveHHType = 1 THEN AdultAge END) AS AOMinPSH,
        max(CASE WHEN ProjectGroup = 'PSH' AND ActiveHHType = 1 THEN AdultAge END) AS AOMaxPSH,
        min(CASE WHEN ProjectGroup = 'PSH' AND ActiveHHType = 2 THEN AdultAge END) AS ACMinPSH,
        max(CASE WHEN ProjectGroup = 'PSH' AND ActiveHHType = 2 THEN AdultAge END) AS ACMaxPSH,
        coalesce(min(CASE WHEN ProjectGroup = 'EST' AND Active = 1 THEN ActiveAge END), -1) AS ESTAgeMin,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' AND Active = 1 THEN ActiveAge END), -1) AS ESTAgeMax,
        coalesce(min(CASE WHEN ProjectGroup = 'RRH' AND Active = 1 THEN ActiveAge END), -1) AS RRHAgeMin,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' AND Active = 1 THEN ActiveAge END), -1) AS RRHAgeMax,
        coalesce(min(CASE WHEN ProjectGroup = 'PSH' AND Active = 1 THEN ActiveAge END), -1) AS PSHAgeMin,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' AND Active = 1 THEN ActiveAge END), -1) AS PSHAgeMax,
        coalesce(min(CASE WHEN ProjectGroup = 'RRHSO' AND Active = 1 THEN ActiveAge END), -1) AS RRHSOAgeMin,
        coalesce(max(CASE WHEN ProjectGroup = 'RRHSO' AND Active = 1 THEN ActiveAge END), -1) AS RRHSOAgeMax
    FROM flagged
    GROUP BY PersonalID
)
SELECT p.PersonalID, p.HoHAdult, p.CHStart, p.LastActive, p.RaceEthnicity, p.VetStatus, p.DisabilityStatus, t.CHTime,
    t.CHTimeStatus, p.DVStatus,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeEST, 0) + 1, 4)) AS INTEGER) AS HHTypeEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HoHEST, 0) + 1, 4)) AS INTEGER) AS HoHEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AdultEST, 0) + 1, 4)) AS INTEGER) AS AdultEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRAdultEST, 0) + 1, 4)) AS INTEGER) AS AIRAdultEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHChronicEST, 0) + 1, 4)) AS INTEGER) AS HHChronicEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHVetEST, 0) + 1, 4)) AS INTEGER) AS HHVetEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHDisabilityEST, 0) + 1, 4)) AS INTEGER) AS HHDisabilityEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHFleeingDVEST, 0) + 1, 4)) AS INTEGER) AS HHFleeingDVEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHParentEST, 0) + 1, 4)) AS INTEGER) AS HHParentEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIREST, 0) + 1, 4)) AS INTEGER) AS AIREST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRHoHEST, 0) + 1, 4)) AS INTEGER) AS AIRHoHEST,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeRRH, 0) + 1, 4)) AS INTEGER) AS HHTypeRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HoHRRH, 0) + 1, 4)) AS INTEGER) AS HoHRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AdultRRH, 0) + 1, 4)) AS INTEGER) AS AdultRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRAdultRRH, 0) + 1, 4)) AS INTEGER) AS AIRAdultRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHChronicRRH, 0) + 1, 4)) AS INTEGER) AS HHChronicRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHVetRRH, 0) + 1, 4)) AS INTEGER) AS HHVetRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHDisabilityRRH, 0) + 1, 4)) AS INTEGER) AS HHDisabilityRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHFleeingDVRRH, 0) + 1, 4)) AS INTEGER) AS HHFleeingDVRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHParentRRH, 0) + 1, 4)) AS INTEGER) AS HHParentRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRRRH, 0) + 1, 4)) AS INTEGER) AS AIRRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRHoHRRH, 0) + 1, 4)) AS INTEGER) AS AIRHoHRRH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypePSH, 0) + 1, 4)) AS INTEGER) AS HHTypePSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HoHPSH, 0) + 1, 4)) AS INTEGER) AS HoHPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AdultPSH, 0) + 1, 4)) AS INTEGER) AS AdultPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRAdultPSH, 0) + 1, 4)) AS INTEGER) AS AIRAdultPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHChronicPSH, 0) + 1, 4)) AS INTEGER) AS HHChronicPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHVetPSH, 0) + 1, 4)) AS INTEGER) AS HHVetPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHDisabilityPSH, 0) + 1, 4)) AS INTEGER) AS HHDisabilityPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHFleeingDVPSH, 0) + 1, 4)) AS INTEGER) AS HHFleeingDVPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHParentPSH, 0) + 1, 4)) AS INTEGER) AS HHParentPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRPSH, 0) + 1, 4)) AS INTEGER) AS AIRPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.AIRHoHPSH, 0) + 1, 4)) AS INTEGER) AS AIRHoHPSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeRRHSONoMI, 0) + 1, 4)) AS INTEGER) AS HHTypeRRHSONoMI,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeRRHSOMI, 0) + 1, 4)) AS INTEGER) AS HHTypeRRHSOMI,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeES, 0) + 1, 4)) AS INTEGER) AS HHTypeES,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeSH, 0) + 1, 4)) AS INTEGER) AS HHTypeSH,
    CAST(trim(substr(c.Codes, 4 * coalesce(b.HHTypeTH, 0) + 1, 4)) AS INTEGER) AS HHTypeTH,
    coalesce(b.AC3PlusEST, -1) AS AC3PlusEST,
    coalesce(b.AC3PlusRRH, -1) AS AC3PlusRRH,
    coalesce(b.AC3PlusPSH, -1) AS AC3PlusPSH,
    coalesce(b.ESTAgeMin, -1) AS ESTAgeMin,
    coalesce(b.ESTAgeMax, -1) AS ESTAgeMax,
    coalesce(b.RRHAgeMin, -1) AS RRHAgeMin,
    coalesce(b.RRHAgeMax, -1) AS RRHAgeMax,
    coalesce(b.PSHAgeMin, -1) AS PSHAgeMin,
    coalesce(b.PSHAgeMax, -1) AS PSHAgeMax,
    coalesce(b.RRHSOAgeMin, -1) AS RRHSOAgeMin,
    coalesce(b.RRHSOAgeMax, -1) AS RRHSOAgeMax,
    coalesce(CASE WHEN b.AOMinEST <= 24 THEN b.AOMinEST ELSE b.AOMaxEST END, -1) AS HHAdultAgeAOEST,
    coalesce(CASE WHEN b.ACMinEST <= 24 THEN b.ACMinEST ELSE b.ACMaxEST END, -1) AS HHAdultAgeACEST,
    coalesce(CASE WHEN b.AOMinRRH <= 24 THEN b.AOMinRRH ELSE b.AOMaxRRH END, -1) AS HHAdultAgeAORRH,
    coalesce(CASE WHEN b.ACMinRRH <= 24 THEN b.ACMinRRH ELSE b.ACMaxRRH END, -1) AS HHAdultAgeACRRH,
    coalesce(CASE WHEN b.AOMinPSH <= 24 THEN b.AOMinPSH ELSE b.AOMaxPSH END, -1) AS HHAdultAgeAOPSH,
    coalesce(CASE WHEN b.ACMinPSH <= 24 THEN b.ACMinPSH ELSE b.ACMaxPSH END, -1) AS HHAdultAgeACPSH,
    p.HIV, p.SMI, p.SUD, p.SSNValid, p.SSNGroup
FROM lsa_person_facts AS p
JOIN lsa_ch_time AS t ON t.PersonalID = p.PersonalID
LEFT JOIN bits AS b ON b.PersonalID = p.PersonalID
CROSS JOIN code AS c
