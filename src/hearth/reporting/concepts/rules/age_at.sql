-- Section: Glossary, age; LSA 3.5
-- Grain: one row per row of moments
-- Given: moments: EnrollmentID, PersonalID, Moment, Day
-- Age is the number of birthdays up to and including Day; below 0 before birth, NULL without a birth date. Who was born
-- on February 29 has the birthday of other years on the 28th. Whether the birth date may be believed: client_birth.
SELECT m.EnrollmentID, m.PersonalID, m.Moment, m.Day,
    year(m.Day) - year(b.DOB)
        - CASE
            WHEN 100 * month(m.Day) + day(m.Day) >= 100 * month(b.DOB) + day(b.DOB)
                OR (month(b.DOB) = 2 AND day(b.DOB) = 29 AND month(m.Day) = 2 AND day(m.Day) = 28
                    AND month(m.Day + 1) = 3) THEN 0
            ELSE 1
        END AS Age
FROM {moments} AS m
LEFT JOIN client_birth AS b ON b.PersonalID = m.PersonalID
