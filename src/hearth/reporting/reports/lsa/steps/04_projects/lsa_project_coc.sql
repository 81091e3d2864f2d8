-- Section: 4.4 ProjectCoC.csv
-- Grain: one row per ProjectCoCID of the report's CoC
-- Inputs: lsa_parameters, lsa_project, ProjectCoC
SELECT c.ProjectCoCID, c.ProjectID, c.CoCCode, c.Geocode, left(c.Address1, 100) AS Address1,
    left(c.Address2, 100) AS Address2, left(c.City, 50) AS City, c.State, left(c.ZIP, 5) AS ZIP, c.GeographyType,
    c.DateCreated, c.DateUpdated, CAST(NULL AS VARCHAR) AS UserID, CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM ProjectCoC AS c
JOIN lsa_project AS p ON p.ProjectID = c.ProjectID
JOIN lsa_parameters AS r ON upper(c.CoCCode) = r.ReportCoC
