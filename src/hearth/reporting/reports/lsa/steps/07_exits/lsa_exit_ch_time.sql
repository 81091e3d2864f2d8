-- Section: 7.7 Ends of episodes; 7.8 CHTime and CHTimeStatus of exits
-- Grain: one row per cohort, household and PersonalID of 7.4
-- Inputs: lsa_exit_adult, lsa_exit_ch_episode, lsa_exit_member, prior_living_situation
-- As in HUD's sample a one-day episode ends with the next episode, or never; a year takes 366 days; and the number
-- of episodes gives a status even where the days are too few. Days and episodes of a person who leaves with several
-- households in one cohort count together, in the years that lead up to any of those exits.
WITH episode AS (
    SELECT PersonalID, EpisodeStart, EpisodeEnd AS LastDay,
        CASE
            WHEN EpisodeEnd > EpisodeStart THEN EpisodeEnd
            ELSE lead(EpisodeEnd) OVER (PARTITION BY PersonalID ORDER BY EpisodeStart)
        END AS EpisodeEnd
    FROM lsa_exit_ch_episode
),
long_recent AS (
    SELECT a.Cohort, a.HouseholdID, a.PersonalID
    FROM lsa_exit_adult AS a
    JOIN episode AS e ON e.PersonalID = a.PersonalID
    WHERE e.EpisodeEnd > CAST(a.LastActive - INTERVAL 1 YEAR AS DATE)
        AND e.EpisodeStart <= CAST(e.EpisodeEnd - INTERVAL 1 YEAR AS DATE)
    GROUP BY a.Cohort, a.HouseholdID, a.PersonalID
),
span AS (
    SELECT a.Cohort, a.PersonalID, min(a.CHStart) AS CHStart, max(a.LastActive) AS LastActive
    FROM lsa_exit_adult AS a
    JOIN episode AS e ON e.PersonalID = a.PersonalID
    WHERE e.EpisodeEnd BETWEEN a.CHStart AND a.LastActive
    GROUP BY a.Cohort, a.PersonalID
),
summed AS (
    SELECT s.Cohort, s.PersonalID,
        sum(greatest(0, date_diff('day', greatest(e.EpisodeStart, s.CHStart), least(e.LastDay, s.LastActive) + 1)))
            AS Days,
        count(CASE WHEN e.EpisodeEnd BETWEEN s.CHStart AND s.LastActive THEN 1 END) AS Episodes
    FROM span AS s
    JOIN episode AS e ON e.PersonalID = s.PersonalID
    GROUP BY s.Cohort, s.PersonalID
),
missing AS (
    SELECT m.Cohort, m.HouseholdID, m.PersonalID
    FROM lsa_exit_member AS m
    JOIN prior_living_situation AS e ON e.EnrollmentID = m.EnrollmentID
    WHERE m.LeftInCohort AND m.IsHoHOrAdult
        AND CASE
            WHEN e.DateToStreetESSH > m.EntryDate OR e.LSASituationMissing THEN TRUE
            WHEN m.LSAProjectType IN ({LSAProjectType.es_sh}) THEN e.LSAHistoryMissing
            WHEN e.ShortStay AND (e.PreviousStreetESSH IS NULL OR e.PreviousStreetESSH NOT IN ({NO}, {YES})) THEN TRUE
            ELSE (e.Situation = 'homeless' OR e.LSAHomelessBefore) AND e.LSAHistoryMissing
        END
    GROUP BY m.Cohort, m.HouseholdID, m.PersonalID
),
judged AS (
    SELECT a.Cohort, a.HouseholdID, a.PersonalID, a.DisabilityStatus, m.PersonalID IS NOT NULL AS Missing,
        CASE
            WHEN l.PersonalID IS NOT NULL THEN 365
            WHEN a.FourTimesAYear = 1 THEN 400
            WHEN s.Days >= 365 THEN 365
            WHEN s.Days >= 270 THEN 270
        END AS CHTime,
        CASE
            WHEN l.PersonalID IS NOT NULL THEN 1
            WHEN a.FourTimesAYear = 1 THEN 2
            WHEN s.Episodes >= 4 THEN 2
            WHEN s.Episodes > 0 THEN 3
        END AS CHTimeStatus
    FROM lsa_exit_adult AS a
    LEFT JOIN long_recent AS l
        ON l.Cohort = a.Cohort AND l.HouseholdID = a.HouseholdID AND l.PersonalID = a.PersonalID
    LEFT JOIN summed AS s ON s.Cohort = a.Cohort AND s.PersonalID = a.PersonalID
    LEFT JOIN missing AS m ON m.Cohort = a.Cohort AND m.HouseholdID = a.HouseholdID AND m.PersonalID = a.PersonalID
)
SELECT Cohort, HouseholdID, PersonalID, DisabilityStatus, CHTime,
    CASE WHEN Missing AND (CHTime IS NULL OR CHTime = 270 OR CHTimeStatus = 3) THEN 99 ELSE CHTimeStatus END
        AS CHTimeStatus
FROM judged
