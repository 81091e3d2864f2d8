-- Section: 3.3 and others: bed nights of night-by-night shelters
-- Grain: one row per EnrollmentID and night
-- Inputs: Services
SELECT DISTINCT EnrollmentID, DateProvided AS Night
FROM Services
WHERE RecordType = {RecordType.BED_NIGHT} AND DateProvided IS NOT NULL
