-- Section: 3.4 HMIS client enrollments (tlsa_Enrollment)
-- Grain: one row per EnrollmentID of a member of a household of 3.3
-- Inputs: lsa_parameters, lsa_household_dates, bed_night, enrollment_exit, violence_record, Enrollment
-- The head's effective dates bound the members'. At night-by-night shelters dates come from the bed nights.
WITH member AS (
    SELECT n.EnrollmentID, n.PersonalID, n.HouseholdID, n.RelationshipToHoH, h.ProjectID, h.LSAProjectType,
        n.EntryDate, x.ExitDate, h.EntryDate AS HeadEntry, h.ExitDate AS HeadExit, h.MoveInDate AS HeadMoveIn,
        CASE
            WHEN n.DisablingCondition IN ({NO}, {YES}) THEN n.DisablingCondition
            WHEN n.DisablingCondition IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN -2
        END AS DisabilityStatus,
        r.ReportEnd, r.LookbackDate
    FROM lsa_household_dates AS h
    JOIN Enrollment AS n ON n.HouseholdID = h.HouseholdID
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE n.RelationshipToHoH IN ({RelationshipToHoH.member})
),
entry_exit AS (
    SELECT EnrollmentID, PersonalID, HouseholdID, RelationshipToHoH, ProjectID, LSAProjectType, EntryDate,
        CASE WHEN ExitDate <= ReportEnd THEN ExitDate END AS CountedExit,
        HeadEntry, HeadExit, HeadMoveIn, DisabilityStatus, ReportEnd, LookbackDate
    FROM member
    WHERE LSAProjectType <> {LSAProjectType.ES_NBN} AND EntryDate <= coalesce(HeadExit, ReportEnd)
),
nights AS (
    SELECT m.EnrollmentID, min(b.Night) AS FirstBedNight, max(b.Night) AS LastBedNight
    FROM member AS m
    JOIN bed_night AS b ON b.EnrollmentID = m.EnrollmentID
    WHERE m.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night >= m.EntryDate AND b.Night >= m.HeadEntry
        AND (m.HeadExit IS NULL OR b.Night < m.HeadExit)
        AND (m.ExitDate IS NULL OR b.Night < m.ExitDate)
        AND b.Night >= m.LookbackDate AND b.Night <= m.ReportEnd
    GROUP BY m.EnrollmentID
),
effective AS (
    SELECT EnrollmentID, PersonalID, HouseholdID, RelationshipToHoH, ProjectID, LSAProjectType,
        greatest(HeadEntry, EntryDate) AS EntryDate,
        CASE
            WHEN CountedExit >= HeadExit THEN HeadExit
            WHEN CountedExit IS NULL AND HeadExit IS NOT NULL THEN HeadExit
            WHEN LSAProjectType IN ({LSAProjectType.any_rrh}) AND HeadMoveIn = CountedExit AND CountedExit = ReportEnd
                THEN NULL
            WHEN LSAProjectType IN ({LSAProjectType.any_rrh}) AND HeadMoveIn = CountedExit THEN CountedExit + 1
            ELSE CountedExit
        END AS ExitDate,
        CAST(NULL AS DATE) AS LastBedNight, HeadExit, HeadMoveIn, DisabilityStatus
    FROM entry_exit
    WHERE CountedExit IS NULL
        OR (CountedExit > HeadEntry AND CountedExit > LookbackDate AND CountedExit > EntryDate)
    UNION ALL
    SELECT m.EnrollmentID, m.PersonalID, m.HouseholdID, m.RelationshipToHoH, m.ProjectID, m.LSAProjectType,
        b.FirstBedNight,
        CASE
            WHEN m.ExitDate IS NULL AND m.HeadExit IS NULL AND b.LastBedNight + 90 > m.ReportEnd THEN NULL
            ELSE b.LastBedNight + 1
        END,
        b.LastBedNight, m.HeadExit, m.HeadMoveIn, m.DisabilityStatus
    FROM member AS m
    JOIN nights AS b ON b.EnrollmentID = m.EnrollmentID
),
violence AS (
    SELECT dv.EnrollmentID, min(dv.LSADVStatus) AS DVStatus
    FROM violence_record AS dv
    JOIN effective AS n ON n.EnrollmentID = dv.EnrollmentID
    CROSS JOIN lsa_parameters AS r
    WHERE dv.InformationDate <= r.ReportEnd AND dv.InformationDate >= n.EntryDate
        AND (n.ExitDate IS NULL OR dv.InformationDate <= n.ExitDate)
    GROUP BY dv.EnrollmentID
)
SELECT n.EnrollmentID, n.PersonalID, n.HouseholdID, n.RelationshipToHoH, n.ProjectID, n.LSAProjectType, n.EntryDate,
    CASE
        WHEN n.LSAProjectType NOT IN ({LSAProjectType.any_rrh_psh}) THEN NULL
        WHEN n.HeadMoveIn < n.EntryDate THEN n.EntryDate
        WHEN n.HeadMoveIn > n.ExitDate THEN NULL
        WHEN n.HeadMoveIn = n.ExitDate AND (n.HeadExit IS NULL OR n.HeadExit > n.ExitDate) THEN NULL
        ELSE n.HeadMoveIn
    END AS MoveInDate,
    n.ExitDate, n.LastBedNight, n.DisabilityStatus, v.DVStatus
FROM effective AS n
LEFT JOIN violence AS v ON v.EnrollmentID = n.EnrollmentID
