-- Section: 1 Stays that were open in the report period
-- Grain: one row per ProjectID
-- Inputs: open_stays_parameters, Enrollment, Exit
-- Members: e.EnrollmentID
SELECT
    e.ProjectID,
    count(e.EnrollmentID) AS Value
FROM Enrollment AS e
CROSS JOIN open_stays_parameters AS r
LEFT JOIN Exit AS x ON x.EnrollmentID = e.EnrollmentID
WHERE e.EnrollmentCoC = r.ReportCoC
  AND e.EntryDate <= r.ReportEnd
  AND (x.ExitDate IS NULL OR x.ExitDate >= r.ReportStart)
GROUP BY e.ProjectID
