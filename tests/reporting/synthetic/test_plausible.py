"""The invented state looks like one: shares lie where published statistics lie, with some room."""

import pytest

AT_ENTRY = "FROM Enrollment JOIN Client USING (PersonalID)"
AGE = "date_part('year', age(EntryDate, DOB))"


@pytest.mark.parametrize(
    ("what", "sql", "low", "high"),
    [
        ("children", f"SELECT avg(CAST({AGE} < 18 AS INT)) {AT_ENTRY}", 0.18, 0.45),
        ("older than 62", f"SELECT avg(CAST({AGE} > 62 AS INT)) {AT_ENTRY}", 0.02, 0.12),
        ("veterans", "SELECT avg(CAST(VeteranStatus = 1 AS INT)) FROM Client WHERE VeteranStatus IN (0, 1)",
         0.04, 0.14),
        ("women and girls", "SELECT avg(CAST(Sex = 0 AS INT)) FROM Client WHERE Sex IN (0, 1)", 0.35, 0.6),
        ("American Indian", "SELECT avg(AmIndAKNative) FROM Client", 0.08, 0.3),
        ("no race given", "SELECT avg(CAST(RaceNone IS NOT NULL AS INT)) FROM Client", 0.005, 0.05),
        ("full SSN", "SELECT avg(CAST(SSNDataQuality = 1 AS INT)) FROM Client", 0.6, 0.85),
        ("full name", "SELECT avg(CAST(NameDataQuality = 1 AS INT)) FROM Client", 0.9, 0.99),
        ("disabling condition among adults",
         f"SELECT avg(CAST(DisablingCondition = 1 AS INT)) {AT_ENTRY} WHERE {AGE} >= 18", 0.4, 0.8),
        ("stays that are over", "SELECT (SELECT count(*) FROM Exit) / count(*) FROM Enrollment", 0.75, 0.95),
        ("exits to permanent housing",
         "SELECT avg(CAST(Destination BETWEEN 400 AND 499 AS INT)) FROM Exit", 0.25, 0.6),
        ("no exit interview", "SELECT avg(CAST(Destination = 30 AS INT)) FROM Exit", 0.05, 0.25),
        ("deaths", "SELECT avg(CAST(Destination = 24 AS INT)) FROM Exit", 0.001, 0.02),
        ("with any income",
         "SELECT avg(IncomeFromAnySource) FROM IncomeBenefits WHERE IncomeFromAnySource < 2",
         0.4, 0.85),
        ("insured", "SELECT avg(InsuranceFromAnySource) FROM IncomeBenefits WHERE InsuranceFromAnySource < 2",
         0.6, 0.98),
        ("survivors of violence",
         "SELECT avg(DomesticViolenceSurvivor) FROM HealthAndDV WHERE DomesticViolenceSurvivor < 2",
         0.12, 0.4),
        ("stays per person", "SELECT count(*) / count(DISTINCT PersonalID) FROM Enrollment", 1.4, 3.0),
        ("people in a household", "SELECT count(*) / count(DISTINCT HouseholdID) FROM Enrollment", 1.2, 2.0),
        ("bed nights in a nightly stay",
         "SELECT count(*) / count(DISTINCT EnrollmentID) FROM Services WHERE RecordType = 200", 5, 60),
        ("median nights in a shelter",
         "SELECT median(ExitDate - EntryDate) FROM Exit JOIN Enrollment USING (EnrollmentID) "
         "JOIN Project USING (ProjectID) WHERE ProjectType = 0", 15, 60),
        ("median income in dollars",
         "SELECT median(TotalMonthlyIncome) FROM IncomeBenefits WHERE TotalMonthlyIncome > 0", 500, 2000),
    ],
)  # fmt: skip
def test_share(minnesota, what, sql, low, high):
    assert low < minnesota.scalar(sql) < high, what


def test_families_get_income_over_time(minnesota):
    """Working income is more common at exit than at entry, as programs hope."""
    shares = dict(
        minnesota.rows(
            """
            SELECT DataCollectionStage, avg(Earned) FROM IncomeBenefits
            WHERE Earned IS NOT NULL AND DataCollectionStage IN (1, 3) GROUP BY 1
            """
        )
    )
    assert shares[1] < shares[3]


def test_somebody_is_in_every_kind_of_project_on_any_day(minnesota):
    kinds = minnesota.rows(
        """
        SELECT ProjectType, count(*) FROM Enrollment JOIN Project USING (ProjectID)
        LEFT JOIN Exit USING (EnrollmentID)
        WHERE EntryDate <= DATE '2025-01-29' AND coalesce(ExitDate, DATE '9999-12-31') > DATE '2025-01-29'
        GROUP BY 1
        """
    )
    assert len(kinds) == 14
