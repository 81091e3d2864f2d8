-- Section: 7.11 Last inactive date of exits
-- Grain: one row per cohort and household of 7.2
-- Inputs: lsa_exit_qualifying, lsa_exit_stay, lsa_enrollment, bed_night
-- Stays, padded by six days and merged, make islands; see 6.12.
WITH household AS (
    SELECT q.Cohort, q.HouseholdID, q.HoHID, q.HHType, q.EntryDate, q.ExitDate, q.Stat, q.CohortEnd, q.LookbackDate,
        max(CASE WHEN n.EntryDate < q.EntryDate AND s.ExitDate + 6 >= q.EntryDate THEN 1 ELSE 0 END) AS JustBefore
    FROM lsa_exit_qualifying AS q
    JOIN lsa_exit_stay AS s ON s.Cohort = q.Cohort AND s.HoHID = q.HoHID AND s.HHType = q.HHType
    LEFT JOIN lsa_enrollment AS n ON n.HouseholdID = s.HouseholdID AND n.PersonalID = s.HoHID
    GROUP BY q.Cohort, q.HouseholdID, q.HoHID, q.HHType, q.EntryDate, q.ExitDate, q.Stat, q.CohortEnd, q.LookbackDate
),
stay AS (
    SELECT h.Cohort, h.HouseholdID, s.EnrollmentID, s.LSAProjectType, s.EntryDate, s.ExitDate, h.CohortEnd
    FROM household AS h
    JOIN lsa_exit_stay AS s ON s.Cohort = h.Cohort AND s.HoHID = h.HoHID AND s.HHType = h.HHType
    WHERE h.Stat = 5 AND h.JustBefore = 1 AND s.ExitDate <= h.ExitDate
),
padded AS (
    SELECT Cohort, HouseholdID, EntryDate AS StartDate, least(ExitDate + 6, CohortEnd) + 1 AS EndDate
    FROM stay
    WHERE LSAProjectType IN ({LSAProjectType.stays_by_dates})
    UNION ALL
    SELECT s.Cohort, s.HouseholdID, b.Night, least(b.Night + 6, s.CohortEnd) + 1
    FROM stay AS s
    JOIN bed_night AS b ON b.EnrollmentID = s.EnrollmentID
    WHERE s.LSAProjectType = {LSAProjectType.ES_NBN} AND b.Night >= s.EntryDate AND b.Night < s.ExitDate
        AND b.Night <= s.CohortEnd
),
started AS (
    SELECT Cohort, HouseholdID, StartDate, EndDate,
        CASE
            WHEN StartDate <= max(EndDate) OVER (
                PARTITION BY Cohort, HouseholdID ORDER BY StartDate, EndDate
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) THEN 0
            ELSE 1
        END AS IsFirst
    FROM padded
),
numbered AS (
    SELECT Cohort, HouseholdID, StartDate, EndDate,
        sum(IsFirst) OVER (
            PARTITION BY Cohort, HouseholdID ORDER BY StartDate, EndDate ROWS UNBOUNDED PRECEDING
        ) AS Island
    FROM started
),
island AS (
    SELECT Cohort, HouseholdID, min(StartDate) AS StartDate, max(EndDate) AS EndDate
    FROM numbered
    GROUP BY Cohort, HouseholdID, Island
),
covering AS (
    SELECT h.Cohort, h.HouseholdID, min(i.StartDate) AS StartDate
    FROM household AS h
    JOIN island AS i ON i.Cohort = h.Cohort AND i.HouseholdID = h.HouseholdID
    WHERE i.StartDate < h.EntryDate AND i.EndDate >= h.EntryDate
    GROUP BY h.Cohort, h.HouseholdID
)
SELECT h.Cohort, h.HouseholdID, greatest(coalesce(c.StartDate, h.EntryDate) - 1, h.LookbackDate - 1) AS LastInactive
FROM household AS h
LEFT JOIN covering AS c ON c.Cohort = h.Cohort AND c.HouseholdID = h.HouseholdID
