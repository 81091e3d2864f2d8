-- Section: 6.16 Status by system use; 6.17 In residence; 6.18 System path
-- Grain: one row per head of household and household type of 6.1
-- Inputs: lsa_hoh, lsa_hoh_group, lsa_hoh_days, lsa_household_active, lsa_enrollment
-- Status 2 is use of a project group before the report period that counts in the days of system use.
WITH grouped AS (
    SELECT HoHID, HHType,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Status END), 0) AS ESTStatus,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Geography END), -1) AS ESTGeography,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN LivingSit END), -1) AS ESTLivingSit,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Destination END), -1) AS ESTDestination,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Chronic END), 0) AS ESTChronic,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Vet END), 0) AS ESTVet,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Disability END), 0) AS ESTDisability,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN FleeingDV END), 0) AS ESTFleeingDV,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN AC3Plus END), 0) AS ESTAC3Plus,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN AdultAge END), -1) AS ESTAdultAge,
        coalesce(max(CASE WHEN ProjectGroup = 'EST' THEN Parent END), 0) AS ESTParent,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Status END), 0) AS RRHStatus,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN MoveIn END), -1) AS RRHMoveIn,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Geography END), -1) AS RRHGeography,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN LivingSit END), -1) AS RRHLivingSit,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Destination END), -1) AS RRHDestination,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Chronic END), 0) AS RRHChronic,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Vet END), 0) AS RRHVet,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Disability END), 0) AS RRHDisability,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN FleeingDV END), 0) AS RRHFleeingDV,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN AC3Plus END), 0) AS RRHAC3Plus,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN AdultAge END), -1) AS RRHAdultAge,
        coalesce(max(CASE WHEN ProjectGroup = 'RRH' THEN Parent END), 0) AS RRHParent,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Status END), 0) AS PSHStatus,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN MoveIn END), -1) AS PSHMoveIn,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Geography END), -1) AS PSHGeography,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN LivingSit END), -1) AS PSHLivingSit,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Destination END), -1) AS PSHDestination,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Chronic END), 0) AS PSHChronic,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Vet END), 0) AS PSHVet,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Disability END), 0) AS PSHDisability,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN FleeingDV END), 0) AS PSHFleeingDV,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN AC3Plus END), 0) AS PSHAC3Plus,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN AdultAge END), -1) AS PSHAdultAge,
        coalesce(max(CASE WHEN ProjectGroup = 'PSH' THEN Parent END), 0) AS PSHParent,
        coalesce(max(CASE WHEN ProjectGroup = 'RRHSO' THEN Status END), 0) AS RRHSOStatus,
        coalesce(max(CASE WHEN ProjectGroup = 'RRHSO' THEN MoveIn END), -1) AS RRHSOMoveIn
    FROM lsa_hoh_group
    GROUP BY HoHID, HHType
),
residence AS (
    SELECT h.HoHID, h.ActiveHHType AS HHType,
        max(CASE WHEN h.LSAProjectType IN ({LSAProjectType.es_sh_th}) THEN 1 ELSE 0 END) AS ESTAIR,
        max(CASE WHEN h.LSAProjectType = {LSAProjectType.RRH} THEN 1 ELSE 0 END) AS RRHAIR,
        max(CASE WHEN h.LSAProjectType = {LSAProjectType.PSH} THEN 1 ELSE 0 END) AS PSHAIR
    FROM lsa_household_active AS h
    JOIN lsa_enrollment AS n ON n.HouseholdID = h.HouseholdID AND n.PersonalID = h.HoHID
    WHERE n.AIR = 1
    GROUP BY h.HoHID, h.ActiveHHType
),
whole AS (
    SELECT h.HoHID, h.HHType, h.FirstEntry, h.Stat, h.ReturnTime, h.HHChronic, h.HHVet, h.HHDisability, h.HHFleeingDV,
        h.HoHRaceEthnicity, h.HHAdult, h.HHChild, h.HHNoDOB, h.HHAdultAge, h.HHParent,
        CASE WHEN g.ESTStatus = 0 AND d.ESTDays > 0 THEN 2 ELSE g.ESTStatus END AS ESTStatus,
        CASE WHEN g.RRHStatus = 0 AND d.BeforeRRHDays > 0 THEN 2 ELSE g.RRHStatus END AS RRHStatus,
        CASE WHEN g.PSHStatus = 0 AND d.BeforePSHDays > 0 THEN 2 ELSE g.PSHStatus END AS PSHStatus,
        g.ESTGeography, g.ESTLivingSit, g.ESTDestination, g.ESTChronic, g.ESTVet, g.ESTDisability,
        g.ESTFleeingDV, g.ESTAC3Plus, g.ESTAdultAge, g.ESTParent, g.RRHMoveIn, g.RRHGeography, g.RRHLivingSit,
        g.RRHDestination, g.RRHChronic, g.RRHVet, g.RRHDisability, g.RRHFleeingDV, g.RRHAC3Plus, g.RRHAdultAge,
        g.RRHParent, g.PSHMoveIn, g.PSHGeography, g.PSHLivingSit, g.PSHDestination, g.PSHChronic, g.PSHVet,
        g.PSHDisability, g.PSHFleeingDV, g.PSHAC3Plus, g.PSHAdultAge, g.PSHParent, g.RRHSOStatus, g.RRHSOMoveIn,
        d.RRHPreMoveInDays, d.PSHHousedDays, d.ESDays, d.THDays, d.ESTDays, d.RRHPSHPreMoveInDays,
        d.RRHHousedDays, d.SystemDaysNotPSHHoused, d.SystemHomelessDays, d.Other3917Days, d.TotalHomelessDays,
        coalesce(r.ESTAIR, 0) AS ESTAIR, coalesce(r.RRHAIR, 0) AS RRHAIR, coalesce(r.PSHAIR, 0) AS PSHAIR
    FROM lsa_hoh AS h
    JOIN grouped AS g ON g.HoHID = h.HoHID AND g.HHType = h.HHType
    JOIN lsa_hoh_days AS d ON d.HoHID = h.HoHID AND d.HHType = h.HHType
    LEFT JOIN residence AS r ON r.HoHID = h.HoHID AND r.HHType = h.HHType
)
SELECT whole.*,
    CASE
        WHEN ESTStatus NOT IN (21, 22) AND RRHStatus NOT IN (21, 22) AND PSHMoveIn = 2 THEN -1
        WHEN RRHStatus = 0 AND PSHStatus = 0 AND ESDays > 0 AND THDays = 0 THEN 1
        WHEN RRHStatus = 0 AND PSHStatus = 0 AND ESDays = 0 AND THDays > 0 THEN 2
        WHEN RRHStatus = 0 AND PSHStatus = 0 AND ESDays > 0 AND THDays > 0 THEN 3
        WHEN ESTStatus = 0 AND RRHStatus >= 11 AND PSHStatus = 0 THEN 4
        WHEN RRHStatus >= 2 AND PSHStatus = 0 AND ESDays > 0 AND THDays = 0 THEN 5
        WHEN RRHStatus >= 2 AND PSHStatus = 0 AND ESDays = 0 AND THDays > 0 THEN 6
        WHEN RRHStatus >= 2 AND PSHStatus = 0 AND ESDays > 0 AND THDays > 0 THEN 7
        WHEN ESTStatus = 0 AND RRHStatus = 0 AND PSHStatus >= 11 AND PSHMoveIn <> 2 THEN 8
        WHEN ESDays > 0 AND THDays = 0 AND RRHStatus = 0 AND PSHStatus >= 11
            AND (PSHMoveIn <> 2 OR ESTStatus IN (21, 22)) THEN 9
        WHEN ESDays > 0 AND THDays = 0 AND PSHStatus >= 11
            AND ((RRHStatus >= 2 AND PSHMoveIn <> 2)
                OR (ESTStatus IN (21, 22) AND RRHStatus IN (21, 22))) THEN 10
        WHEN ESTStatus = 0 AND PSHStatus >= 11
            AND ((RRHStatus >= 2 AND PSHMoveIn <> 2) OR RRHStatus IN (21, 22)) THEN 11
        ELSE 12
    END AS SystemPath
FROM whole
