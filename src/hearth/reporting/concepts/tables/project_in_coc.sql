-- Section: 2.03 Continuum of Care information; LSA 4.1
-- Grain: one row per ProjectID and CoC
-- Inputs: ProjectCoC
-- CoCCode is in capitals: codes compare without regard to case.
SELECT DISTINCT ProjectID, upper(CoCCode) AS CoCCode
FROM ProjectCoC
WHERE CoCCode IS NOT NULL
