-- Section: 4.02 Income and sources; Glossary, determining total and earned income
-- Grain: one row per IncomeBenefitsID
-- Inputs: IncomeBenefits
-- TotalIncome by the Glossary's chart: the total as entered where it is more than nothing; else the sum of the amounts
-- of sources that the client has; else nothing where no income, or none in numbers, is told. Unknown, where there is no
-- total: 98 the client does not know or prefers not to answer, 99 missing. A total that the system adds up (row 1 of
-- the chart) is not told apart: an export does not say so. EarnedIncome: NULL where nothing is said of earnings.
WITH told AS (
    SELECT IncomeBenefitsID, EnrollmentID, InformationDate, DataCollectionStage, IncomeFromAnySource,
        TotalMonthlyIncome, coalesce(EarnedAmount, CASE WHEN Earned = {YES} THEN 0 END) AS EarnedIncome,
        CASE WHEN Earned = {YES} THEN EarnedAmount END AS A1,
        CASE WHEN Unemployment = {YES} THEN UnemploymentAmount END AS A2,
        CASE WHEN SSI = {YES} THEN SSIAmount END AS A3,
        CASE WHEN SSDI = {YES} THEN SSDIAmount END AS A4,
        CASE WHEN VADisabilityService = {YES} THEN VADisabilityServiceAmount END AS A5,
        CASE WHEN VADisabilityNonService = {YES} THEN VADisabilityNonServiceAmount END AS A6,
        CASE WHEN PrivateDisability = {YES} THEN PrivateDisabilityAmount END AS A7,
        CASE WHEN WorkersComp = {YES} THEN WorkersCompAmount END AS A8,
        CASE WHEN TANF = {YES} THEN TANFAmount END AS A9,
        CASE WHEN GA = {YES} THEN GAAmount END AS A10,
        CASE WHEN SocSecRetirement = {YES} THEN SocSecRetirementAmount END AS A11,
        CASE WHEN Pension = {YES} THEN PensionAmount END AS A12,
        CASE WHEN ChildSupport = {YES} THEN ChildSupportAmount END AS A13,
        CASE WHEN Alimony = {YES} THEN AlimonyAmount END AS A14,
        CASE WHEN OtherIncomeSource = {YES} THEN OtherIncomeAmount END AS A15
    FROM IncomeBenefits
),
judged AS (
    SELECT told.*,
        CASE
            WHEN TotalMonthlyIncome > 0 THEN TotalMonthlyIncome
            WHEN greatest(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15) >= 0
                THEN greatest(A1, 0) + greatest(A2, 0) + greatest(A3, 0) + greatest(A4, 0) + greatest(A5, 0)
                    + greatest(A6, 0) + greatest(A7, 0) + greatest(A8, 0) + greatest(A9, 0) + greatest(A10, 0)
                    + greatest(A11, 0) + greatest(A12, 0) + greatest(A13, 0) + greatest(A14, 0) + greatest(A15, 0)
            WHEN IncomeFromAnySource = {NO} THEN 0
            WHEN TotalMonthlyIncome <= 0 AND (IncomeFromAnySource = {YES} OR IncomeFromAnySource IS NULL) THEN 0
        END AS TotalIncome
    FROM told
)
SELECT IncomeBenefitsID, EnrollmentID, InformationDate, DataCollectionStage, TotalIncome,
    CASE
        WHEN TotalIncome IS NOT NULL THEN NULL
        WHEN IncomeFromAnySource IN ({DOES_NOT_KNOW}, {PREFERS_NOT_TO_ANSWER}) THEN 98
        ELSE 99
    END AS Unknown,
    EarnedIncome
FROM judged
