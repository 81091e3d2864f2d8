-- Section: 10 Data quality counts by project (rows 901 to 921)
-- Grain: one row per row of LSACalculated
-- Inputs: lsa_parameters, lsa_project, lsa_hmis_participation, enrollment_exit, bed_night,
--   lsa_household_active, lsa_enrollment, lsa_quality_stay, household_head, Enrollment, Project
-- Members: Counted
-- Counted is a HouseholdID in rows 905 and 909, a PersonalID in row 920, elsewhere an EnrollmentID.
WITH closed AS (
    SELECT n.ProjectID, n.EnrollmentID, CASE WHEN x.ExitDate IS NULL THEN 901 ELSE 902 END AS ReportRow
    FROM lsa_enrollment AS n
    JOIN Project AS p ON p.ProjectID = n.ProjectID
    JOIN lsa_parameters AS r ON p.OperatingEndDate BETWEEN r.ReportStart AND r.ReportEnd
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
    WHERE x.ExitDate IS NULL OR x.ExitDate > p.OperatingEndDate
),
last_night AS (
    SELECT b.EnrollmentID, max(b.Night) AS LastBedNight
    FROM bed_night AS b
    JOIN Enrollment AS e ON e.EnrollmentID = b.EnrollmentID
    JOIN Project AS p ON p.ProjectID = e.ProjectID
    CROSS JOIN lsa_parameters AS r
    WHERE p.ProjectType = {ProjectType.ES_NBN} AND (p.OperatingEndDate IS NULL OR p.OperatingEndDate >= b.Night)
        AND b.Night BETWEEN r.ReportStart AND r.ReportEnd
    GROUP BY b.EnrollmentID
),
nights_and_exits AS (
    SELECT e.ProjectID, e.EnrollmentID,
        CASE WHEN x.ExitDate IS NULL OR x.ExitDate > r.ReportEnd THEN 903 ELSE 904 END AS ReportRow
    FROM lsa_enrollment AS n
    JOIN lsa_household_active AS h ON h.HouseholdID = n.HouseholdID
    JOIN Enrollment AS e ON e.EnrollmentID = n.EnrollmentID
    JOIN Project AS p ON p.ProjectID = e.ProjectID
    JOIN last_night AS b ON b.EnrollmentID = h.EnrollmentID
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = e.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE p.ProjectType = {ProjectType.ES_NBN} AND p.ContinuumProject = {YES}
        AND (((x.ExitDate IS NULL OR x.ExitDate > r.ReportEnd) AND b.LastBedNight <= r.ReportEnd - 90)
            OR (x.ExitDate BETWEEN r.ReportStart AND r.ReportEnd AND x.ExitDate <> b.LastBedNight + 1))
),
-- Enrollments as recorded, whether or not a household of 3.3 has them.
recorded AS (
    SELECT e.EnrollmentID, e.HouseholdID, e.ProjectID, e.RelationshipToHoH, e.EntryDate, x.ExitDate, p.ProjectType,
        r.ReportCoC, r.ReportEnd
    FROM Enrollment AS e
    JOIN lsa_project AS p ON p.ProjectID = e.ProjectID
    CROSS JOIN lsa_parameters AS r
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = e.EnrollmentID
    WHERE p.ProjectType NOT IN ({ProjectType.other_permanent_housing}) AND e.EntryDate <= r.ReportEnd
        AND (x.ExitDate IS NULL OR (x.ExitDate >= r.ReportStart AND x.ExitDate > e.EntryDate))
),
heads AS (
    SELECT h.HouseholdID, max(h.Heads) AS Heads, max(CASE WHEN h.CoCCode IS NULL THEN 1 ELSE 0 END) AS WithoutCoC,
        max(CASE WHEN h.CoCCode = r.ReportCoC THEN 1 ELSE 0 END) AS InCoC
    FROM household_head AS h
    CROSS JOIN lsa_parameters AS r
    GROUP BY h.HouseholdID
),
in_coc AS (
    SELECT e.HouseholdID
    FROM Enrollment AS e
    JOIN lsa_parameters AS r ON upper(e.EnrollmentCoC) = r.ReportCoC
    WHERE e.HouseholdID IS NOT NULL
    GROUP BY e.HouseholdID
),
participating AS (
    SELECT e.EnrollmentID
    FROM recorded AS e
    JOIN lsa_hmis_participation AS h ON h.ProjectID = e.ProjectID
    WHERE h.HMISParticipationType = {HMISParticipationType.HMIS} AND h.HMISParticipationStatusStartDate <= e.EntryDate
        AND (h.HMISParticipationStatusEndDate IS NULL
            OR h.HMISParticipationStatusEndDate >= e.ExitDate
            OR (e.ExitDate IS NULL AND h.HMISParticipationStatusEndDate > e.ReportEnd))
    GROUP BY e.EnrollmentID
),
with_night AS (
    SELECT e.EnrollmentID
    FROM recorded AS e
    JOIN bed_night AS b ON b.EnrollmentID = e.EnrollmentID
    WHERE b.Night >= e.EntryDate AND b.Night <= least(e.ReportEnd, e.ExitDate - 1)
    GROUP BY e.EnrollmentID
),
fault AS (
    SELECT ProjectID, EnrollmentID AS Counted, ReportRow FROM closed
    UNION ALL
    SELECT ProjectID, EnrollmentID, ReportRow FROM nights_and_exits
    UNION ALL
    SELECT e.ProjectID, e.HouseholdID, 905
    FROM recorded AS e
    LEFT JOIN heads AS h ON h.HouseholdID = e.HouseholdID
    WHERE h.HouseholdID IS NULL OR h.WithoutCoC = 1
    UNION ALL
    SELECT e.ProjectID, e.EnrollmentID, 906
    FROM recorded AS e
    JOIN heads AS h ON h.HouseholdID = e.HouseholdID
    LEFT JOIN participating AS p ON p.EnrollmentID = e.EnrollmentID
    WHERE h.InCoC = 1 AND p.EnrollmentID IS NULL
    UNION ALL
    SELECT e.ProjectID, e.EnrollmentID, 907
    FROM recorded AS e
    JOIN in_coc AS c ON c.HouseholdID = e.HouseholdID
    LEFT JOIN heads AS h ON h.HouseholdID = e.HouseholdID
    WHERE h.HouseholdID IS NULL OR h.Heads > 1
    UNION ALL
    SELECT e.ProjectID, e.EnrollmentID, 908
    FROM recorded AS e
    JOIN in_coc AS c ON c.HouseholdID = e.HouseholdID
    WHERE e.RelationshipToHoH IS NULL OR e.RelationshipToHoH NOT IN ({RelationshipToHoH.member})
    UNION ALL
    SELECT h.ProjectID, h.HouseholdID, 909
    FROM lsa_household_active AS h
    CROSS JOIN lsa_parameters AS r
    WHERE h.EntryDate <= r.ReportEnd AND (h.AIR = 1 OR (h.Active = 1 AND r.LSAScope <> 3))
    UNION ALL
    SELECT ProjectID, EnrollmentID, 910 FROM lsa_quality_stay
    UNION ALL
    SELECT ProjectID, EnrollmentID, 911 FROM lsa_quality_stay WHERE IsHoHOrAdult
    UNION ALL
    SELECT n.ProjectID, n.EnrollmentID, 912
    FROM lsa_quality_stay AS n
    JOIN lsa_parameters AS r ON n.ExitDate <= r.ReportEnd
    UNION ALL
    SELECT ProjectID, EnrollmentID, 913 FROM lsa_quality_stay WHERE NoDisability
    UNION ALL
    SELECT ProjectID, EnrollmentID, 914 FROM lsa_quality_stay WHERE NoLivingSituation
    UNION ALL
    SELECT ProjectID, EnrollmentID, 915 FROM lsa_quality_stay WHERE NoLengthOfStay
    UNION ALL
    SELECT ProjectID, EnrollmentID, 916 FROM lsa_quality_stay WHERE NoHomelessDateOf10
    UNION ALL
    SELECT ProjectID, EnrollmentID, 917 FROM lsa_quality_stay WHERE NoTimesOf10
    UNION ALL
    SELECT ProjectID, EnrollmentID, 918 FROM lsa_quality_stay WHERE NoMonthsOf10
    UNION ALL
    SELECT n.ProjectID, n.EnrollmentID, 919
    FROM lsa_quality_stay AS n
    JOIN lsa_parameters AS r ON n.ExitDate <= r.ReportEnd
    WHERE n.HasExit AND n.NoDestination
    UNION ALL
    SELECT ProjectID, PersonalID, 920 FROM lsa_quality_stay WHERE NoDOB
    UNION ALL
    SELECT e.ProjectID, e.EnrollmentID, 921
    FROM recorded AS e
    JOIN heads AS h ON h.HouseholdID = e.HouseholdID
    LEFT JOIN with_night AS b ON b.EnrollmentID = e.EnrollmentID
    WHERE e.ProjectType = {ProjectType.ES_NBN} AND h.InCoC = 1 AND b.EnrollmentID IS NULL
)
SELECT count(DISTINCT Counted) AS Value, 1 AS Cohort, 10 AS Universe, 0 AS HHType, 0 AS Population, -1 AS SystemPath,
    ProjectID, ReportRow
FROM fault
GROUP BY ProjectID, ReportRow
