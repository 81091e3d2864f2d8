-- Section: LSA 5.8, 5.9, 7.6, 7.7: gaps of less than seven days; ES/SH/street episodes
-- Grain: one row per PersonalID and episode, both its days included
-- Given: intervals: PersonalID, StartDate, EndDate (the day after the last), Excluded (1 housed, 0 in ES/SH or on the
--   street)
-- Sweep: the starts and ends of a person cut the time into segments; a segment counts when something includes it
-- and nothing excludes it. Segments with fewer than seven days between them are one episode, gap and all.
WITH change AS (
    SELECT PersonalID, Day, sum(Included) AS Included, sum(Excluded) AS Excluded
    FROM (
        SELECT PersonalID, StartDate AS Day, 1 - Excluded AS Included, Excluded FROM {intervals}
        UNION ALL
        SELECT PersonalID, EndDate, Excluded - 1, -Excluded FROM {intervals}
    ) AS event
    GROUP BY PersonalID, Day
),
segment AS (
    SELECT PersonalID, Day AS StartDate,
        lead(Day) OVER (PARTITION BY PersonalID ORDER BY Day) AS EndDate,
        sum(Included) OVER (PARTITION BY PersonalID ORDER BY Day) AS Included,
        sum(Excluded) OVER (PARTITION BY PersonalID ORDER BY Day) AS Excluded
    FROM change
),
counted AS (
    SELECT PersonalID, StartDate, EndDate,
        CASE
            WHEN date_diff('day', lag(EndDate) OVER (PARTITION BY PersonalID ORDER BY StartDate), StartDate) < 7 THEN 0
            ELSE 1
        END AS IsFirst
    FROM segment
    WHERE Included > 0 AND Excluded = 0
),
numbered AS (
    SELECT PersonalID, StartDate, EndDate,
        sum(IsFirst) OVER (PARTITION BY PersonalID ORDER BY StartDate) AS Episode
    FROM counted
)
SELECT PersonalID, min(StartDate) AS EpisodeStart, max(EndDate) - 1 AS EpisodeEnd,
    date_diff('day', min(StartDate), max(EndDate)) AS EpisodeDays
FROM numbered
GROUP BY PersonalID, Episode
