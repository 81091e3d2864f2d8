-- Section: 9.3 to 9.5: universes of the counts
-- Grain: one row per LSAProjectType and universe that counts it; universe 10 counts by project
-- Inputs:
SELECT LSAProjectType, Universe
FROM (VALUES
    (0, 10), (1, 10), (2, 10), (3, 10), (8, 10), (13, 10),
    (0, 11), (1, 11), (8, 12), (2, 13), (13, 14), (3, 15),
    (0, 16), (1, 16), (2, 16), (8, 16)
) AS t (LSAProjectType, Universe)
