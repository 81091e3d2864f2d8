-- Section: 3.07 Veteran status; LSA 5.4; APR Q5a, Q25
-- Grain: one row per PersonalID
-- Inputs: Client
-- As it was answered: 0 no, 1 yes, 98 the client does not know or prefers not to answer, 99 missing. Only adults are
-- veterans: who asks knows the age.
SELECT PersonalID,
    CASE
        WHEN VeteranStatus IN ({NO}, {YES}) THEN VeteranStatus
        WHEN VeteranStatus IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        ELSE 99
    END AS Veteran
FROM Client
