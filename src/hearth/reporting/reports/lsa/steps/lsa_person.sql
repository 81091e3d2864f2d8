-- Section: 5.15 LSAPerson
-- Grain: one row per combination of all characteristics, with the number of people who share them
-- Inputs: lsa_parameters, lsa_person_detail
WITH counted AS (
    SELECT count(*) AS RowTotal,
        RaceEthnicity, VetStatus, DisabilityStatus, CHTime, CHTimeStatus, DVStatus, ESTAgeMin, ESTAgeMax,
        HHTypeEST, HoHEST, AdultEST, AIRAdultEST, HHChronicEST, HHVetEST, HHDisabilityEST, HHFleeingDVEST,
        HHAdultAgeAOEST, HHAdultAgeACEST, HHParentEST, AC3PlusEST, AIREST, AIRHoHEST, RRHAgeMin, RRHAgeMax,
        HHTypeRRH, HoHRRH, AdultRRH, AIRAdultRRH, HHChronicRRH, HHVetRRH, HHDisabilityRRH, HHFleeingDVRRH,
        HHAdultAgeAORRH, HHAdultAgeACRRH, HHParentRRH, AC3PlusRRH, AIRRRH, AIRHoHRRH, PSHAgeMin, PSHAgeMax,
        HHTypePSH, HoHPSH, AdultPSH, AIRAdultPSH, HHChronicPSH, HHVetPSH, HHDisabilityPSH, HHFleeingDVPSH,
        HHAdultAgeAOPSH, HHAdultAgeACPSH, HHParentPSH, AC3PlusPSH, AIRPSH, AIRHoHPSH, RRHSOAgeMin,
        RRHSOAgeMax, HHTypeRRHSONoMI, HHTypeRRHSOMI, HHTypeES, HHTypeSH, HHTypeTH, HIV, SMI, SUD
    FROM lsa_person_detail
    GROUP BY
        RaceEthnicity, VetStatus, DisabilityStatus, CHTime, CHTimeStatus, DVStatus, ESTAgeMin, ESTAgeMax,
        HHTypeEST, HoHEST, AdultEST, AIRAdultEST, HHChronicEST, HHVetEST, HHDisabilityEST, HHFleeingDVEST,
        HHAdultAgeAOEST, HHAdultAgeACEST, HHParentEST, AC3PlusEST, AIREST, AIRHoHEST, RRHAgeMin, RRHAgeMax,
        HHTypeRRH, HoHRRH, AdultRRH, AIRAdultRRH, HHChronicRRH, HHVetRRH, HHDisabilityRRH, HHFleeingDVRRH,
        HHAdultAgeAORRH, HHAdultAgeACRRH, HHParentRRH, AC3PlusRRH, AIRRRH, AIRHoHRRH, PSHAgeMin, PSHAgeMax,
        HHTypePSH, HoHPSH, AdultPSH, AIRAdultPSH, HHChronicPSH, HHVetPSH, HHDisabilityPSH, HHFleeingDVPSH,
        HHAdultAgeAOPSH, HHAdultAgeACPSH, HHParentPSH, AC3PlusPSH, AIRPSH, AIRHoHPSH, RRHSOAgeMin,
        RRHSOAgeMax, HHTypeRRHSONoMI, HHTypeRRHSOMI, HHTypeES, HHTypeSH, HHTypeTH, HIV, SMI, SUD
)
SELECT counted.*, r.ReportID
FROM counted
CROSS JOIN lsa_parameters AS r
