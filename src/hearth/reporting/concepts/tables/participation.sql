-- Section: 2.08 HMIS participation status; LSA 3.3
-- Grain: one row per HMISParticipationID that takes part in HMIS
-- Inputs: HMISParticipation
-- From StartDate up to but without EndDate; NULL has no end. Comparable databases and no participation are left out.
SELECT HMISParticipationID, ProjectID, HMISParticipationStatusStartDate AS StartDate,
    HMISParticipationStatusEndDate AS EndDate
FROM HMISParticipation
WHERE HMISParticipationType = {HMISParticipationType.HMIS}
