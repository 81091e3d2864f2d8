-- Section: 10 and 11.7: what is missing in the enrollments that the report counts
-- Grain: one row per EnrollmentID that the report counts; a column per question, 1 when its answer is missing
-- Inputs: lsa_enrollment, enrollment_exit, Enrollment
-- The project counts of 10 know street situations by 101, 116 and 118, the report's of 11 by 100 to 199.
WITH stay AS (
    SELECT n.EnrollmentID, n.PersonalID, n.HouseholdID, n.ProjectID, n.ActiveAge, n.ExitDate, n.DisabilityStatus,
        n.ActiveAge IN ({LSAAge.adult}) OR n.RelationshipToHoH = {RelationshipToHoH.HEAD} AS IsHoHOrAdult,
        e.EntryDate, e.LivingSituation, e.LengthOfStay, e.DateToStreetESSH,
        e.TimesHomelessPastThreeYears AS Times, e.MonthsHomelessPastThreeYears AS Months,
        n.LSAProjectType IN ({LSAProjectType.es_sh}) OR coalesce(e.PreviousStreetESSH = {YES}, FALSE) AS FromStreet,
        x.EnrollmentID IS NOT NULL AS HasExit,
        x.Destination IS NULL
            OR x.Destination IN ({Destination.OTHER}, {Destination.NO_EXIT_INTERVIEW})
            OR x.Destination IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})
            OR (x.Destination = {Destination.RENTAL_WITH_SUBSIDY} AND x.DestinationSubsidyType IS NULL) AS NoDestination
    FROM lsa_enrollment AS n
    JOIN Enrollment AS e ON e.EnrollmentID = n.EnrollmentID
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
    WHERE n.Counted = 1
),
situated AS (
    SELECT s.*, FromStreet OR coalesce(LivingSituation IN ({LivingSituation.homeless}), FALSE) AS StreetOf10,
        FromStreet OR coalesce(LivingSituation BETWEEN 100 AND 199, FALSE) AS StreetOf11,
        Times IS NULL OR Times NOT IN ({TimesHomelessPastThreeYears.known}) AS NoTimes,
        Months IS NULL OR Months NOT IN ({MonthsHomelessPastThreeYears.known}) AS NoMonths
    FROM stay AS s
)
SELECT EnrollmentID, PersonalID, HouseholdID, ProjectID, ExitDate, HasExit, IsHoHOrAdult,
    ActiveAge IN ({LSAAge.unknown}) AS NoDOB,
    DisabilityStatus IS NULL OR DisabilityStatus NOT IN (0, 1) AS NoDisability,
    IsHoHOrAdult AND (LivingSituation IS NULL
        OR LivingSituation IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})) AS NoLivingSituation,
    IsHoHOrAdult AND (LengthOfStay IS NULL
        OR LengthOfStay IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})) AS NoLengthOfStay,
    IsHoHOrAdult AND (coalesce(DateToStreetESSH > EntryDate, FALSE) OR (DateToStreetESSH IS NULL AND StreetOf10))
        AS NoHomelessDateOf10,
    IsHoHOrAdult AND (coalesce(DateToStreetESSH > EntryDate, FALSE) OR (DateToStreetESSH IS NULL AND StreetOf11))
        AS NoHomelessDateOf11,
    IsHoHOrAdult AND NoTimes AND StreetOf10 AS NoTimesOf10, IsHoHOrAdult AND NoTimes AND StreetOf11 AS NoTimesOf11,
    IsHoHOrAdult AND NoMonths AND StreetOf10 AS NoMonthsOf10,
    IsHoHOrAdult AND NoMonths AND StreetOf11 AS NoMonthsOf11,
    ExitDate IS NOT NULL AND NoDestination AS NoDestination
FROM situated
