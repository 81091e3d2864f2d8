-- Section: 4.1 Project.csv
-- Grain: one row per ProjectID
-- Inputs: lsa_parameters, lsa_chosen_project, project_in_coc, Project
-- Scope 2 takes the chosen projects only.
SELECT p.ProjectID, p.OrganizationID, left(p.ProjectName, 200) AS ProjectName,
    CAST(NULL AS VARCHAR) AS ProjectCommonName, p.OperatingStartDate, p.OperatingEndDate, p.ContinuumProject,
    p.ProjectType,
    CASE WHEN p.RRHSubType = {RRHSubType.SERVICES_ONLY} THEN NULL ELSE p.HousingType END AS HousingType,
    CASE WHEN p.ProjectType = {ProjectType.RRH} THEN p.RRHSubType END AS RRHSubType,
    CASE WHEN p.RRHSubType = {RRHSubType.SERVICES_ONLY} THEN p.ResidentialAffiliation END AS ResidentialAffiliation,
    p.TargetPopulation, p.HOPWAMedAssistedLivingFac, p.PITCount, p.DateCreated, p.DateUpdated,
    CAST(NULL AS VARCHAR) AS UserID, CAST(NULL AS TIMESTAMP) AS DateDeleted, r.ReportID AS ExportID
FROM Project AS p
JOIN project_in_coc AS c ON c.ProjectID = p.ProjectID
JOIN lsa_parameters AS r ON r.ReportCoC = c.CoCCode
LEFT JOIN lsa_chosen_project AS chosen ON chosen.ProjectID = p.ProjectID
WHERE p.ContinuumProject = {YES}
    AND (p.ProjectType IN ({LSAPopulation.project_types})
        OR (r.LSAScope <> 2 AND p.ProjectType IN ({ProjectType.other_permanent_housing})))
    AND (p.OperatingEndDate IS NULL
        OR (p.OperatingEndDate > r.LookbackDate AND p.OperatingEndDate > p.OperatingStartDate))
    AND (r.LSAScope <> 2 OR chosen.ProjectID IS NOT NULL)
