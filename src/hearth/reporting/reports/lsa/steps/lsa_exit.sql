-- Section: 7.13 LSAExit
-- Grain: one row per combination of all characteristics, with the number of households that share them
-- Inputs: lsa_parameters, lsa_exit_detail
WITH banded AS (
    SELECT Cohort, Stat, ExitFrom, ExitTo,
        CASE
            WHEN ReturnTime < 15 THEN ReturnTime WHEN ReturnTime <= 30 THEN 30 WHEN ReturnTime <= 60 THEN 60
            WHEN ReturnTime <= 90 THEN 90 WHEN ReturnTime <= 180 THEN 180 WHEN ReturnTime <= 365 THEN 365
            WHEN ReturnTime <= 547 THEN 547 ELSE 730
        END AS ReturnTime,
        HHType, HHVet, HHChronic, HHDisability, HHFleeingDV, HoHRaceEthnicity, HHAdultAge, HHParent, AC3Plus,
        SystemPath
    FROM lsa_exit_detail
),
counted AS (
    SELECT count(*) AS RowTotal, Cohort, Stat, ExitFrom, ExitTo, ReturnTime, HHType, HHVet, HHChronic, HHDisability,
        HHFleeingDV, HoHRaceEthnicity, HHAdultAge, HHParent, AC3Plus, SystemPath
    FROM banded
    GROUP BY Cohort, Stat, ExitFrom, ExitTo, ReturnTime, HHType, HHVet, HHChronic, HHDisability, HHFleeingDV,
        HoHRaceEthnicity, HHAdultAge, HHParent, AC3Plus, SystemPath
)
SELECT counted.*, r.ReportID
FROM counted
CROSS JOIN lsa_parameters AS r
