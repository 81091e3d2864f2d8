-- Section: 4.6 HMISParticipation.csv
-- Grain: one row per HMISParticipationID of a project that operates after the report starts
-- Inputs: lsa_parameters, lsa_project, HMISParticipation
SELECT h.HMISParticipationID, h.ProjectID, h.HMISParticipationType, h.HMISParticipationStatusStartDate,
    h.HMISParticipationStatusEndDate, h.DateCreated, h.DateUpdated, CAST(NULL AS VARCHAR) AS UserID,
    CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM HMISParticipation AS h
JOIN lsa_project AS p ON p.ProjectID = h.ProjectID
CROSS JOIN lsa_parameters AS r
WHERE p.OperatingEndDate IS NULL OR p.OperatingEndDate > r.ReportStart
