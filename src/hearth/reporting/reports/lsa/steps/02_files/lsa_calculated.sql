-- Section: 2.12 LSACalculated.csv
-- Grain: one row per value; a count of nobody has no row
-- Inputs: lsa_parameters, lsa_calculated_counts, lsa_calculated_bed_nights, lsa_calculated_oph,
--   lsa_calculated_quality, lsa_calculated_averages
WITH part AS (
    SELECT Value, Cohort, Universe, HHType, Population, SystemPath, ProjectID, ReportRow FROM lsa_calculated_averages
    UNION ALL
    SELECT Value, Cohort, Universe, HHType, Population, SystemPath, ProjectID, ReportRow FROM lsa_calculated_counts
    UNION ALL
    SELECT Value, Cohort, Universe, HHType, Population, SystemPath, ProjectID, ReportRow FROM lsa_calculated_bed_nights
    UNION ALL
    SELECT Value, Cohort, Universe, HHType, Population, SystemPath, ProjectID, ReportRow FROM lsa_calculated_oph
    UNION ALL
    SELECT Value, Cohort, Universe, HHType, Population, SystemPath, ProjectID, ReportRow FROM lsa_calculated_quality
)
SELECT CAST(Value AS BIGINT) AS Value, Cohort, Universe, HHType, Population, SystemPath, ProjectID, ReportRow,
    r.ReportID
FROM part
CROSS JOIN lsa_parameters AS r
