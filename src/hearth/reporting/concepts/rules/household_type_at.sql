-- Section: Glossary, household types; LSA 3.6
-- Grain: one row per HouseholdID and Moment
-- Given: members: HouseholdID, Moment, Age (in years; NULL unknown)
-- 1 adults only, 2 adults and children, 3 children only, 99 cannot be told. Who is a member at a moment says the
-- report: those who are active, as a rule.
SELECT HouseholdID, Moment,
    CASE
        WHEN max(CASE WHEN Age >= 18 THEN 1 ELSE 0 END) = 1 AND max(CASE WHEN Age < 18 THEN 1 ELSE 0 END) = 1 THEN 2
        WHEN max(CASE WHEN Age IS NULL THEN 1 ELSE 0 END) = 1 THEN 99
        WHEN max(CASE WHEN Age >= 18 THEN 1 ELSE 0 END) = 1 THEN 1
        ELSE 3
    END AS HouseholdType
FROM {members}
GROUP BY HouseholdID, Moment
