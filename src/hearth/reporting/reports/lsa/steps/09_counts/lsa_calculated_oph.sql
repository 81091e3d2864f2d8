-- Section: 9.6 Other permanent housing on the night of the HIC (row 53)
-- Grain: one row per project of type 9 or 10 with people
-- Inputs: lsa_parameters, lsa_project, lsa_hmis_participation, enrollment_exit, Enrollment
-- Members: m.PersonalID, m.HouseholdID, m.EnrollmentID
-- HIC only. As in HUD's output a stay without exit counts up to the moment the report is made.
WITH participating AS (
    SELECT p.ProjectID
    FROM lsa_project AS p
    JOIN lsa_hmis_participation AS h ON h.ProjectID = p.ProjectID
    CROSS JOIN lsa_parameters AS r
    WHERE r.LSAScope = 3 AND p.ProjectType IN ({ProjectType.other_permanent_housing})
        AND h.HMISParticipationType = {HMISParticipationType.HMIS}
        AND h.HMISParticipationStatusStartDate <= r.ReportStart
        AND (h.HMISParticipationStatusEndDate IS NULL OR h.HMISParticipationStatusEndDate > r.ReportStart)
    GROUP BY p.ProjectID
),
stay AS (
    SELECT n.HouseholdID, n.EnrollmentID, n.PersonalID, n.ProjectID, n.RelationshipToHoH, n.EnrollmentCoC, n.EntryDate,
        n.MoveInDate, x.ExitDate, r.ReportStart, r.ReportDate, r.ReportCoC
    FROM Enrollment AS n
    CROSS JOIN lsa_parameters AS r
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
    WHERE n.EntryDate <= r.ReportStart
        AND (x.ExitDate IS NULL OR x.ExitDate > r.ReportStart)
),
housed AS (
    SELECT s.HouseholdID, s.ProjectID
    FROM stay AS s
    JOIN participating AS p ON p.ProjectID = s.ProjectID
    WHERE s.RelationshipToHoH = {RelationshipToHoH.HEAD} AND s.MoveInDate <= s.ReportStart
        AND s.MoveInDate >= s.EntryDate
        AND upper(s.EnrollmentCoC) = s.ReportCoC
)
SELECT count(DISTINCT m.PersonalID) AS Value, 1 AS Cohort, 10 AS Universe, 0 AS HHType, 0 AS Population,
    -1 AS SystemPath, h.ProjectID, 53 AS ReportRow
FROM housed AS h
JOIN stay AS m ON m.HouseholdID = h.HouseholdID
WHERE m.ExitDate IS NOT NULL OR m.ReportDate > CAST(m.ReportStart AS TIMESTAMP)
GROUP BY h.ProjectID
