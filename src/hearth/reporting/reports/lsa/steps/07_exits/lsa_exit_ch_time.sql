-- Section: 7.7 Ends of episodes; 7.8 CHTime and CHTimeStatus of exits
-- Grain: one row per cohort, household and PersonalID of 7.4
-- Inputs: lsa_exit_adult, lsa_exit_ch_episode, lsa_exit_member, Enrollment
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
account AS (
    SELECT m.Cohort, m.HouseholdID, m.PersonalID, m.LSAProjectType, m.EntryDate, e.LivingSituation, e.LengthOfStay,
        e.PreviousStreetESSH, e.DateToStreetESSH, e.MonthsHomelessPastThreeYears AS Months,
        e.TimesHomelessPastThreeYears AS Times,
        m.LSAProjectType NOT IN ({LSAProjectType.es_sh})
            AND e.LengthOfStay IN ({LengthOfStay.under_7_nights}) AS ShortStay,
        m.LSAProjectType NOT IN ({LSAProjectType.es_sh}) AND e.LengthOfStay IN ({LengthOfStay.week_to_90_days})
            AND e.LivingSituation BETWEEN 200 AND 299
            AS ShortInstitution
    FROM lsa_exit_member AS m
    JOIN Enrollment AS e ON e.EnrollmentID = m.EnrollmentID
    WHERE m.LeftInCohort AND m.IsHoHOrAdult
),
missing AS (
    SELECT Cohort, HouseholdID, PersonalID
    FROM account
    WHERE DateToStreetESSH > EntryDate OR LivingSituation IS NULL OR LivingSituation < 100
        OR LengthOfStay IS NULL OR LengthOfStay IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})
        OR ((ShortStay OR ShortInstitution) AND (PreviousStreetESSH IS NULL OR PreviousStreetESSH NOT IN ({NO}, {YES})))
        OR ((LSAProjectType IN ({LSAProjectType.es_sh}) OR LivingSituation BETWEEN 100 AND 199
                OR ((ShortStay OR ShortInstitution) AND PreviousStreetESSH = {YES}))
            AND (Months IS NULL OR Months IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})
                OR Times IS NULL OR Times IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})
                OR DateToStreetESSH IS NULL))
    GROUP BY Cohort, HouseholdID, PersonalID
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
