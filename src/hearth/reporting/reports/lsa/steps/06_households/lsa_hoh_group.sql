-- Section: 6.3 Status; 6.4 Move-in; 6.5 Geography; 6.6 Living situation; 6.7 Destination; 6.8 Populations
-- Grain: one row per head of household, household type and project group (EST, RRH, PSH, RRHSO) with an active stay
-- Inputs: lsa_parameters, lsa_household_active, lsa_enrollment, lsa_project_geography, Enrollment
-- Ties: latest stays of one household with the same days: ranked.LatestFirst
--   by coalesce(Geography, 99);
--   first stays of one household entered on one day: ranked.EarliestFirst by LivingSit;
--   last stays of one household that ended on one day: ranked.LastExitFirst by ExitDest
-- Of equal stays the one with the lowest HouseholdID counts.
WITH stay AS (
    SELECT h.HoHID, h.ActiveHHType AS HHType, h.HouseholdID, h.EntryDate, h.MoveInDate, h.ExitDate, h.ExitDest,
        h.HHChronic, h.HHVet, h.HHDisability, h.HHFleeingDV, h.HHParent, h.HHAdultAge, h.AC3Plus, p.Geography,
        CASE
            WHEN h.LSAProjectType IN ({LSAProjectType.es_sh_th}) THEN 'EST'
            WHEN h.LSAProjectType = {LSAProjectType.RRH} THEN 'RRH'
            WHEN h.LSAProjectType = {LSAProjectType.PSH} THEN 'PSH'
            ELSE 'RRHSO'
        END AS ProjectGroup,
        CASE
            WHEN e.EntryDate <> n.EntryDate OR e.LivingSituation IS NULL
                OR (e.LivingSituation = {LivingSituation.RENTAL_WITH_SUBSIDY} AND e.RentalSubsidyType IS NULL) THEN 99
            WHEN e.LivingSituation IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
            WHEN e.LivingSituation = {LivingSituation.RENTAL_WITH_SUBSIDY} THEN e.RentalSubsidyType
            ELSE e.LivingSituation
        END AS LivingSit,
        r.ReportStart
    FROM lsa_household_active AS h
    JOIN Enrollment AS e ON e.EnrollmentID = h.EnrollmentID
    LEFT JOIN lsa_enrollment AS n ON n.EnrollmentID = h.EnrollmentID
    LEFT JOIN lsa_project_geography AS p ON p.ProjectID = h.ProjectID
    CROSS JOIN lsa_parameters AS r
    WHERE h.Active = 1
),
ranked AS (
    SELECT stay.*,
        row_number() OVER (
            PARTITION BY HoHID, HHType, ProjectGroup
            ORDER BY coalesce(ExitDate, DATE '9999-12-31') DESC, EntryDate DESC, HouseholdID
        ) AS LatestFirst,
        row_number() OVER (PARTITION BY HoHID, HHType, ProjectGroup ORDER BY EntryDate, HouseholdID) AS EarliestFirst,
        row_number() OVER (
            PARTITION BY HoHID, HHType, ProjectGroup
            ORDER BY coalesce(ExitDate, DATE '0001-01-01') DESC, HouseholdID
        ) AS LastExitFirst
    FROM stay
)
SELECT HoHID, HHType, ProjectGroup,
    min(CASE WHEN EntryDate < ReportStart THEN 10 ELSE 20 END) + min(CASE WHEN ExitDate IS NULL THEN 1 ELSE 2 END)
        AS Status,
    coalesce(min(CASE WHEN MoveInDate >= ReportStart THEN 1 WHEN MoveInDate IS NOT NULL THEN 2 END), 0) AS MoveIn,
    coalesce(max(CASE WHEN LatestFirst = 1 THEN Geography END), 99) AS Geography,
    max(CASE WHEN EarliestFirst = 1 THEN LivingSit END) AS LivingSit,
    CASE
        WHEN min(CASE WHEN ExitDate IS NULL THEN 1 ELSE 2 END) = 1 THEN -1
        ELSE max(CASE WHEN LastExitFirst = 1 THEN ExitDest END)
    END AS Destination,
    max(CASE WHEN HHChronic = 1 THEN 1 ELSE 0 END) AS Chronic, max(HHVet) AS Vet, max(HHDisability) AS Disability,
    coalesce(min(CASE WHEN HHFleeingDV > 0 THEN HHFleeingDV END), 0) AS FleeingDV, max(AC3Plus) AS AC3Plus,
    max(HHParent) AS Parent,
    CASE
        WHEN max(CASE WHEN HHAdultAge = 18 THEN 1 END) = 1 THEN 18
        WHEN max(CASE WHEN HHAdultAge = 24 THEN 1 END) = 1 THEN 24
        WHEN max(CASE WHEN HHAdultAge = 55 THEN 1 END) = 1 THEN 55
        WHEN max(CASE WHEN HHAdultAge = 25 THEN 1 END) = 1 THEN 25
        ELSE -1
    END AS AdultAge
FROM ranked
GROUP BY HoHID, HHType, ProjectGroup
