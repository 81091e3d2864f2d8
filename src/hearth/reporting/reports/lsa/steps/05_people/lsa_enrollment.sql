-- Section: 5.2 Active and active-in-residence enrollments; 9.2 Quarterly nights
-- Grain: one row per EnrollmentID of 3.4
-- Inputs: lsa_parameters, lsa_cohort, lsa_enrollment_age, lsa_household_type, bed_night
-- Counted is 1 for whoever the report counts: active ones, in the HIC only those in residence.
-- A night-by-night client is there on a quarterly night with a bed night of that day.
WITH night AS (
    SELECT max(CASE WHEN Cohort = 10 THEN CohortStart END) AS October,
        max(CASE WHEN Cohort = 11 THEN CohortStart END) AS January,
        max(CASE WHEN Cohort = 12 THEN CohortStart END) AS April,
        max(CASE WHEN Cohort = 13 THEN CohortStart END) AS July
    FROM lsa_cohort
),
flagged AS (
    SELECT n.*, h.ActiveHHType,
        CASE WHEN h.Active = 1 AND (n.ExitDate IS NULL OR n.ExitDate >= r.ReportStart) THEN 1 ELSE 0 END AS Active,
        CASE WHEN h.SystemActive = 1 AND (n.ExitDate IS NULL OR n.ExitDate >= r.ReportStart) THEN 1 ELSE 0 END
            AS SystemActive,
        CASE
            WHEN h.AIR = 1 AND (n.ExitDate IS NULL OR n.ExitDate > r.ReportStart)
                AND (n.LSAProjectType IN ({LSAProjectType.ee_sh_th})
                    OR (n.LSAProjectType = {LSAProjectType.ES_NBN}
                        AND n.LastBedNight BETWEEN r.ReportStart AND r.ReportEnd)
                    OR (n.LSAProjectType IN ({LSAProjectType.rrh_psh}) AND n.MoveInDate IS NOT NULL)) THEN 1
            ELSE 0
        END AS AIR,
        r.LSAScope
    FROM lsa_enrollment_age AS n
    JOIN lsa_household_type AS h ON h.HouseholdID = n.HouseholdID
    CROSS JOIN lsa_parameters AS r
    WHERE n.EntryDate <= r.ReportEnd
),
served AS (
    SELECT n.EnrollmentID,
        max(CASE WHEN b.Night = q.October THEN 1 ELSE 0 END) AS October,
        max(CASE WHEN b.Night = q.January THEN 1 ELSE 0 END) AS January,
        max(CASE WHEN b.Night = q.April THEN 1 ELSE 0 END) AS April,
        max(CASE WHEN b.Night = q.July THEN 1 ELSE 0 END) AS July
    FROM flagged AS n
    JOIN bed_night AS b ON b.EnrollmentID = n.EnrollmentID
    CROSS JOIN night AS q
    WHERE n.LSAProjectType = {LSAProjectType.ES_NBN} AND n.AIR = 1 AND b.Night >= n.EntryDate
        AND (n.ExitDate IS NULL OR b.Night < n.ExitDate)
    GROUP BY n.EnrollmentID
),
resident AS (
    SELECT n.EnrollmentID,
        CASE
            WHEN n.LSAProjectType IN ({LSAProjectType.ee_sh_th}) THEN n.EntryDate
            WHEN n.LSAProjectType IN ({LSAProjectType.rrh_psh}) THEN n.MoveInDate
        END AS FromDate
    FROM flagged AS n
    WHERE n.AIR = 1
)
SELECT n.EnrollmentID, n.PersonalID, n.HouseholdID, n.RelationshipToHoH, n.ProjectID, n.LSAProjectType, n.EntryDate,
    n.MoveInDate, n.ExitDate, n.LastBedNight, n.DisabilityStatus, n.DVStatus, n.EntryAge, n.ActiveAge, n.Exit1Age,
    n.Exit2Age, n.HIV, n.SMI, n.SUD, n.ActiveHHType, n.Active, n.SystemActive, n.AIR,
    CASE WHEN n.AIR = 1 OR (n.Active = 1 AND n.LSAScope <> 3) THEN 1 ELSE 0 END AS Counted,
    CASE
        WHEN s.October = 1 OR (f.FromDate <= q.October AND (n.ExitDate IS NULL OR n.ExitDate > q.October)) THEN 1
        ELSE 0
    END AS PITOctober,
    CASE
        WHEN s.January = 1 OR (f.FromDate <= q.January AND (n.ExitDate IS NULL OR n.ExitDate > q.January)) THEN 1
        ELSE 0
    END AS PITJanuary,
    CASE
        WHEN s.April = 1 OR (f.FromDate <= q.April AND (n.ExitDate IS NULL OR n.ExitDate > q.April)) THEN 1
        ELSE 0
    END AS PITApril,
    CASE
        WHEN s.July = 1 OR (f.FromDate <= q.July AND (n.ExitDate IS NULL OR n.ExitDate > q.July)) THEN 1
        ELSE 0
    END AS PITJuly
FROM flagged AS n
LEFT JOIN resident AS f ON f.EnrollmentID = n.EnrollmentID
LEFT JOIN served AS s ON s.EnrollmentID = n.EnrollmentID
CROSS JOIN night AS q
