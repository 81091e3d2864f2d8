-- Section: 7.13 LSAExit
-- Grain: one row per combination of all characteristics, with the number of households that share them
-- Inputs: lsa_parameters, lsa_exit_detail
-- Members: b.HoHID, b.HouseholdID
WITH banded AS (
    SELECT HoHID, HouseholdID, Cohort, Stat, ExitFrom, ExitTo,
        CASE
            WHEN ReturnTime < 15 THEN ReturnTime WHEN ReturnTime <= 30 THEN 30 WHEN ReturnTime <= 60 THEN 60
            WHEN ReturnTime <= 90 THEN 90 WHEN ReturnTime <= 180 THEN 180 WHEN ReturnTime <= 365 THEN 365
            WHEN ReturnTime <= 547 THEN 547 ELSE 730
        END AS ReturnTime,
        HHType, HHVet, HHChronic, HHDisability, HHFleeingDV, HoHRaceEthnicity, HHAdultAge, HHParent, AC3Plus,
        SystemPath
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
