-- Section: 7.13 LSAExit
-- Grain: one row per combination of all characteristics, with the number of households that share them
-- Inputs: lsa_parameters, lsa_exit_detail
-- Members: b.HoHID, b.HouseholdID
WITH banded AS (
    SELECT HoHID, HouseholdID, Cohort, Stat, ExitFrom, ExitTo, {LSADays.until_return(ReturnTime)} AS ReturnTime, HHType,
        HHVet, HHChronic, HHDisability, HHFleeingDV, HoHRaceEthnicity, HHAdultAge, HHParent, AC3Plus, SystemPath
    FROM lsa_exit_detail
)
SELECT count(*) AS RowTotal,
    b.Cohort, b.Stat, b.ExitFrom, b.ExitTo, b.ReturnTime, b.HHType, b.HHVet, b.HHChronic, b.HHDisability,
    b.HHFleeingDV, b.HoHRaceEthnicity, b.HHAdultAge, b.HHParent, b.AC3Plus, b.SystemPath, r.ReportID
FROM banded AS b
CROSS JOIN lsa_parameters AS r
GROUP BY
    b.Cohort, b.Stat, b.ExitFrom, b.ExitTo, b.ReturnTime, b.HHType, b.HHVet, b.HHChronic, b.HHDisability,
    b.HHFleeingDV, b.HoHRaceEthnicity, b.HHAdultAge, b.HHParent, b.AC3Plus, b.SystemPath, r.ReportID
