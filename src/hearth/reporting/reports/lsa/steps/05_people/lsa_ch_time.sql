-- Section: 5.10 CHTime and CHTimeStatus
-- Grain: one row per PersonalID that the report counts
-- Inputs: lsa_person_facts, lsa_ch_episode, lsa_ch_enrollment
-- In the order of the section: a year without a break, the sum of all episodes, the client's own account of
-- twelve months and four times, and last what is missing.
WITH episodes AS (
    SELECT e.PersonalID, sum(e.EpisodeDays) AS Days, count(*) AS Episodes,
        max(CASE WHEN e.EpisodeDays >= 365 AND e.EpisodeEnd > CAST(p.LastActive - INTERVAL 1 YEAR AS DATE) THEN 1
            ELSE 0 END) AS LongRecent
    FROM lsa_ch_episode AS e
    JOIN lsa_person_facts AS p ON p.PersonalID = e.PersonalID
    GROUP BY e.PersonalID
),
judged AS (
    SELECT PersonalID,
        CASE WHEN Months IN ({MonthsHomelessPastThreeYears.twelve_or_more})
            AND Times = {TimesHomelessPastThreeYears.FOUR_OR_MORE}
            AND EntryDate > CAST(LastActive - INTERVAL 1 YEAR AS DATE) THEN 1
            ELSE 0 END AS FourTimesAYear,
        CASE
            WHEN DateToStreetESSH > EntryDate OR LSASituationMissing THEN 1
            WHEN LSAProjectType IN ({LSAProjectType.es_sh}) AND LSAHistoryMissing THEN 1
            WHEN LSAProjectType IN ({LSAProjectType.es_sh}) THEN 0
            WHEN ShortStay AND (PreviousStreetESSH IS NULL OR PreviousStreetESSH NOT IN ({NO}, {YES})) THEN 1
            WHEN (Situation = 'homeless' OR LSAHomelessBefore) AND LSAHistoryMissing THEN 1
            ELSE 0
        END AS Missing
    FROM lsa_ch_enrollment
),
accounts AS (
    SELECT PersonalID, max(FourTimesAYear) AS FourTimesAYear, max(Missing) AS Missing
    FROM judged
    GROUP BY PersonalID
),
by_dates AS (
    SELECT p.PersonalID, coalesce(a.FourTimesAYear, 0) AS FourTimesAYear, coalesce(a.Missing, 0) AS Missing,
        CASE
            WHEN p.HoHAdult = 0 THEN -1
            WHEN e.LongRecent = 1 OR e.Days >= 365 THEN 365
            WHEN e.Days >= 270 THEN 270
            ELSE 0
        END AS CHTime,
        CASE
            WHEN e.LongRecent = 1 THEN 1
            WHEN e.Days >= 365 AND e.Episodes >= 4 THEN 2
            WHEN e.Days >= 365 THEN 3
            ELSE -1
        END AS CHTimeStatus
    FROM lsa_person_facts AS p
    LEFT JOIN episodes AS e ON e.PersonalID = p.PersonalID
    LEFT JOIN accounts AS a ON a.PersonalID = p.PersonalID
),
by_account AS (
    SELECT PersonalID, Missing,
        CASE WHEN FourTimesAYear = 1 AND (CHTime NOT IN (-1, 365) OR CHTimeStatus = 3) THEN 400 ELSE CHTime END
            AS CHTime,
        CASE WHEN FourTimesAYear = 1 AND (CHTime NOT IN (-1, 365) OR CHTimeStatus = 3) THEN 2 ELSE CHTimeStatus END
            AS CHTimeStatus
    FROM by_dates
)
SELECT PersonalID, CHTime,
    CASE WHEN Missing = 1 AND (CHTime IN (0, 270) OR CHTimeStatus = 3) THEN 99 ELSE CHTimeStatus END AS CHTimeStatus
FROM by_account
