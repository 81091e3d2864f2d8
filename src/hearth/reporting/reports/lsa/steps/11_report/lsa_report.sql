-- Section: 11 LSAReport
-- Grain: the one row of LSAReport.csv
-- Inputs: lsa_parameters, lsa_report_count, lsa_person_detail
WITH count_of AS (
    SELECT
        coalesce(max(CASE WHEN ReportColumn = 'NoCoC' THEN Value END), 0) AS NoCoC,
        coalesce(max(CASE WHEN ReportColumn = 'NotOneHoH' THEN Value END), 0) AS NotOneHoH,
        coalesce(max(CASE WHEN ReportColumn = 'RelationshipToHoH' THEN Value END), 0) AS RelationshipToHoH,
        coalesce(max(CASE WHEN ReportColumn = 'MoveInDate' THEN Value END), 0) AS MoveInDate,
        coalesce(max(CASE WHEN ReportColumn = 'UnduplicatedClient' THEN Value END), 0) AS UnduplicatedClient,
        coalesce(max(CASE WHEN ReportColumn = 'HouseholdEntry' THEN Value END), 0) AS HouseholdEntry,
        coalesce(max(CASE WHEN ReportColumn = 'ClientEntry' THEN Value END), 0) AS ClientEntry,
        coalesce(max(CASE WHEN ReportColumn = 'AdultHoHEntry' THEN Value END), 0) AS AdultHoHEntry,
        coalesce(max(CASE WHEN ReportColumn = 'ClientExit' THEN Value END), 0) AS ClientExit,
        coalesce(max(CASE WHEN ReportColumn = 'SSN4Digit' THEN Value END), 0) AS SSN4Digit,
        coalesce(max(CASE WHEN ReportColumn = 'SSNNotProvided' THEN Value END), 0) AS SSNNotProvided,
        coalesce(max(CASE WHEN ReportColumn = 'SSNMissingOrInvalid' THEN Value END), 0) AS SSNMissingOrInvalid,
        coalesce(max(CASE WHEN ReportColumn = 'ClientSSNNotUnique' THEN Value END), 0) AS ClientSSNNotUnique,
        coalesce(max(CASE WHEN ReportColumn = 'DisablingCond' THEN Value END), 0) AS DisablingCond,
        coalesce(max(CASE WHEN ReportColumn = 'LivingSituation' THEN Value END), 0) AS LivingSituation,
        coalesce(max(CASE WHEN ReportColumn = 'LengthOfStay' THEN Value END), 0) AS LengthOfStay,
        coalesce(max(CASE WHEN ReportColumn = 'HomelessDate' THEN Value END), 0) AS HomelessDate,
        coalesce(max(CASE WHEN ReportColumn = 'TimesHomeless' THEN Value END), 0) AS TimesHomeless,
        coalesce(max(CASE WHEN ReportColumn = 'MonthsHomeless' THEN Value END), 0) AS MonthsHomeless,
        coalesce(max(CASE WHEN ReportColumn = 'Destination' THEN Value END), 0) AS Destination
    FROM lsa_report_count
),
shared AS (
    SELECT SSNGroup
    FROM lsa_person_detail
    WHERE SSNGroup IS NOT NULL
    GROUP BY SSNGroup
    HAVING count(DISTINCT PersonalID) > 1 AND max(CASE WHEN SSNValid = 1 THEN 1 ELSE 0 END) = 1
),
sharing AS (
    SELECT count(*) AS DistinctSSNValueNotUnique FROM shared
)
SELECT r.ReportID, r.ReportDate, r.ReportStart, r.ReportEnd, r.ReportCoC, r.SoftwareVendor, r.SoftwareName,
    r.VendorContact, r.VendorEmail, r.LSAScope, r.LookbackDate, c.NoCoC, c.NotOneHoH, c.RelationshipToHoH,
    c.MoveInDate, c.UnduplicatedClient, c.HouseholdEntry, c.ClientEntry, c.AdultHoHEntry, c.ClientExit, c.SSN4Digit,
    c.SSNNotProvided, c.SSNMissingOrInvalid, c.ClientSSNNotUnique, sharing.DistinctSSNValueNotUnique,
    c.DisablingCond, c.LivingSituation, c.LengthOfStay, c.HomelessDate, c.TimesHomeless, c.MonthsHomeless,
    c.Destination
FROM lsa_parameters AS r
CROSS JOIN count_of AS c
CROSS JOIN sharing
