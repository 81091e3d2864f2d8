-- Section: 3.20 Housing move-in date; Glossary, handling housing move-in dates
-- Grain: one row per EnrollmentID that has moved in
-- Inputs: Enrollment, household_head, enrollment_exit
-- The head's date, where it lies in the head's stay: for members who were there, and on their own start for those who
-- joined later. Who had left before never moved in. A report leaves out dates after its last day, and projects without
-- move-in. The LSA has effective dates and a rule of its own for a move-in on the day of exit (3.4).
WITH head AS (
    SELECT h.HouseholdID, h.MoveInDate
    FROM household_head AS h
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = h.EnrollmentID
    WHERE h.Heads = 1 AND h.MoveInDate >= h.EntryDate AND (x.ExitDate IS NULL OR h.MoveInDate <= x.ExitDate)
),
member AS (
    SELECT n.EnrollmentID, greatest(h.MoveInDate, n.EntryDate) AS MoveInDate, x.ExitDate
    FROM Enrollment AS n
    JOIN head AS h ON h.HouseholdID = n.HouseholdID
    LEFT JOIN enrollment_exit AS x ON x.EnrollmentID = n.EnrollmentID
    WHERE n.EntryDate IS NOT NULL
)
SELECT EnrollmentID, MoveInDate
FROM member
WHERE ExitDate IS NULL OR MoveInDate <= ExitDate
