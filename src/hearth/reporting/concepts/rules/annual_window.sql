-- Section: Glossary, annual assessment
-- Grain: one row per EnrollmentID of a household that began by ReportEnd
-- Given: period: ReportEnd
-- Time counts from the household's earliest start, whoever is its head by now. Years are full ones by ReportEnd, as
-- those of an age: Anniversary is the last one, and who began on February 29 has it on the 28th in other years; NULL in
-- the first year. IsRequired: an annual assessment is due of this member, who was there on the anniversary. It counts
-- if it is dated on FirstDay, LastDay or between; the latest of several.
WITH household AS (
    SELECT n.EnrollmentID, n.EntryDate, r.ReportEnd,
        min(n.EntryDate) OVER (PARTITION BY coalesce(n.HouseholdID, n.EnrollmentID)) AS HouseholdStart
    FROM Enrollment AS n
    CROSS JOIN {period} AS r
),
counted AS (
    SELECT household.*,
        year(ReportEnd) - year(HouseholdStart)
            - CASE
                WHEN 100 * month(ReportEnd) + day(ReportEnd) >= 100 * month(HouseholdStart) + day(HouseholdStart)
                    OR (month(HouseholdStart) = 2 AND day(HouseholdStart) = 29 AND month(ReportEnd) = 2
                        AND day(ReportEnd) = 28 AND month(ReportEnd + 1) = 3) THEN 0
                ELSE 1
            END AS Years
    FROM household
    WHERE HouseholdStart <= ReportEnd
),
dated AS (
    SELECT counted.*,
        CASE
            WHEN Years = 0 THEN NULL
            WHEN month(HouseholdStart) = 2 AND day(HouseholdStart) = 29
                THEN make_date(year(HouseholdStart) + Years, 3, 1) - 1
            ELSE make_date(year(HouseholdStart) + Years, month(HouseholdStart), day(HouseholdStart))
        END AS Anniversary
    FROM counted
)
SELECT EnrollmentID, HouseholdStart, Years, Anniversary, Anniversary - 30 AS FirstDay,
    CASE WHEN Anniversary + 30 > ReportEnd THEN ReportEnd ELSE Anniversary + 30 END AS LastDay,
    coalesce(EntryDate <= Anniversary, FALSE) AS IsRequired
FROM dated
