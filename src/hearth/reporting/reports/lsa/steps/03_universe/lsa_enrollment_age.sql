-- Section: 3.5 Enrollment ages; 5.4 HIV, SMI and SUD
-- Grain: one row per EnrollmentID of 3.4
-- Inputs: lsa_parameters, lsa_cohort, lsa_enrollment_dates, client_birth, disability_record
-- An age is the last year of its band (0, 2, 5, 17, 21, 24, 34 ... 64, 65); 98 not told, 99 unknown. One faulty
-- date of birth makes all ages of that person unknown.
WITH start AS (
    SELECT max(CASE WHEN Cohort = 1 THEN CohortStart END) AS ActiveStart,
        max(CASE WHEN Cohort = -1 THEN CohortStart END) AS Exit1Start,
        max(CASE WHEN Cohort = -1 THEN CohortEnd END) AS Exit1End,
        max(CASE WHEN Cohort = -2 THEN CohortStart END) AS Exit2Start,
        max(CASE WHEN Cohort = -2 THEN CohortEnd END) AS Exit2End
    FROM lsa_cohort
),
stay AS (
    SELECT n.EnrollmentID, n.PersonalID, n.RelationshipToHoH, n.EntryDate, n.ExitDate, b.DOB, b.LSAUnknown,
        s.ActiveStart, s.Exit1Start, s.Exit1End, s.Exit2Start, s.Exit2End
    FROM lsa_enrollment_dates AS n
    JOIN client_birth AS b ON b.PersonalID = n.PersonalID
    CROSS JOIN start AS s
),
moment AS (
    SELECT EnrollmentID, PersonalID, 'entry' AS Moment, EntryDate AS Day FROM stay
    UNION ALL
    SELECT EnrollmentID, PersonalID, 'active', ActiveStart FROM stay
    WHERE EntryDate < ActiveStart AND (ExitDate IS NULL OR ExitDate >= ActiveStart)
    UNION ALL
    SELECT EnrollmentID, PersonalID, 'exit1', Exit1Start FROM stay
    WHERE EntryDate < Exit1Start AND ExitDate BETWEEN Exit1Start AND Exit1End
    UNION ALL
    SELECT EnrollmentID, PersonalID, 'exit2', Exit2Start FROM stay
    WHERE EntryDate < Exit2Start AND ExitDate BETWEEN Exit2Start AND Exit2End
),
banded AS (
    SELECT EnrollmentID, Moment, {LSAAge.of_years(Age)} AS Age
    FROM {age_at(moments = moment)} AS a
),
band AS (
    SELECT EnrollmentID,
        max(CASE WHEN Moment = 'entry' THEN Age END) AS AtEntry,
        max(CASE WHEN Moment = 'active' THEN Age END) AS AtActive,
        max(CASE WHEN Moment = 'exit1' THEN Age END) AS AtExit1,
        max(CASE WHEN Moment = 'exit2' THEN Age END) AS AtExit2
    FROM banded
    GROUP BY EnrollmentID
),
known AS (
    SELECT EnrollmentID, PersonalID,
        CASE
            WHEN LSAUnknown = 98 THEN 98
            WHEN LSAUnknown = 99 OR DOB > EntryDate
                OR (RelationshipToHoH = {RelationshipToHoH.HEAD} AND DOB = EntryDate)
                OR CAST(DOB + INTERVAL 105 YEAR AS DATE) <= EntryDate THEN 99
            ELSE 0
        END AS Unknown
    FROM stay
),
faulty AS (
    SELECT PersonalID FROM known WHERE Unknown = 99 GROUP BY PersonalID
),
aged AS (
    SELECT k.EnrollmentID,
        CASE WHEN f.PersonalID IS NOT NULL THEN 99 WHEN k.Unknown > 0 THEN k.Unknown ELSE b.AtEntry END AS EntryAge,
        b.AtActive, b.AtExit1, b.AtExit2
    FROM known AS k
    JOIN band AS b ON b.EnrollmentID = k.EnrollmentID
    LEFT JOIN faulty AS f ON f.PersonalID = k.PersonalID
),
condition AS (
    SELECT d.EnrollmentID,
        max(CASE WHEN d.DisabilityType = {DisabilityType.HIV_AIDS} THEN 1 ELSE 0 END) AS HIV,
        max(CASE WHEN d.DisabilityType = {DisabilityType.MENTAL_HEALTH} THEN 1 ELSE 0 END) AS SMI,
        max(CASE WHEN d.DisabilityType = {DisabilityType.SUBSTANCE_USE} THEN 1 ELSE 0 END) AS SUD
    FROM disability_record AS d
    JOIN lsa_parameters AS r ON d.InformationDate <= r.ReportEnd
    WHERE d.IsDisabling
    GROUP BY d.EnrollmentID
),
wide AS (
    SELECT n.*, a.EntryAge,
        CASE WHEN a.EntryAge IN ({LSAAge.unknown}) THEN a.EntryAge ELSE coalesce(a.AtActive, a.EntryAge) END
            AS ActiveAge,
        CASE
            WHEN s.Exit1Start IS NULL THEN NULL
            WHEN a.EntryAge IN ({LSAAge.unknown}) THEN a.EntryAge
            ELSE coalesce(a.AtExit1, a.EntryAge)
        END AS Exit1Age,
        CASE
            WHEN s.Exit2Start IS NULL THEN NULL
            WHEN a.EntryAge IN ({LSAAge.unknown}) THEN a.EntryAge
            ELSE coalesce(a.AtExit2, a.EntryAge)
        END AS Exit2Age
    FROM lsa_enrollment_dates AS n
    LEFT JOIN aged AS a ON a.EnrollmentID = n.EnrollmentID
    CROSS JOIN start AS s
)
SELECT w.*,
    CASE WHEN w.ActiveAge IN ({LSAAge.adult}) THEN coalesce(d.HIV, 0) ELSE 0 END AS HIV,
    CASE WHEN w.ActiveAge IN ({LSAAge.adult}) THEN coalesce(d.SMI, 0) ELSE 0 END AS SMI,
    CASE WHEN w.ActiveAge IN ({LSAAge.adult}) THEN coalesce(d.SUD, 0) ELSE 0 END AS SUD
FROM wide AS w
LEFT JOIN condition AS d ON d.EnrollmentID = w.EnrollmentID
