-- Section: 4.7 Affiliation.csv
-- Grain: one row per AffiliationID of a services-only RRH project with a residential affiliation
-- Inputs: lsa_parameters, lsa_project, Affiliation
SELECT a.AffiliationID, a.ProjectID, a.ResProjectID, a.DateCreated, a.DateUpdated, CAST(NULL AS VARCHAR) AS UserID,
    CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM Affiliation AS a
JOIN lsa_project AS p ON p.ProjectID = a.ProjectID
CROSS JOIN lsa_parameters AS r
WHERE p.ProjectType = {ProjectType.RRH} AND p.RRHSubType = {RRHSubType.SERVICES_ONLY}
    AND p.ResidentialAffiliation = {YES}
    AND (p.OperatingEndDate IS NULL OR p.OperatingEndDate > r.ReportStart)
