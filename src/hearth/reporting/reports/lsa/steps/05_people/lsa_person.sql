-- Section: 5.15 LSAPerson
-- Grain: one row per combination of all characteristics, with the number of people who share them
-- Inputs: lsa_parameters, lsa_person_detail
-- Members: p.PersonalID
SELECT count(*) AS RowTotal,
    p.RaceEthnicity, p.VetStatus, p.DisabilityStatus, p.CHTime, p.CHTimeStatus, p.DVStatus, p.ESTAgeMin, p.ESTAgeMax,
    p.HHTypeEST, p.HoHEST, p.AdultEST, p.AIRAdultEST, p.HHChronicEST, p.HHVetEST, p.HHDisabilityEST,
    p.HHFleeingDVEST, p.HHAdultAgeAOEST, p.HHAdultAgeACEST, p.HHParentEST, p.AC3PlusEST, p.AIREST, p.AIRHoHEST,
    p.RRHAgeMin, p.RRHAgeMax, p.HHTypeRRH, p.HoHRRH, p.AdultRRH, p.AIRAdultRRH, p.HHChronicRRH, p.HHVetRRH,
    p.HHDisabilityRRH, p.HHFleeingDVRRH, p.HHAdultAgeAORRH, p.HHAdultAgeACRRH, p.HHParentRRH, p.AC3PlusRRH, p.AIRRRH,
    p.AIRHoHRRH, p.PSHAgeMin, p.PSHAgeMax, p.HHTypePSH, p.HoHPSH, p.AdultPSH, p.AIRAdultPSH, p.HHChronicPSH,
    p.HHVetPSH, p.HHDisabilityPSH, p.HHFleeingDVPSH, p.HHAdultAgeAOPSH, p.HHAdultAgeACPSH, p.HHParentPSH,
    p.AC3PlusPSH, p.AIRPSH, p.AIRHoHPSH, p.RRHSOAgeMin, p.RRHSOAgeMax, p.HHTypeRRHSONoMI, p.HHTypeRRHSOMI,
    p.HHTypeES, p.HHTypeSH, p.HHTypeTH, p.HIV, p.SMI, p.SUD, r.ReportID
FROM lsa_person_detail AS p
CROSS JOIN lsa_parameters AS r
GROUP BY
    p.RaceEthnicity, p.VetStatus, p.DisabilityStatus, p.CHTime, p.CHTimeStatus, p.DVStatus, p.ESTAgeMin, p.ESTAgeMax,
    p.HHTypeEST, p.HoHEST, p.AdultEST, p.AIRAdultEST, p.HHChronicEST, p.HHVetEST, p.HHDisabilityEST,
    p.HHFleeingDVEST, p.HHAdultAgeAOEST, p.HHAdultAgeACEST, p.HHParentEST, p.AC3PlusEST, p.AIREST, p.AIRHoHEST,
    p.RRHAgeMin, p.RRHAgeMax, p.HHTypeRRH, p.HoHRRH, p.AdultRRH, p.AIRAdultRRH, p.HHChronicRRH, p.HHVetRRH,
    p.HHDisabilityRRH, p.HHFleeingDVRRH, p.HHAdultAgeAORRH, p.HHAdultAgeACRRH, p.HHParentRRH, p.AC3PlusRRH, p.AIRRRH,
    p.AIRHoHRRH, p.PSHAgeMin, p.PSHAgeMax, p.HHTypePSH, p.HoHPSH, p.AdultPSH, p.AIRAdultPSH, p.HHChronicPSH,
    p.HHVetPSH, p.HHDisabilityPSH, p.HHFleeingDVPSH, p.HHAdultAgeAOPSH, p.HHAdultAgeACPSH, p.HHParentPSH,
    p.AC3PlusPSH, p.AIRPSH, p.AIRHoHPSH, p.RRHSOAgeMin, p.RRHSOAgeMax, p.HHTypeRRHSONoMI, p.HHTypeRRHSOMI,
    p.HHTypeES, p.HHTypeSH, p.HHTypeTH, p.HIV, p.SMI, p.SUD, r.ReportID
