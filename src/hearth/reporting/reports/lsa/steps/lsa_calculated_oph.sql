-- Section: 9.6 Other permanent housing on the night of the HIC (row 53)
-- Grain: one row per project of type 9 or 10 with people
-- Inputs: lsa_parameters, lsa_project, lsa_hmis_participation, lsa_exit_record, Enrollment
-- Members: m.PersonalID, m.HouseholdID, m.EnrollmentID
-- HIC only. A stay without exit counts up to the day the report is made, as in HUD's output.
WITH participating AS (
    SELECT p.ProjectID
    FROM lsa_project AS p
    JOIN lsa_hmis_participation AS h ON h.ProjectID = p.ProjectID
    CROSS JOIN lsa_parameters AS r
    WHERE r.LSAScope = 3 AND p.ProjectType IN (9, 10) AND h.HMISParticipationType = 1
        AND h.HMISParticipationStatusStartDate <= r.ReportStart
        AND (h.HMISParticipationStatusEndDate IS NULL OR h.HMISParticipationStatusEndDate > r.ReportStart)
    GROUP BY p.ProjectID
),
housed AS (
    SELECT n.HouseholdID, n.ProjectID
    FROM Enrollment AS n
    JOIN participating AS p ON p.ProjectID = n.ProjectID
    JOIN lsa_parameters AS r ON upper(n.EnrollmentCoC) = r.ReportCoC
    LEFT JOIN lsa_exit_record AS x ON x.EnrollmentID = n.EnrollmentID
    WHERE n.DateDeleted IS NULL AND n.RelationshipToHoH = 1 AND n.EntryDate <= r.ReportStart
        AND n.MoveInDate <= r.ReportStart AND n.MoveInDate >= n.EntryDate
        AND (x.ExitDate IS NULL OR x.ExitDate > r.ReportStart)
)
SELECT count(DISTINCT m.PersonalID) AS Value, 1 AS Cohort, 10 AS Universe, 0 AS HHType, 0 AS Population,
    -1 AS SystemPath, h.ProjectID, 53 AS ReportRow
FROM housed AS h
JOIN Enrollment AS m ON m.HouseholdID = h.HouseholdID
LEFT JOIN lsa_exit_record AS x ON x.EnrollmentID = m.EnrollmentID
CROSS JOIN lsa_parameters AS r
WHERE m.DateDeleted IS NULL AND m.EntryDate <= r.ReportStart
    AND coalesce(x.ExitDate, CAST(r.ReportDate AS DATE)) > r.ReportStart
GROUP BY h.ProjectID
