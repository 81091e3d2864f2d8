-- Section: 3.02 Social Security number; LSA 11.6, which says what is valid
-- Grain: one row per PersonalID
-- Inputs: Client
-- All that a report may know of an SSN, so that nothing behind this table holds one. SSNForm: valid, last4 (of an
-- unknown number), invalid or missing. SSNGroup: equal for two people exactly when both have the same nine digits;
-- NULL without nine digits. A source that holds no SSN in clear gives this table itself (sources/snapshot).
WITH person AS (
    SELECT PersonalID, min(SSN) AS SSN
    FROM Client
    GROUP BY PersonalID
),
digits AS (
    SELECT PersonalID, SSN, CASE WHEN regexp_matches(SSN, '^[0-9]{9}$') THEN SSN END AS NineDigits
    FROM person
)
SELECT PersonalID,
    CASE
        WHEN SSN IS NULL THEN 'missing'
        WHEN regexp_matches(upper(SSN), '^XXXXX[0-9]{4}') AND substr(SSN, 6, 4) <> '0000' THEN 'last4'
        WHEN NineDigits IS NULL
            OR substr(SSN, 1, 3) IN ('000', '666') OR substr(SSN, 1, 1) = '9'
            OR substr(SSN, 4, 2) = '00' OR substr(SSN, 6, 4) = '0000'
            OR SSN IN ('111111111', '222222222', '333333333', '444444444', '555555555', '777777777', '888888888',
                '123456789', '234567890', '345678901', '456789012', '567890123', '678901234', '789012345',
                '890123456', '901234567') THEN 'invalid'
        ELSE 'valid'
    END AS SSNForm,
    CASE WHEN NineDigits IS NOT NULL THEN dense_rank() OVER (ORDER BY NineDigits) END AS SSNGroup
FROM digits
