-- Section: 3.15 Relationship to head of household; Glossary, household counts; LSA 3.3; Data Quality report Q3, row 4
-- Grain: one row per EnrollmentID of a head of household
-- Inputs: Enrollment
-- Heads is how many heads the household has; one, if nothing is wrong. A household without a head has no row, and a
-- head without a HouseholdID (a fault) heads nothing.
SELECT EnrollmentID, PersonalID, HouseholdID, ProjectID, EntryDate, MoveInDate, upper(EnrollmentCoC) AS CoCCode,
    count(*) OVER (PARTITION BY HouseholdID) AS Heads
FROM Enrollment
WHERE RelationshipToHoH = {RelationshipToHoH.HEAD} AND HouseholdID IS NOT NULL
