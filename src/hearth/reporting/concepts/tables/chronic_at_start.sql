-- Section: 3.08, 3.917; Glossary, chronic homelessness at project start
-- Grain: one row per EnrollmentID
-- Inputs: Enrollment, Project, client_birth, disability_record, Disabilities, prior_living_situation, enrollment_exit
-- 1 chronically homeless, 0 not, 98 the client does not know or prefers not to answer, 99 missing.
-- Own: of heads of household and adults, by what they told at start; NULL of others.
-- OfHousehold: by who was there at its earliest start; who joins later changes nothing.
-- Chronic: with what is inherited. Of those who were there at that start 1 where it is of any of them; of children 0
-- where a head or adult is known not to be, else the head's.
-- ChronicUntil: the day on which the last of those left by whom a member inherits it; NULL where one is still there, or
-- where it is the member's own.
WITH disabled AS (
    SELECT DISTINCT r.EnrollmentID
    FROM disability_record AS r
    JOIN Disabilities AS d ON d.DisabilitiesID = r.DisabilitiesID
    WHERE r.IsDisabling AND d.DataCollectionStage = {DataCollectionStage.PROJECT_START}
),
start AS (
    SELECT EnrollmentID, PersonalID, 'start' AS Moment, EntryDate AS Day FROM Enrollment
),
told AS (
    SELECT n.EnrollmentID, coalesce(n.HouseholdID, n.EnrollmentID) AS HouseholdKey, n.EntryDate, x.ExitDate,
        coalesce(n.RelationshipToHoH = {RelationshipToHoH.HEAD}, FALSE) AS IsHead,
        coalesce(a.Age >= 18, FALSE) AS IsAdult,
        n.EntryDate = min(n.EntryDate) OVER (PARTITION BY coalesce(n.HouseholdID, n.EnrollmentID)) AS IsFirst,
        CASE WHEN d.EnrollmentID IS NOT NULL THEN {YES} ELSE n.DisablingCondition END AS Disabled,
        coalesce(p.ProjectType IN ({ProjectType.streets_and_shelters}), FALSE)
            OR coalesce(s.Situation = 'homeless', FALSE) AS FromHomelessness,
        s.Situation, n.LOSUnderThreshold, n.PreviousStreetESSH,
        coalesce(n.DateToStreetESSH <= n.EntryDate - 365, FALSE) AS ForAYear,
        n.TimesHomelessPastThreeYears AS Times, n.MonthsHomelessPastThreeYears AS Months
    FROM Enrollment AS n
    JOIN {age_at(moments = start)} AS a ON a.EnrollmentID = n.EnrollmentID
    JOIN prior_living_situation AS s ON s.EnrollmentID = n.EnrollmentID
    LEFT JOIN Project AS p ON p.ProjectID = n.ProjectID
    LEFT JOIN disabled AS d ON d.EnrollmentID = n.EnrollmentID
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
),
judged AS (
    SELECT told.*,
        CASE
            WHEN Disabled = {NO} THEN 0
            WHEN Disabled IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
            WHEN Disabled IS NULL OR Disabled <> {YES} THEN 99
            WHEN NOT FromHomelessness AND Situation IS NULL THEN 99
            WHEN NOT FromHomelessness AND LOSUnderThreshold = {NO} THEN 0
            WHEN NOT FromHomelessness AND (LOSUnderThreshold IS NULL OR LOSUnderThreshold <> {YES}) THEN 99
            WHEN NOT FromHomelessness AND PreviousStreetESSH = {NO} THEN 0
            WHEN NOT FromHomelessness AND (PreviousStreetESSH IS NULL OR PreviousStreetESSH <> {YES}) THEN 99
            WHEN ForAYear THEN 1
            WHEN Times IN ({TimesHomelessPastThreeYears.fewer_than_four}) THEN 0
            WHEN Times IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
            WHEN Times IS NULL OR Times <> {TimesHomelessPastThreeYears.FOUR_OR_MORE} THEN 99
            WHEN Months IN ({MonthsHomelessPastThreeYears.twelve_or_more}) THEN 1
            WHEN Months IN ({MonthsHomelessPastThreeYears.fewer_than_twelve}) THEN 0
            WHEN Months IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
            ELSE 99
        END AS Status
    FROM told
),
own AS (
    SELECT judged.*, CASE WHEN IsHead OR IsAdult THEN Status END AS Own FROM judged
),
household AS (
    SELECT HouseholdKey,
        max(CASE WHEN IsFirst AND Own = 1 THEN 1 ELSE 0 END) AS AnyChronic,
        max(CASE WHEN IsFirst AND Own = 0 THEN 1 ELSE 0 END) AS AnyKnownNot,
        min(CASE WHEN IsHead AND IsFirst THEN Own END) AS OfHead,
        max(CASE WHEN IsFirst AND Own = 1 AND ExitDate IS NULL THEN 1 ELSE 0 END) AS AnyStays,
        max(CASE WHEN IsFirst AND Own = 1 THEN ExitDate END) AS LastLeft
    FROM own
    GROUP BY HouseholdKey
),
compared AS (
    SELECT o.EnrollmentID, o.Own, o.IsFirst, h.AnyStays, h.LastLeft, h.AnyChronic,
        CASE WHEN h.AnyKnownNot = 1 THEN 0 ELSE coalesce(h.OfHead, 99) END AS OfOthers
    FROM own AS o
    JOIN household AS h ON h.HouseholdKey = o.HouseholdKey
)
SELECT EnrollmentID, Own,
    CASE WHEN AnyChronic = 1 THEN 1 ELSE OfOthers END AS OfHousehold,
    CASE WHEN IsFirst AND AnyChronic = 1 THEN 1 ELSE coalesce(Own, OfOthers) END AS Chronic,
    CASE WHEN IsFirst AND AnyChronic = 1 AND AnyStays = 0 AND coalesce(Own, 0) <> 1 THEN LastLeft END AS ChronicUntil
FROM compared
