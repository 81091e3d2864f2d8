-- Section: 3.917 Prior living situation; LSA 5.8, 5.10, 6.10, 6.14, 7.6, 7.8
-- Grain: one row per EnrollmentID
-- Inputs: Enrollment
-- Situation is the group of the code, also of one that is in no list: homeless, institutional, temporary, permanent,
-- other; NULL where nothing was answered. ShortStay: fewer than seven nights, or fewer than ninety days in an
-- institution, by LengthOfStay (the SPM goes by LOSUnderThreshold); then LSAHomelessBefore asks for the night before.
-- What is missing in the client's account is in two parts: LSASituationMissing, and LSAHistoryMissing, which matters
-- for those alone who come from homelessness.
WITH told AS (
    SELECT EnrollmentID, LivingSituation, PreviousStreetESSH, DateToStreetESSH, LengthOfStay,
        TimesHomelessPastThreeYears AS Times, MonthsHomelessPastThreeYears AS Months,
        CASE
            WHEN LivingSituation BETWEEN 100 AND 199 THEN 'homeless'
            WHEN LivingSituation BETWEEN 200 AND 299 THEN 'institutional'
            WHEN LivingSituation BETWEEN 300 AND 399 THEN 'temporary'
            WHEN LivingSituation BETWEEN 400 AND 499 THEN 'permanent'
            WHEN LivingSituation IS NOT NULL THEN 'other'
        END AS Situation
    FROM Enrollment
),
judged AS (
    SELECT told.*,
        CASE
            WHEN LengthOfStay IN ({LengthOfStay.under_7_nights}) THEN TRUE
            WHEN LengthOfStay IN ({LengthOfStay.week_to_90_days}) AND Situation = 'institutional' THEN TRUE
            ELSE FALSE
        END AS ShortStay
    FROM told
)
SELECT EnrollmentID, Situation, DateToStreetESSH, PreviousStreetESSH, Times, Months, ShortStay,
    ShortStay AND coalesce(PreviousStreetESSH = {YES}, FALSE) AS LSAHomelessBefore,
    LivingSituation IS NULL OR Situation = 'other' OR LengthOfStay IS NULL
        OR LengthOfStay IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED}) AS LSASituationMissing,
    Months IS NULL OR Months IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})
        OR Times IS NULL OR Times IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}, {NOT_COLLECTED})
        OR DateToStreetESSH IS NULL AS LSAHistoryMissing
FROM judged
