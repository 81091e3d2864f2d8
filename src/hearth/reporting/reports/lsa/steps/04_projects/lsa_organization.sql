-- Section: 4.2 Organization.csv
-- Grain: one row per OrganizationID of a project in Project.csv
-- Inputs: lsa_project, Organization
WITH exported AS (
    SELECT OrganizationID, max(ExportID) AS ExportID FROM lsa_project GROUP BY OrganizationID
)
SELECT o.OrganizationID, left(o.OrganizationName, 200) AS OrganizationName, o.VictimServiceProvider,
    CAST(NULL AS VARCHAR) AS OrganizationCommonName, o.DateCreated, o.DateUpdated,
    CAST(NULL AS VARCHAR) AS UserID, CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM Organization AS o
JOIN exported AS p ON p.OrganizationID = o.OrganizationID
