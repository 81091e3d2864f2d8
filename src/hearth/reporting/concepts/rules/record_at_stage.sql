-- Section: Glossary, missing information; APR, information at start and exit
-- Grain: one row per row of records that was recorded at start or at exit
-- Given: records: RecordID, EnrollmentID, InformationDate, DataCollectionStage
-- A record is that of a stage if it is of that stage and dated on the day of start, or of exit. There may be several of
-- one stage (a fault): which of them counts says the report. Annual assessments have a window: annual_window.
SELECT d.RecordID, d.EnrollmentID, 'start' AS Stage
FROM {records} AS d
JOIN Enrollment AS n ON n.EnrollmentID = d.EnrollmentID AND n.EntryDate = d.InformationDate
WHERE d.DataCollectionStage = {DataCollectionStage.PROJECT_START}
UNION ALL
SELECT d.RecordID, d.EnrollmentID, 'exit'
FROM {records} AS d
JOIN enrollment_exit AS x ON x.EnrollmentID = d.EnrollmentID AND x.ExitDate = d.InformationDate
WHERE d.DataCollectionStage = {DataCollectionStage.PROJECT_EXIT}
