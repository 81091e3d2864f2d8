-- Section: 3.3 HMIS household enrollments (tlsa_HHID)
-- Grain: one row per HouseholdID with exactly one head, served in the CoC by a participating residential project
-- Inputs: lsa_parameters, bed_night, enrollment_exit, household_head, participation, Project, Organization
-- Ties: HMIS participations of one project from one day on: ranked.Number per c.HouseholdID
--   by CASE WHEN hp.EndDate <= c.ReportEnd THEN hp.EndDate END
-- Dates are effective ones: clipped to the time in which the project operated and took part in HMIS, and for
-- night-by-night shelters taken from the bed nights. Of several participation records the latest that the stay
-- touches counts; an exit after the end of participation or operation does not count as an exit.
WITH residential AS (
    SELECT p.ProjectID,
        CASE WHEN p.ProjectType = {ProjectType.RRH} AND p.RRHSubType = {RRHSubType.SERVICES_ONLY}
            THEN {LSAProjectType.RRH_SO} ELSE p.ProjectType END AS LSAProjectType,
        p.OperatingStartDate AS OperatingStart,
        CASE WHEN p.OperatingEndDate <= r.ReportEnd THEN p.OperatingEndDate END AS OperatingEnd
    FROM Project AS p
    JOIN Organization AS o ON o.OrganizationID = p.OrganizationID
    CROSS JOIN lsa_parameters AS r
    WHERE p.ContinuumProject = {YES} AND o.VictimServiceProvider = {NO}
        AND p.ProjectType IN ({LSAPopulation.project_types})
        AND (p.ProjectType <> {ProjectType.RRH} OR p.RRHSubType IN ({RRHSubType.SERVICES_ONLY}, {RRHSubType.HOUSING}))
        AND p.OperatingStartDate <= r.ReportEnd
        AND (p.OperatingEndDate IS NULL
            OR (p.OperatingEndDate > p.OperatingStartDate AND p.OperatingEndDate > r.LookbackDate))
),
head AS (
    SELECT n.HouseholdID, n.PersonalID, n.EnrollmentID, n.ProjectID, n.EntryDate, n.MoveInDate,
        p.LSAProjectType, p.OperatingStart, p.OperatingEnd, x.ExitDate, x.Destination, x.DestinationSubsidyType,
        r.ReportEnd, r.LookbackDate
    FROM household_head AS n
    JOIN residential AS p ON p.ProjectID = n.ProjectID
    JOIN lsa_parameters AS r ON n.CoCCode = r.ReportCoC
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
    WHERE n.Heads = 1 AND n.EntryDate <= r.ReportEnd
        AND (n.EntryDate < p.OperatingEnd OR p.OperatingEnd IS NULL)
),
taking_part AS (
    SELECT hp.HMISParticipationID, hp.ProjectID, hp.StartDate AS HMISStart,
        CASE WHEN hp.EndDate <= r.ReportEnd THEN hp.EndDate END AS HMISEnd
    FROM participation AS hp
    CROSS JOIN lsa_parameters AS r
),
candidate AS (
    SELECT head.*, part.HMISParticipationID, part.HMISStart, part.HMISEnd,
        CASE
            WHEN head.ExitDate <= coalesce(head.OperatingEnd, head.ExitDate)
                AND head.ExitDate <= coalesce(part.HMISEnd, head.ExitDate) THEN head.ExitDate
        END AS CountedExit
    FROM head
    JOIN taking_part AS part ON part.ProjectID = head.ProjectID
),
ranked AS (
    SELECT c.EnrollmentID, c.HMISParticipationID AS CandidateID, hp.HMISParticipationID AS LatestID,
        row_number() OVER (
            PARTITION BY c.EnrollmentID, c.HMISParticipationID
            ORDER BY hp.StartDate DESC, hp.HMISParticipationID
        ) AS Number
    FROM candidate AS c
    JOIN participation AS hp ON hp.ProjectID = c.ProjectID
    WHERE hp.StartDate <= c.ReportEnd
        AND (hp.EndDate IS NULL OR (hp.EndDate > c.LookbackDate AND hp.EndDate > c.EntryDate))
        AND (c.CountedExit IS NULL OR c.CountedExit > hp.StartDate)
),
counted AS (
    SELECT c.*, greatest(c.HMISStart, c.OperatingStart) AS ProjectStart, least(c.HMISEnd, c.OperatingEnd) AS ProjectEnd
    FROM candidate AS c
    JOIN ranked AS k
        ON k.EnrollmentID = c.EnrollmentID AND k.CandidateID = c.HMISParticipationID AND k.Number = 1
    WHERE k.LatestID = c.HMISParticipationID
        AND (c.CountedExit IS NULL
            OR (c.CountedExit > c.LookbackDate AND c.CountedExit > c.EntryDate
                AND c.CountedExit > c.OperatingStart AND c.CountedExit > c.HMISStart))
),
nights AS (
    SELECT c.EnrollmentID, min(b.Night) AS FirstBedNight, max(b.Night) AS LastBedNight
    FROM counted AS c
    JOIN bed_night AS b ON b.EnrollmentID = c.EnrollmentID
    WHERE c.LSAProjectType = {LSAProjectType.ES_NBN}
        AND b.Night >= c.HMISStart AND b.Night >= c.OperatingStart AND b.Night >= c.LookbackDate
        AND b.Night >= c.EntryDate AND b.Night <= c.ReportEnd
        AND (c.CountedExit IS NULL OR b.Night < c.CountedExit)
        AND (c.HMISEnd IS NULL OR b.Night < c.HMISEnd)
        AND (c.OperatingEnd IS NULL OR b.Night < c.OperatingEnd)
    GROUP BY c.EnrollmentID
),
effective AS (
    SELECT c.HouseholdID, c.PersonalID AS HoHID, c.EnrollmentID, c.ProjectID, c.LSAProjectType, b.LastBedNight,
        c.ExitDate AS RecordedExit, c.Destination, c.DestinationSubsidyType,
        CASE
            WHEN c.LSAProjectType = {LSAProjectType.ES_NBN} THEN b.FirstBedNight
            WHEN c.EntryDate >= c.ProjectStart THEN c.EntryDate
            ELSE c.ProjectStart
        END AS EntryDate,
        CASE
            WHEN c.MoveInDate IS NULL OR c.MoveInDate > c.ReportEnd
                OR c.LSAProjectType NOT IN ({LSAProjectType.any_rrh_psh})
                OR c.MoveInDate < c.EntryDate OR c.MoveInDate >= c.ProjectEnd OR c.MoveInDate > c.CountedExit
                OR (c.MoveInDate = c.CountedExit AND c.LSAProjectType = {LSAProjectType.PSH}) THEN NULL
            WHEN c.MoveInDate >= c.ProjectStart THEN c.MoveInDate
            ELSE c.ProjectStart
        END AS MoveInDate,
        -- A stay that ends on the day of move-in lasts one day longer, so that it is housed for one night.
        c.LSAProjectType IN ({LSAProjectType.any_rrh}) AND c.MoveInDate = c.CountedExit
            AND (c.ProjectEnd IS NULL OR c.MoveInDate < c.ProjectEnd) AS MovedInOnExit,
        c.CountedExit, c.ProjectEnd, c.ReportEnd
    FROM counted AS c
    LEFT JOIN nights AS b ON b.EnrollmentID = c.EnrollmentID
    WHERE c.LSAProjectType <> {LSAProjectType.ES_NBN} OR b.LastBedNight IS NOT NULL
),
ended AS (
    SELECT HouseholdID, HoHID, EnrollmentID, ProjectID, LSAProjectType, EntryDate, MoveInDate, LastBedNight,
        RecordedExit, Destination, DestinationSubsidyType,
        CASE
            WHEN LSAProjectType = {LSAProjectType.ES_NBN} AND LastBedNight = ReportEnd THEN NULL
            WHEN LSAProjectType = {LSAProjectType.ES_NBN} AND CountedExit < ReportEnd THEN LastBedNight + 1
            WHEN LastBedNight + 90 <= ReportEnd THEN LastBedNight + 1
            WHEN MovedInOnExit AND CountedExit = ReportEnd THEN NULL
            WHEN MovedInOnExit AND CountedExit < ReportEnd THEN CountedExit + 1
            WHEN ProjectEnd IS NOT NULL AND (CountedExit IS NULL OR CountedExit >= ProjectEnd) THEN ProjectEnd
            WHEN CountedExit > ReportEnd THEN NULL
            ELSE CountedExit
        END AS ExitDate
    FROM effective
)
SELECT HouseholdID, HoHID, EnrollmentID, ProjectID, LSAProjectType, EntryDate, MoveInDate, ExitDate, LastBedNight,
    CASE
        WHEN ExitDate IS NULL THEN -1
        WHEN Destination IS NULL
            OR Destination IN ({Destination.OTHER}, {Destination.NO_EXIT_INTERVIEW}, {NOT_COLLECTED})
            OR (RecordedExit <> ExitDate AND (MoveInDate IS NULL OR MoveInDate <> RecordedExit)) THEN 99
        WHEN Destination IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        WHEN Destination = {Destination.RENTAL_WITH_SUBSIDY} THEN coalesce(DestinationSubsidyType, 99)
        ELSE Destination
    END AS ExitDest
FROM ended
