-- Section: 4.3 Funder.csv
-- Grain: one row per FunderID whose grant is active in the report period
-- Inputs: lsa_parameters, lsa_project, Funder
SELECT f.FunderID, f.ProjectID, f.Funder, f.OtherFunder, CAST(NULL AS VARCHAR) AS GrantID, f.StartDate, f.EndDate,
    f.DateCreated, f.DateUpdated, CAST(NULL AS VARCHAR) AS UserID, CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM Funder AS f
JOIN lsa_project AS p ON p.ProjectID = f.ProjectID
CROSS JOIN lsa_parameters AS r
WHERE f.EndDate IS NULL OR (f.EndDate >= r.ReportStart AND f.EndDate > f.StartDate)
