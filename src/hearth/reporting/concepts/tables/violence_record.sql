-- Section: 4.11 Domestic violence; LSA 3.4; APR Q14
-- Grain: one row per HealthAndDVID
-- Inputs: HealthAndDV
-- Survivor as it was answered: 0 no, 1 yes, 98 the client does not know or prefers not to answer, 99 missing.
-- LSADVStatus: 1 is fleeing, 2 is not, 3 survivor of whom that is not known, 10 no survivor, 98 all else, missing
-- answers among it, as in HUD's output.
SELECT HealthAndDVID, EnrollmentID, InformationDate,
    CASE
        WHEN DomesticViolenceSurvivor IN ({NO}, {YES}) THEN DomesticViolenceSurvivor
        WHEN DomesticViolenceSurvivor IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        ELSE 99
    END AS Survivor,
    CASE
        WHEN DomesticViolenceSurvivor = {YES} AND CurrentlyFleeing = {YES} THEN 1
        WHEN DomesticViolenceSurvivor = {YES} AND CurrentlyFleeing = {NO} THEN 2
        WHEN DomesticViolenceSurvivor = {YES} THEN 3
        WHEN DomesticViolenceSurvivor = {NO} THEN 10
        ELSE 98
    END AS LSADVStatus
FROM HealthAndDV
