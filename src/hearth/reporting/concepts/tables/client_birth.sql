-- Section: 3.03 Date of birth; Glossary, age; LSA 3.5
-- Grain: one row per PersonalID
-- Inputs: Client
-- Whether the birth date is known: NULL; 98 the client does not know or prefers not to answer, 99 missing. A date that
-- is there is known (Glossary), for the LSA only with the quality full or partial, and not January 1, 1900.
SELECT PersonalID, DOB,
    CASE
        WHEN DOB IS NULL AND DOBDataQuality IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        WHEN DOB IS NULL THEN 99
    END AS Unknown,
    CASE
        WHEN DOBDataQuality IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        WHEN DOB IS NULL OR DOB = DATE '1900-01-01' OR DOBDataQuality IS NULL
            OR DOBDataQuality NOT IN ({DOBDataQuality.FULL}, {DOBDataQuality.PARTIAL}) THEN 99
    END AS LSAUnknown
FROM Client
