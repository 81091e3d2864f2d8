-- Section: 3.11 Project exit date, 3.12 Destination; LSA 3.3
-- Grain: one row per EnrollmentID that has an exit; of several (a fault) the earliest
-- Inputs: Exit
-- Ties: exits of one enrollment on one day: numbered.Number per EnrollmentID
--   by Destination, DestinationSubsidyType
-- An exit without a date (a fault) ends no stay, but tells a destination where something else ended the stay.
WITH numbered AS (
    SELECT EnrollmentID, ExitDate, Destination, DestinationSubsidyType,
        row_number() OVER (
            PARTITION BY EnrollmentID ORDER BY CASE WHEN ExitDate IS NULL THEN 1 ELSE 0 END, ExitDate, ExitID
        ) AS Number
    FROM "Exit"
)
SELECT EnrollmentID, ExitDate, Destination, DestinationSubsidyType
FROM numbered
WHERE Number = 1
