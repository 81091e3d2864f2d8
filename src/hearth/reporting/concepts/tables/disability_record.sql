-- Section: 4.05 to 4.10 Disabilities; Glossary, disabling condition; LSA 5.4; APR Q13
-- Grain: one row per DisabilitiesID
-- Inputs: Disabilities
-- HasCondition: yes was answered. IsDisabling: it makes a disabling condition; HIV/AIDS and a developmental disability
-- always do, the others where they are expected to last and to impair.
WITH answered AS (
    SELECT DisabilitiesID, EnrollmentID, DisabilityType, InformationDate, IndefiniteAndImpairs,
        CASE
            WHEN DisabilityType = {DisabilityType.SUBSTANCE_USE}
                THEN coalesce(DisabilityResponse IN ({DisabilityResponse.substance_use}), FALSE)
            ELSE coalesce(DisabilityResponse = {DisabilityResponse.YES}, FALSE)
        END AS HasCondition
    FROM Disabilities
)
SELECT DisabilitiesID, EnrollmentID, DisabilityType, InformationDate, HasCondition,
    HasCondition AND (coalesce(IndefiniteAndImpairs = {YES}, FALSE)
        OR coalesce(DisabilityType IN ({DisabilityType.HIV_AIDS}, {DisabilityType.DEVELOPMENTAL}), FALSE))
        AS IsDisabling
FROM answered
