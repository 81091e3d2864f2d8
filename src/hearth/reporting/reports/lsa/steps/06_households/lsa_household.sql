-- Section: 6.19 LSAHousehold
-- Grain: one row per combination of all characteristics, with the number of households that share them
-- Inputs: lsa_parameters, lsa_hoh_detail
-- Members: b.HoHID, b.HHType AS HouseholdType
-- Days are given as the last day of their band; those housed in PSH have bands of their own.
WITH banded AS (
    SELECT HoHID, HHType,
        Stat,
        CASE
            WHEN ReturnTime < 15 THEN ReturnTime WHEN ReturnTime <= 30 THEN 30
            WHEN ReturnTime <= 60 THEN 60 WHEN ReturnTime <= 90 THEN 90 WHEN ReturnTime <= 180 THEN 180
            WHEN ReturnTime <= 365 THEN 365 WHEN ReturnTime <= 547 THEN 547 ELSE 730
        END AS ReturnTime,
        HHChronic, HHVet, HHDisability, HHFleeingDV, HoHRaceEthnicity, HHAdult, HHChild, HHNoDOB,
        HHAdultAge, HHParent, ESTStatus, ESTGeography, ESTLivingSit, ESTDestination, ESTChronic, ESTVet,
        ESTDisability, ESTFleeingDV, ESTAC3Plus, ESTAdultAge, ESTParent, RRHStatus, RRHMoveIn, RRHGeography,
        RRHLivingSit, RRHDestination,
        CASE
            WHEN RRHPreMoveInDays <= 0 THEN RRHPreMoveInDays WHEN RRHPreMoveInDays <= 7 THEN 7
            WHEN RRHPreMoveInDays <= 30 THEN 30 WHEN RRHPreMoveInDays <= 60 THEN 60
            WHEN RRHPreMoveInDays <= 90 THEN 90 WHEN RRHPreMoveInDays <= 180 THEN 180
            WHEN RRHPreMoveInDays <= 365 THEN 365 WHEN RRHPreMoveInDays <= 547 THEN 547
            WHEN RRHPreMoveInDays <= 730 THEN 730 WHEN RRHPreMoveInDays <= 1094 THEN 1094 ELSE 1095
        END AS RRHPreMoveInDays,
        RRHChronic, RRHVet, RRHDisability, RRHFleeingDV, RRHAC3Plus, RRHAdultAge, RRHParent, PSHStatus,
        PSHMoveIn, PSHGeography, PSHLivingSit, PSHDestination,
        CASE
            WHEN PSHHousedDays <= 0 THEN PSHHousedDays WHEN PSHHousedDays <= 90 THEN 3
            WHEN PSHHousedDays <= 180 THEN 6 WHEN PSHHousedDays <= 365 THEN 12
            WHEN PSHHousedDays <= 730 THEN 24 WHEN PSHHousedDays <= 1095 THEN 36
            WHEN PSHHousedDays <= 1460 THEN 48 WHEN PSHHousedDays <= 1825 THEN 60
            WHEN PSHHousedDays <= 2555 THEN 84 WHEN PSHHousedDays <= 3650 THEN 120 ELSE 121
        END AS PSHHousedDays,
        PSHChronic, PSHVet, PSHDisability, PSHFleeingDV, PSHAC3Plus, PSHAdultAge, PSHParent,
        CASE
            WHEN ESDays <= 0 THEN ESDays WHEN ESDays <= 7 THEN 7 WHEN ESDays <= 30 THEN 30
            WHEN ESDays <= 60 THEN 60 WHEN ESDays <= 90 THEN 90 WHEN ESDays <= 180 THEN 180
            WHEN ESDays <= 365 THEN 365 WHEN ESDays <= 547 THEN 547 WHEN ESDays <= 730 THEN 730
            WHEN ESDays <= 1094 THEN 1094 ELSE 1095
        END AS ESDays,
        CASE
            WHEN THDays <= 0 THEN THDays WHEN THDays <= 7 THEN 7 WHEN THDays <= 30 THEN 30
            WHEN THDays <= 60 THEN 60 WHEN THDays <= 90 THEN 90 WHEN THDays <= 180 THEN 180
            WHEN THDays <= 365 THEN 365 WHEN THDays <= 547 THEN 547 WHEN THDays <= 730 THEN 730
            WHEN THDays <= 1094 THEN 1094 ELSE 1095
        END AS THDays,
        CASE
            WHEN ESTDays <= 0 THEN ESTDays WHEN ESTDays <= 7 THEN 7 WHEN ESTDays <= 30 THEN 30
            WHEN ESTDays <= 60 THEN 60 WHEN ESTDays <= 90 THEN 90 WHEN ESTDays <= 180 THEN 180
            WHEN ESTDays <= 365 THEN 365 WHEN ESTDays <= 547 THEN 547 WHEN ESTDays <= 730 THEN 730
            WHEN ESTDays <= 1094 THEN 1094 ELSE 1095
        END AS ESTDays,
        CASE
            WHEN RRHPSHPreMoveInDays <= 0 THEN RRHPSHPreMoveInDays WHEN RRHPSHPreMoveInDays <= 7 THEN 7
            WHEN RRHPSHPreMoveInDays <= 30 THEN 30 WHEN RRHPSHPreMoveInDays <= 60 THEN 60
            WHEN RRHPSHPreMoveInDays <= 90 THEN 90 WHEN RRHPSHPreMoveInDays <= 180 THEN 180
            WHEN RRHPSHPreMoveInDays <= 365 THEN 365 WHEN RRHPSHPreMoveInDays <= 547 THEN 547
            WHEN RRHPSHPreMoveInDays <= 730 THEN 730 WHEN RRHPSHPreMoveInDays <= 1094 THEN 1094 ELSE 1095
        END AS RRHPSHPreMoveInDays,
        CASE
            WHEN RRHHousedDays <= 0 THEN RRHHousedDays WHEN RRHHousedDays <= 7 THEN 7
            WHEN RRHHousedDays <= 30 THEN 30 WHEN RRHHousedDays <= 60 THEN 60
            WHEN RRHHousedDays <= 90 THEN 90 WHEN RRHHousedDays <= 180 THEN 180
            WHEN RRHHousedDays <= 365 THEN 365 WHEN RRHHousedDays <= 547 THEN 547
            WHEN RRHHousedDays <= 730 THEN 730 WHEN RRHHousedDays <= 1094 THEN 1094 ELSE 1095
        END AS RRHHousedDays,
        CASE
            WHEN SystemDaysNotPSHHoused <= 0 THEN SystemDaysNotPSHHoused
            WHEN SystemDaysNotPSHHoused <= 7 THEN 7 WHEN SystemDaysNotPSHHoused <= 30 THEN 30
            WHEN SystemDaysNotPSHHoused <= 60 THEN 60 WHEN SystemDaysNotPSHHoused <= 90 THEN 90
            WHEN SystemDaysNotPSHHoused <= 180 THEN 180 WHEN SystemDaysNotPSHHoused <= 365 THEN 365
            WHEN SystemDaysNotPSHHoused <= 547 THEN 547 WHEN SystemDaysNotPSHHoused <= 730 THEN 730
            WHEN SystemDaysNotPSHHoused <= 1094 THEN 1094 ELSE 1095
        END AS SystemDaysNotPSHHoused,
        CASE
            WHEN SystemHomelessDays <= 0 THEN SystemHomelessDays WHEN SystemHomelessDays <= 7 THEN 7
            WHEN SystemHomelessDays <= 30 THEN 30 WHEN SystemHomelessDays <= 60 THEN 60
            WHEN SystemHomelessDays <= 90 THEN 90 WHEN SystemHomelessDays <= 180 THEN 180
            WHEN SystemHomelessDays <= 365 THEN 365 WHEN SystemHomelessDays <= 547 THEN 547
            WHEN SystemHomelessDays <= 730 THEN 730 WHEN SystemHomelessDays <= 1094 THEN 1094 ELSE 1095
        END AS SystemHomelessDays,
        CASE
            WHEN Other3917Days <= 0 THEN Other3917Days WHEN Other3917Days <= 7 THEN 7
            WHEN Other3917Days <= 30 THEN 30 WHEN Other3917Days <= 60 THEN 60
            WHEN Other3917Days <= 90 THEN 90 WHEN Other3917Days <= 180 THEN 180
            WHEN Other3917Days <= 365 THEN 365 WHEN Other3917Days <= 547 THEN 547
            WHEN Other3917Days <= 730 THEN 730 WHEN Other3917Days <= 1094 THEN 1094 ELSE 1095
        END AS Other3917Days,
        CASE
            WHEN TotalHomelessDays <= 0 THEN TotalHomelessDays WHEN TotalHomelessDays <= 7 THEN 7
            WHEN TotalHomelessDays <= 30 THEN 30 WHEN TotalHomelessDays <= 60 THEN 60
            WHEN TotalHomelessDays <= 90 THEN 90 WHEN TotalHomelessDays <= 180 THEN 180
            WHEN TotalHomelessDays <= 365 THEN 365 WHEN TotalHomelessDays <= 547 THEN 547
            WHEN TotalHomelessDays <= 730 THEN 730 WHEN TotalHomelessDays <= 1094 THEN 1094 ELSE 1095
        END AS TotalHomelessDays,
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
