-- Section: 11 LSAReport
-- Grain: the one row of LSAReport.csv
-- Inputs: lsa_parameters, lsa_project, lsa_organization, lsa_exit_record, lsa_household_active,
--   lsa_person_detail, lsa_quality_stay, Enrollment, ProjectCoC
WITH served AS (
    SELECT e.EnrollmentID, e.HouseholdID, e.ProjectID, e.RelationshipToHoH, e.EnrollmentCoC, x.ExitDate
    FROM Enrollment AS e
    LEFT JOIN lsa_exit_record AS x ON x.EnrollmentID = e.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE e.DateDeleted IS NULL AND e.EntryDate <= r.ReportEnd
        AND (x.ExitDate IS NULL OR x.ExitDate >= r.ReportStart)
),
served_here AS (
    SELECT s.*
    FROM served AS s
    JOIN lsa_project AS p ON p.ProjectID = s.ProjectID
    JOIN lsa_organization AS o ON o.OrganizationID = p.OrganizationID
    WHERE p.ProjectType IN (0, 1, 2, 3, 8, 13) AND o.VictimServiceProvider = 0
),
coc_of_project AS (
    SELECT ProjectID, upper(CoCCode) AS CoCCode
    FROM ProjectCoC
    WHERE DateDeleted IS NULL
    GROUP BY ProjectID, upper(CoCCode)
),
without_coc AS (
    SELECT count(DISTINCT s.HouseholdID) AS NoCoC
    FROM served_here AS s
    LEFT JOIN coc_of_project AS c ON c.ProjectID = s.ProjectID AND c.CoCCode = upper(s.EnrollmentCoC)
    WHERE s.RelationshipToHoH = 1 AND c.ProjectID IS NULL
),
heads AS (
    SELECT HouseholdID, count(DISTINCT EnrollmentID) AS Heads
    FROM Enrollment
    WHERE RelationshipToHoH = 1 AND DateDeleted IS NULL
    GROUP BY HouseholdID
),
in_coc AS (
    SELECT e.HouseholdID
    FROM Enrollment AS e
    JOIN lsa_parameters AS r ON upper(e.EnrollmentCoC) = r.ReportCoC
    WHERE e.DateDeleted IS NULL
    GROUP BY e.HouseholdID
),
not_one_head AS (
    SELECT count(DISTINCT s.HouseholdID) AS NotOneHoH
    FROM served_here AS s
    JOIN in_coc AS c ON c.HouseholdID = s.HouseholdID
    LEFT JOIN heads AS h ON h.HouseholdID = s.HouseholdID
    WHERE h.HouseholdID IS NULL OR h.Heads <> 1
),
relationship AS (
    SELECT count(DISTINCT s.EnrollmentID) AS RelationshipToHoH
    FROM served AS s
    JOIN lsa_household_active AS h ON h.HouseholdID = s.HouseholdID
    WHERE h.Active = 1 AND (s.RelationshipToHoH IS NULL OR s.RelationshipToHoH NOT IN (1, 2, 3, 4, 5))
),
move_in AS (
    SELECT count(DISTINCT h.EnrollmentID) AS MoveInDate
    FROM lsa_household_active AS h
    JOIN Enrollment AS e ON e.EnrollmentID = h.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE h.LSAProjectType IN (3, 13, 15) AND h.Active = 1 AND h.MoveInDate IS NULL AND e.MoveInDate <= r.ReportEnd
),
households AS (
    SELECT count(*) AS HouseholdEntry
    FROM lsa_household_active AS h
    CROSS JOIN lsa_parameters AS r
    WHERE h.AIR = 1 OR (h.Active = 1 AND r.LSAScope <> 3)
),
stays AS (
    SELECT count(DISTINCT PersonalID) AS UnduplicatedClient, count(DISTINCT EnrollmentID) AS ClientEntry,
        count(DISTINCT CASE WHEN IsHoHOrAdult THEN EnrollmentID END) AS AdultHoHEntry,
        count(DISTINCT CASE WHEN ExitDate IS NOT NULL THEN EnrollmentID END) AS ClientExit,
        count(DISTINCT CASE WHEN NoDisability THEN EnrollmentID END) AS DisablingCond,
        count(DISTINCT CASE WHEN NoLivingSituation THEN EnrollmentID END) AS LivingSituation,
        count(DISTINCT CASE WHEN NoLengthOfStay THEN EnrollmentID END) AS LengthOfStay,
        count(DISTINCT CASE WHEN NoHomelessDateOf11 THEN EnrollmentID END) AS HomelessDate,
        count(DISTINCT CASE WHEN NoTimesOf11 THEN EnrollmentID END) AS TimesHomeless,
        count(DISTINCT CASE WHEN NoMonthsOf11 THEN EnrollmentID END) AS MonthsHomeless,
        count(DISTINCT CASE WHEN NoDestination THEN EnrollmentID END) AS Destination
    FROM lsa_quality_stay
),
people AS (
    SELECT count(CASE WHEN SSNValid = 4 THEN 1 END) AS SSN4Digit,
        count(CASE WHEN SSNValid = 9 THEN 1 END) AS SSNNotProvided,
        count(CASE WHEN SSNValid = 0 THEN 1 END) AS SSNMissingOrInvalid
    FROM lsa_person_detail
),
shared AS (
    SELECT SSNGroup
    FROM lsa_person_detail
    WHERE SSNGroup IS NOT NULL
    GROUP BY SSNGroup
    HAVING count(DISTINCT PersonalID) > 1
),
sharing AS (
    SELECT count(DISTINCT p.PersonalID) AS ClientSSNNotUnique, count(DISTINCT p.SSNGroup) AS DistinctSSNValueNotUnique
    FROM lsa_person_detail AS p
    JOIN shared AS s ON s.SSNGroup = p.SSNGroup
    WHERE p.SSNValid = 1
)
SELECT r.ReportID, r.ReportDate, r.ReportStart, r.ReportEnd, r.ReportCoC, r.SoftwareVendor, r.SoftwareName,
    r.VendorContact, r.VendorEmail, r.LSAScope, r.LookbackDate, without_coc.NoCoC, not_one_head.NotOneHoH,
    relationship.RelationshipToHoH, move_in.MoveInDate, stays.UnduplicatedClient, households.HouseholdEntry,
    stays.ClientEntry, stays.AdultHoHEntry, stays.ClientExit, people.SSN4Digit, people.SSNNotProvided,
    people.SSNMissingOrInvalid, sharing.ClientSSNNotUnique, sharing.DistinctSSNValueNotUnique, stays.DisablingCond,
    stays.LivingSituation, stays.LengthOfStay, stays.HomelessDate, stays.TimesHomeless, stays.MonthsHomeless,
    stays.Destination
FROM lsa_parameters AS r
CROSS JOIN without_coc
CROSS JOIN not_one_head
CROSS JOIN relationship
CROSS JOIN move_in
CROSS JOIN households
CROSS JOIN stays
CROSS JOIN people
CROSS JOIN sharing
