-- Section: 3.04 Race and ethnicity; LSA 5.4; APR Q12
-- Grain: one row per PersonalID
-- Inputs: Client
-- Races lists the digits of all that were chosen, '' for none: 1 American Indian, Alaska Native or Indigenous,
-- 2 Asian, 3 Black, 4 Native Hawaiian or Pacific Islander, 5 White, 6 Hispanic or Latina/o, 7 Middle Eastern or
-- North African.
-- RaceEthnicity is that number; 98 the client does not know or prefers not to answer, 99 missing. These go behind a
-- race that was chosen (APR), or before it (LSA).
WITH chosen AS (
    SELECT PersonalID, RaceNone,
        concat(
            CASE WHEN AmIndAKNative = {YES} THEN '1' ELSE '' END, CASE WHEN Asian = {YES} THEN '2' ELSE '' END,
            CASE WHEN BlackAfAmerican = {YES} THEN '3' ELSE '' END,
            CASE WHEN NativeHIPacific = {YES} THEN '4' ELSE '' END, CASE WHEN White = {YES} THEN '5' ELSE '' END,
            CASE WHEN HispanicLatinao = {YES} THEN '6' ELSE '' END,
            CASE WHEN MidEastNAfrican = {YES} THEN '7' ELSE '' END
        ) AS Races
    FROM Client
)
SELECT PersonalID, Races,
    CASE
        WHEN Races <> '' THEN CAST(Races AS INTEGER)
        WHEN RaceNone IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        ELSE 99
    END AS RaceEthnicity,
    CASE
        WHEN RaceNone IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        WHEN RaceNone = {NOT_COLLECTED} OR Races = '' THEN 99
        ELSE CAST(Races AS INTEGER)
    END AS LSARaceEthnicity
FROM chosen
