-- Section: 6.19 LSAHousehold
-- Grain: one row per combination of all characteristics, with the number of households that share them
-- Inputs: lsa_parameters, lsa_hoh_detail
-- Members: b.HoHID, b.HHType AS HouseholdType
-- Days are given as the last day of their band (see codes.yaml).
WITH banded AS (
    SELECT HoHID, Stat, {LSADays.until_return(ReturnTime)} AS ReturnTime, HHType, HHChronic, HHVet, HHDisability,
        HHFleeingDV, HoHRaceEthnicity, HHAdult, HHChild, HHNoDOB, HHAdultAge, HHParent, ESTStatus, ESTGeography,
        ESTLivingSit, ESTDestination, ESTChronic, ESTVet, ESTDisability, ESTFleeingDV, ESTAC3Plus, ESTAdultAge,
        ESTParent, RRHStatus, RRHMoveIn, RRHGeography, RRHLivingSit, RRHDestination,
        {LSADays.of_use(RRHPreMoveInDays)} AS RRHPreMoveInDays, RRHChronic, RRHVet, RRHDisability, RRHFleeingDV,
        RRHAC3Plus, RRHAdultAge, RRHParent, PSHStatus, PSHMoveIn, PSHGeography, PSHLivingSit, PSHDestination,
        {LSADays.housed_in_psh(PSHHousedDays)} AS PSHHousedDays, PSHChronic, PSHVet, PSHDisability, PSHFleeingDV,
        PSHAC3Plus, PSHAdultAge, PSHParent, {LSADays.of_use(ESDays)} AS ESDays, {LSADays.of_use(THDays)} AS THDays,
        {LSADays.of_use(ESTDays)} AS ESTDays, {LSADays.of_use(RRHPSHPreMoveInDays)} AS RRHPSHPreMoveInDays,
        {LSADays.of_use(RRHHousedDays)} AS RRHHousedDays,
        {LSADays.of_use(SystemDaysNotPSHHoused)} AS SystemDaysNotPSHHoused,
        {LSADays.of_use(SystemHomelessDays)} AS SystemHomelessDays,
        {LSADays.of_use(Other3917Days)} AS Other3917Days, {LSADays.of_use(TotalHomelessDays)} AS TotalHomelessDays,
        SystemPath, ESTAIR, RRHAIR, PSHAIR, RRHSOStatus, RRHSOMoveIn
    FROM lsa_hoh_detail
)
SELECT count(*) AS RowTotal,
    b.Stat, b.ReturnTime, b.HHType, b.HHChronic, b.HHVet, b.HHDisability, b.HHFleeingDV, b.HoHRaceEthnicity,
    b.HHAdult, b.HHChild, b.HHNoDOB, b.HHAdultAge, b.HHParent, b.ESTStatus, b.ESTGeography, b.ESTLivingSit,
    b.ESTDestination, b.ESTChronic, b.ESTVet, b.ESTDisability, b.ESTFleeingDV, b.ESTAC3Plus, b.ESTAdultAge,
    b.ESTParent, b.RRHStatus, b.RRHMoveIn, b.RRHGeography, b.RRHLivingSit, b.RRHDestination, b.RRHPreMoveInDays,
    b.RRHChronic, b.RRHVet, b.RRHDisability, b.RRHFleeingDV, b.RRHAC3Plus, b.RRHAdultAge, b.RRHParent, b.PSHStatus,
    b.PSHMoveIn, b.PSHGeography, b.PSHLivingSit, b.PSHDestination, b.PSHHousedDays, b.PSHChronic, b.PSHVet,
    b.PSHDisability, b.PSHFleeingDV, b.PSHAC3Plus, b.PSHAdultAge, b.PSHParent, b.ESDays, b.THDays, b.ESTDays,
    b.RRHPSHPreMoveInDays, b.RRHHousedDays, b.SystemDaysNotPSHHoused, b.SystemHomelessDays, b.Other3917Days,
    b.TotalHomelessDays, b.SystemPath, b.ESTAIR, b.RRHAIR, b.PSHAIR, b.RRHSOStatus, b.RRHSOMoveIn, r.ReportID
FROM banded AS b
CROSS JOIN lsa_parameters AS r
GROUP BY
    b.Stat, b.ReturnTime, b.HHType, b.HHChronic, b.HHVet, b.HHDisability, b.HHFleeingDV, b.HoHRaceEthnicity,
    b.HHAdult, b.HHChild, b.HHNoDOB, b.HHAdultAge, b.HHParent, b.ESTStatus, b.ESTGeography, b.ESTLivingSit,
    b.ESTDestination, b.ESTChronic, b.ESTVet, b.ESTDisability, b.ESTFleeingDV, b.ESTAC3Plus, b.ESTAdultAge,
    b.ESTParent, b.RRHStatus, b.RRHMoveIn, b.RRHGeography, b.RRHLivingSit, b.RRHDestination, b.RRHPreMoveInDays,
    b.RRHChronic, b.RRHVet, b.RRHDisability, b.RRHFleeingDV, b.RRHAC3Plus, b.RRHAdultAge, b.RRHParent, b.PSHStatus,
    b.PSHMoveIn, b.PSHGeography, b.PSHLivingSit, b.PSHDestination, b.PSHHousedDays, b.PSHChronic, b.PSHVet,
    b.PSHDisability, b.PSHFleeingDV, b.PSHAC3Plus, b.PSHAdultAge, b.PSHParent, b.ESDays, b.THDays, b.ESTDays,
    b.RRHPSHPreMoveInDays, b.RRHHousedDays, b.SystemDaysNotPSHHoused, b.SystemHomelessDays, b.Other3917Days,
    b.TotalHomelessDays, b.SystemPath, b.ESTAIR, b.RRHAIR, b.PSHAIR, b.RRHSOStatus, b.RRHSOMoveIn, r.ReportID
