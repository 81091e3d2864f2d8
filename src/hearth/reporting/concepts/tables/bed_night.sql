-- Section: 4.14 Bed-night date; Glossary, bed nights; LSA 3.3
-- Grain: one row per EnrollmentID and night
-- Inputs: Services
-- Also nights outside of the stay, and of projects of other types: who asks says which nights count.
SELECT DISTINCT EnrollmentID, DateProvided AS Night
FROM Services
WHERE RecordType = {RecordType.BED_NIGHT} AND DateProvided IS NOT NULL
