-- Section: 8.4 to 8.7 Days of system use (rows 1 to 16); 8.8 to 8.11 Days to return (18 to 136)
-- Grain: one row per household (HoHID, HHType), row of LSACalculated that averages over it, and group of rows
--   (RowMin, RowMax, ByPath of row_populations) that is asked of the same populations
-- Inputs: lsa_hoh_detail, lsa_exit_detail, lsa_row_values, lsa_row_populations
-- A household counts for its own system path and for all paths (-1), so that what is asked for is found by equality.
WITH wanted AS (
    SELECT DISTINCT v.RowID, v.Cohort, v.Universe, v.SystemPath, w.RowMin, w.RowMax,
        coalesce(w.ByPath, 0) AS ByPath
    FROM lsa_row_values AS v
    JOIN lsa_row_populations AS w ON v.RowID BETWEEN w.RowMin AND w.RowMax
    WHERE (v.RowID BETWEEN 1 AND 16
            AND ((w.ByPath IS NULL AND v.SystemPath = -1) OR (w.ByPath = 1 AND v.SystemPath <> -1)))
        OR v.RowID BETWEEN 18 AND 36 OR v.RowID BETWEEN 63 AND 66 OR v.RowID BETWEEN 101 AND 136
),
use_row AS (
    SELECT RowID FROM wanted WHERE RowID <= 16 GROUP BY RowID
),
use_days AS (
    SELECT 1 AS Cohort, -1 AS Universe, h.HoHID, h.HHType, h.SystemPath, u.RowID,
        CASE
            WHEN u.RowID = 1 THEN h.ESDays
            WHEN u.RowID = 2 THEN h.THDays
            WHEN u.RowID = 3 THEN h.ESTDays
            WHEN u.RowID = 4 THEN h.RRHPSHPreMoveInDays
            WHEN u.RowID = 5 THEN h.SystemHomelessDays
            WHEN u.RowID = 6 THEN h.Other3917Days
            WHEN u.RowID = 7 THEN h.TotalHomelessDays
            WHEN u.RowID = 8 THEN h.RRHHousedDays
            WHEN u.RowID = 9 THEN h.SystemDaysNotPSHHoused
            WHEN u.RowID = 10 AND h.PSHMoveIn IN (1, 2) AND h.PSHStatus IN (12, 22) THEN h.PSHHousedDays
            WHEN u.RowID = 11 AND h.PSHMoveIn IN (1, 2) AND h.PSHStatus IN (11, 21) THEN h.PSHHousedDays
            WHEN u.RowID = 12 AND h.RRHStatus IN (12, 22) AND h.RRHMoveIn = 0 THEN h.RRHPreMoveInDays
            WHEN u.RowID = 13 AND h.RRHStatus IN (11, 21) AND h.RRHMoveIn = 0 THEN h.RRHPreMoveInDays
            WHEN u.RowID = 14 AND h.RRHStatus > 2 AND h.RRHMoveIn IN (1, 2) THEN h.RRHPreMoveInDays
            WHEN u.RowID = 15 AND h.RRHStatus IN (12, 22) AND h.RRHMoveIn IN (1, 2) THEN h.RRHHousedDays
            WHEN u.RowID = 16 AND h.RRHStatus IN (11, 21) AND h.RRHMoveIn IN (1, 2) THEN h.RRHHousedDays
        END AS Days
    FROM lsa_hoh_detail AS h
    CROSS JOIN use_row AS u
),
left_to AS (
    SELECT x.Cohort, x.HoHID, x.HHType, x.SystemPath, x.ExitFrom, x.ReturnTime,
        CASE WHEN x.ExitTo BETWEEN 400 AND 499 THEN 2 WHEN x.ExitTo BETWEEN 100 AND 399 THEN 3 ELSE 4 END AS Universe,
        CASE x.ExitTo
            WHEN 101 THEN 101 WHEN 116 THEN 102 WHEN 118 THEN 103 WHEN 204 THEN 104 WHEN 205 THEN 105 WHEN 206 THEN 106
            WHEN 207 THEN 107 WHEN 215 THEN 108 WHEN 225 THEN 109 WHEN 302 THEN 110 WHEN 312 THEN 111 WHEN 313 THEN 112
            WHEN 314 THEN 113 WHEN 327 THEN 114 WHEN 329 THEN 115 WHEN 332 THEN 116 WHEN 410 THEN 117 WHEN 411 THEN 118
            WHEN 419 THEN 119 WHEN 420 THEN 120 WHEN 421 THEN 121 WHEN 422 THEN 122 WHEN 423 THEN 123 WHEN 426 THEN 124
            WHEN 428 THEN 125 WHEN 431 THEN 126 WHEN 433 THEN 127 WHEN 434 THEN 128 WHEN 436 THEN 129 WHEN 437 THEN 130
            WHEN 438 THEN 131 WHEN 439 THEN 132 WHEN 440 THEN 133 WHEN 24 THEN 134 WHEN 98 THEN 135
            ELSE 136
        END AS DestinationRow
    FROM lsa_exit_detail AS x
    WHERE x.ReturnTime > 0
),
return_row AS (
    SELECT RowID FROM wanted WHERE RowID > 16 GROUP BY RowID
),
return_days AS (
    SELECT x.Cohort, x.Universe, x.HoHID, x.HHType, x.SystemPath, u.RowID, x.ReturnTime AS Days
    FROM left_to AS x
    CROSS JOIN return_row AS u
    WHERE u.RowID = x.DestinationRow
        OR (u.RowID BETWEEN 18 AND 22 AND x.ExitFrom = u.RowID - 16)
        OR (u.RowID BETWEEN 63 AND 66 AND x.ExitFrom = u.RowID - 56)
        OR u.RowID BETWEEN 23 AND 35
        OR (u.RowID = 36 AND x.SystemPath <> -1)
),
measured AS (
    SELECT Cohort, Universe, HoHID, HHType, SystemPath, RowID, Days FROM use_days WHERE Days > 0
    UNION ALL
    SELECT Cohort, Universe, HoHID, HHType, SystemPath, RowID, Days FROM return_days
),
by_path AS (
    SELECT Cohort, Universe, HoHID, HHType, -1 AS SystemPath, RowID, Days FROM measured
    UNION ALL
    SELECT Cohort, Universe, HoHID, HHType, SystemPath, RowID, Days FROM measured WHERE SystemPath <> -1
)
SELECT m.Cohort, m.Universe, m.HoHID, m.HHType, m.SystemPath, m.RowID, w.RowMin, w.RowMax, w.ByPath, m.Days
FROM by_path AS m
JOIN wanted AS w ON w.RowID = m.RowID AND w.Cohort = m.Cohort AND w.Universe = m.Universe
    AND w.SystemPath = m.SystemPath
