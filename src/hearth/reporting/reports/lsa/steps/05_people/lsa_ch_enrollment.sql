-- Section: 5.6 Enrollments relevant to counting ES/SH/street dates
-- Grain: one row per EnrollmentID that touches the three years of a head or adult
-- Inputs: lsa_person_facts, lsa_enrollment, prior_living_situation
SELECT n.EnrollmentID, n.PersonalID, n.LSAProjectType, n.EntryDate, n.MoveInDate, n.ExitDate, p.CHStart, p.LastActive,
    e.Situation, e.ShortStay, e.PreviousStreetESSH, e.DateToStreetESSH, e.Months, e.Times, e.LSAHomelessBefore,
    e.LSASituationMissing, e.LSAHistoryMissing
FROM lsa_enrollment AS n
JOIN lsa_person_facts AS p ON p.PersonalID = n.PersonalID
JOIN prior_living_situation AS e ON e.EnrollmentID = n.EnrollmentID
WHERE p.HoHAdult > 0 AND n.EntryDate <= p.LastActive AND (n.ExitDate IS NULL OR n.ExitDate > p.CHStart)
