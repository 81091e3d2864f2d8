-- Section: 3.3 and others: the exit of an enrollment
-- Grain: one row per EnrollmentID that has an exit; of several (a fault) the earliest
-- Inputs: Exit
WITH numbered AS (
    SELECT EnrollmentID, ExitDate, Destination, DestinationSubsidyType,
        row_number() OVER (PARTITION BY EnrollmentID ORDER BY ExitDate, ExitID) AS Number
    FROM "Exit"
    WHERE DateDeleted IS NULL AND ExitDate IS NOT NULL
)
SELECT EnrollmentID, ExitDate, Destination, DestinationSubsidyType
FROM numbered
WHERE Number = 1
