-- Section: 11.1 to 11.7 Counts of LSAReport
-- Grain: one row per column of LSAReport that counts somebody
-- Inputs: lsa_parameters, lsa_project, lsa_organization, enrollment_exit, lsa_household_active,
--   lsa_person_detail, lsa_quality_stay, household_head, project_in_coc, Enrollment
-- Members: Counted
-- Counted is a HouseholdID in NoCoC, NotOneHoH and HouseholdEntry, a PersonalID in UnduplicatedClient and the
-- columns on SSN, elsewhere an EnrollmentID.
WITH served AS (
    SELECT e.EnrollmentID, e.HouseholdID, e.ProjectID, e.RelationshipToHoH, e.EnrollmentCoC
    FROM Enrollment AS e
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = e.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE e.EntryDate <= r.ReportEnd
        AND (x.ExitDate IS NULL OR x.ExitDate >= r.ReportStart)
),
served_here AS (
    SELECT s.*
    FROM served AS s
    JOIN lsa_project AS p ON p.ProjectID = s.ProjectID
    JOIN lsa_organization AS o ON o.OrganizationID = p.OrganizationID
    WHERE p.ProjectType IN ({LSAPopulation.project_types}) AND o.VictimServiceProvider = {NO}
),
in_coc AS (
    SELECT e.HouseholdID
    FROM Enrollment AS e
    JOIN lsa_parameters AS r ON upper(e.EnrollmentCoC) = r.ReportCoC
    GROUP BY e.HouseholdID
),
shared AS (
    SELECT SSNGroup
    FROM lsa_person_detail
    WHERE SSNGroup IS NOT NULL
    GROUP BY SSNGroup
    HAVING count(DISTINCT PersonalID) > 1
),
counted AS (
    SELECT 'NoCoC' AS ReportColumn, s.HouseholdID AS Counted
    FROM served_here AS s
    LEFT JOIN project_in_coc AS c ON c.ProjectID = s.ProjectID AND c.CoCCode = upper(s.EnrollmentCoC)
    WHERE s.RelationshipToHoH = {RelationshipToHoH.HEAD} AND c.ProjectID IS NULL
    UNION ALL
    SELECT 'NotOneHoH', s.HouseholdID
    FROM served_here AS s
    JOIN in_coc AS c ON c.HouseholdID = s.HouseholdID
    LEFT JOIN household_head AS h ON h.HouseholdID = s.HouseholdID
    WHERE h.HouseholdID IS NULL OR h.Heads <> 1
    UNION ALL
    SELECT 'RelationshipToHoH', s.EnrollmentID
    FROM served AS s
    JOIN lsa_household_active AS h ON h.HouseholdID = s.HouseholdID
    WHERE h.Active = 1 AND (s.RelationshipToHoH IS NULL OR s.RelationshipToHoH NOT IN ({RelationshipToHoH.member}))
    UNION ALL
    SELECT 'MoveInDate', h.EnrollmentID
    FROM lsa_household_active AS h
    JOIN Enrollment AS e ON e.EnrollmentID = h.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE h.LSAProjectType IN ({LSAProjectType.any_rrh_psh}) AND h.Active = 1 AND h.MoveInDate IS NULL
        AND e.MoveInDate <= r.ReportEnd
    UNION ALL
    SELECT 'HouseholdEntry', h.HouseholdID
    FROM lsa_household_active AS h
    CROSS JOIN lsa_parameters AS r
    WHERE h.AIR = 1 OR (h.Active = 1 AND r.LSAScope <> 3)
    UNION ALL
    SELECT 'UnduplicatedClient', PersonalID FROM lsa_quality_stay
    UNION ALL
    SELECT 'ClientEntry', EnrollmentID FROM lsa_quality_stay
    UNION ALL
    SELECT 'AdultHoHEntry', EnrollmentID FROM lsa_quality_stay WHERE IsHoHOrAdult
    UNION ALL
    SELECT 'ClientExit', EnrollmentID FROM lsa_quality_stay WHERE ExitDate IS NOT NULL
    UNION ALL
    SELECT CASE SSNValid WHEN 4 THEN 'SSN4Digit' WHEN 9 THEN 'SSNNotProvided' ELSE 'SSNMissingOrInvalid' END, PersonalID
    FROM lsa_person_detail
    WHERE SSNValid IN (0, 4, 9)
    UNION ALL
    SELECT 'ClientSSNNotUnique', p.PersonalID
    FROM lsa_person_detail AS p
    JOIN shared AS s ON s.SSNGroup = p.SSNGroup
    WHERE p.SSNValid = 1
    UNION ALL
    SELECT 'DisablingCond', EnrollmentID FROM lsa_quality_stay WHERE NoDisability
    UNION ALL
    SELECT 'LivingSituation', EnrollmentID FROM lsa_quality_stay WHERE NoLivingSituation
    UNION ALL
    SELECT 'LengthOfStay', EnrollmentID FROM lsa_quality_stay WHERE NoLengthOfStay
    UNION ALL
    SELECT 'HomelessDate', EnrollmentID FROM lsa_quality_stay WHERE NoHomelessDateOf11
    UNION ALL
    SELECT 'TimesHomeless', EnrollmentID FROM lsa_quality_stay WHERE NoTimesOf11
    UNION ALL
    SELECT 'MonthsHomeless', EnrollmentID FROM lsa_quality_stay WHERE NoMonthsOf11
    UNION ALL
    SELECT 'Destination', EnrollmentID FROM lsa_quality_stay WHERE NoDestination
)
SELECT count(DISTINCT Counted) AS Value, ReportColumn
FROM counted
GROUP BY ReportColumn
