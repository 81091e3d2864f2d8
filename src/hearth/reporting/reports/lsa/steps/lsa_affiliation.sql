-- Section: 4.7 Affiliation.csv
-- Grain: one row per AffiliationID of a services-only RRH project with a residential affiliation
-- Inputs: lsa_parameters, lsa_project, Affiliation
SELECT a.AffiliationID, a.ProjectID, a.ResProjectID, a.DateCreated, a.DateUpdated, CAST(NULL AS VARCHAR) AS UserID,
    CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM Affiliation AS a
JOIN lsa_project AS p ON p.ProjectID = a.ProjectID
CROSS JOIN lsa_parameters AS r
WHERE p.ProjectType = 13 AND p.RRHSubType = 1 AND p.ResidentialAffiliation = 1
    AND (p.OperatingEndDate IS NULL OR p.OperatingEndDate > r.ReportStart)
