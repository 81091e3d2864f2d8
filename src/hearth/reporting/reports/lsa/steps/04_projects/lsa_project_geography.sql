-- Section: 4.4 ProjectCoC.csv; 6.5 Geography
-- Grain: one row per ProjectID
-- Inputs: lsa_project_coc
-- Ties: CoC records of one project: numbered.Number per ProjectID
--   by coalesce(GeographyType, 99)
-- The geography type of a project in the report's CoC; 99 where it is not recorded.
WITH numbered AS (
    SELECT ProjectID, coalesce(GeographyType, 99) AS Geography,
        row_number() OVER (PARTITION BY ProjectID ORDER BY ProjectCoCID) AS Number
    FROM lsa_project_coc
)
SELECT ProjectID, Geography
FROM numbered
WHERE Number = 1
