-- Section: 4.5 Inventory.csv
-- Grain: one row per InventoryID of the CoC that is there in the report period
-- Inputs: lsa_parameters, lsa_project, Inventory
-- BedInventory is always the sum of the seven kinds of beds, whatever was recorded.
SELECT i.InventoryID, i.ProjectID, i.CoCCode, i.HouseholdType,
    CASE WHEN p.ProjectType IN ({ProjectType.ES_EE}, {ProjectType.ES_NBN}) THEN i.Availability
        END AS Availability, i.UnitInventory,
    i.CHVetBedInventory + i.YouthVetBedInventory + i.VetBedInventory + i.CHYouthBedInventory
        + i.YouthBedInventory + i.CHBedInventory + i.OtherBedInventory AS BedInventory,
    i.CHVetBedInventory, i.YouthVetBedInventory, i.VetBedInventory, i.CHYouthBedInventory, i.YouthBedInventory,
    i.CHBedInventory, i.OtherBedInventory,
    CASE WHEN p.ProjectType IN ({ProjectType.ES_EE}, {ProjectType.ES_NBN}) THEN i.ESBedType
        END AS ESBedType, i.InventoryStartDate, i.InventoryEndDate,
    i.DateCreated, i.DateUpdated, CAST(NULL AS VARCHAR) AS UserID, CAST(NULL AS TIMESTAMP) AS DateDeleted, p.ExportID
FROM Inventory AS i
JOIN lsa_project AS p ON p.ProjectID = i.ProjectID
JOIN lsa_parameters AS r ON upper(i.CoCCode) = r.ReportCoC
WHERE (p.ProjectType <> {ProjectType.RRH} OR p.RRHSubType = {RRHSubType.HOUSING})
    AND (i.InventoryEndDate IS NULL
        OR (i.InventoryEndDate >= r.ReportStart AND i.InventoryEndDate > i.InventoryStartDate))
