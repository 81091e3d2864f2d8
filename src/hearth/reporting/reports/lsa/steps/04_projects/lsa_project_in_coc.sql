-- Section: 4.1 Project.csv, which projects are in the CoC; 3.1 data of the whole system
-- Grain: one row per ProjectID of the report's CoC, chosen or not
-- Inputs: lsa_parameters, ProjectCoC
SELECT c.ProjectID
FROM ProjectCoC AS c
JOIN lsa_parameters AS r ON upper(c.CoCCode) = r.ReportCoC
GROUP BY c.ProjectID
