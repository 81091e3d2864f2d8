"""Laws of the data that no check of ours states, or states as a doubt."""


def none(export, sql: str) -> None:
    found = export.rows(sql)
    assert found == [], f"{len(found)} rows, for example {found[:3]}"


STAYS = """
    SELECT e.EnrollmentID, e.PersonalID, e.ProjectID, ProjectType AS type, e.EntryDate AS entry,
        coalesce(ExitDate, DATE '9999-12-31') AS gone, MoveInDate AS moved, RelationshipToHoH AS role,
        HouseholdID
    FROM Enrollment e JOIN Project p ON p.ProjectID = e.ProjectID
    LEFT JOIN Exit x ON x.EnrollmentID = e.EnrollmentID
"""


def test_residential_stays_of_a_person_do_not_overlap(minnesota):
    none(
        minnesota,
        f"""
        WITH stays AS ({STAYS}), heads AS (SELECT HouseholdID, moved FROM stays WHERE role = 1),
        nights AS (
            SELECT s.EnrollmentID, s.PersonalID, gone,
                CASE WHEN type IN (3, 9, 10, 13) THEN greatest(h.moved, entry) ELSE entry END AS since
            FROM stays s JOIN heads h USING (HouseholdID) WHERE type IN (0, 1, 2, 8, 3, 9, 10, 13)
        )
        SELECT a.EnrollmentID, b.EnrollmentID FROM nights a JOIN nights b USING (PersonalID)
        WHERE a.EnrollmentID < b.EnrollmentID AND a.since < b.gone AND b.since < a.gone
        """,
    )


def test_nobody_is_twice_in_one_project_at_once(minnesota):
    none(
        minnesota,
        f"""
        WITH stays AS ({STAYS})
        SELECT a.EnrollmentID, b.EnrollmentID FROM stays a JOIN stays b USING (PersonalID, ProjectID)
        WHERE a.EnrollmentID < b.EnrollmentID AND a.entry < b.gone AND b.entry < a.gone
        """,
    )


def test_bed_nights_are_once_a_night_and_inside_the_stay(minnesota):
    none(
        minnesota,
        f"""
        WITH stays AS ({STAYS})
        SELECT EnrollmentID FROM Services JOIN stays USING (EnrollmentID)
        WHERE RecordType = 200 AND (type <> 1 OR DateProvided < entry OR DateProvided >= gone)
        UNION ALL
        SELECT EnrollmentID FROM Services WHERE RecordType = 200
        GROUP BY EnrollmentID, DateProvided HAVING count(*) > 1
        """,
    )


def test_the_dead_do_not_come_back(minnesota):
    none(
        minnesota,
        f"""
        WITH stays AS ({STAYS})
        SELECT PersonalID FROM Exit JOIN stays USING (PersonalID)
        WHERE Destination = 24 AND (entry >= ExitDate OR (gone > ExitDate))
        """,
    )


def test_a_year_in_a_project_has_its_annual_assessment(minnesota):
    none(
        minnesota,
        f"""
        WITH stays AS ({STAYS}), asked AS (
            SELECT DISTINCT ProjectID FROM IncomeBenefits JOIN Enrollment USING (EnrollmentID)
            WHERE IncomeFromAnySource IS NOT NULL
        )
        SELECT EnrollmentID FROM stays JOIN asked USING (ProjectID)
        WHERE role = 1 AND entry + INTERVAL 1 YEAR <= least(gone, DATE '2026-09-30')
            AND EnrollmentID NOT IN (SELECT EnrollmentID FROM IncomeBenefits WHERE DataCollectionStage = 5)
        """,
    )


def test_beds_are_enough_for_most_nights_and_not_for_many_more(minnesota):
    used, beds = minnesota.rows(
        f"""
        WITH stays AS ({STAYS}), tonight AS (
            SELECT count(*) AS people FROM stays
            WHERE type IN (0, 2, 8) AND entry <= DATE '2026-06-30' AND gone > DATE '2026-06-30'
        )
        SELECT (SELECT people FROM tonight), sum(BedInventory) FROM Inventory JOIN Project USING (ProjectID)
        JOIN HMISParticipation USING (ProjectID)
        WHERE ProjectType IN (0, 2, 8) AND HMISParticipationType = 1 AND coalesce(Availability, 1) = 1
            AND InventoryStartDate <= DATE '2026-06-30'
            AND coalesce(InventoryEndDate, DATE '9999-12-31') >= DATE '2026-06-30'
        """
    )[0]
    # Many small projects, each with a bed to spare: together several times as many as on one night.
    assert used < beds < used * 4


def test_every_answer_of_the_day_lies_in_the_stay_and_the_period(minnesota):
    for file, day in (
        ("IncomeBenefits", "InformationDate"),
        ("HealthAndDV", "InformationDate"),
        ("Disabilities", "InformationDate"),
        ("EmploymentEducation", "InformationDate"),
        ("YouthEducationStatus", "InformationDate"),
        ("CurrentLivingSituation", "InformationDate"),
        ("Services", "DateProvided"),
        ("Assessment", "AssessmentDate"),
        ("Event", "EventDate"),
    ):
        none(
            minnesota,
            f"""
            WITH stays AS ({STAYS})
            SELECT EnrollmentID FROM "{file}" JOIN stays USING (EnrollmentID)
            WHERE {day} < entry OR {day} > gone OR {day} > DATE '2026-09-30'
            """,
        )


def test_victim_service_providers_have_no_clients_here(minnesota):
    none(
        minnesota,
        """
        SELECT EnrollmentID FROM Enrollment JOIN Project USING (ProjectID)
        JOIN Organization USING (OrganizationID)
        WHERE VictimServiceProvider = 1
        """,
    )
    assert minnesota.scalar("SELECT count(*) FROM Organization WHERE VictimServiceProvider = 1") > 0


def test_times_of_entry_are_between_the_event_and_the_export(minnesota):
    for file in ("Enrollment", "Exit", "IncomeBenefits", "Services"):
        none(
            minnesota,
            f"""
            SELECT EnrollmentID FROM "{file}"
            WHERE DateUpdated < DateCreated OR DateUpdated > (SELECT min(ExportDate) FROM Export)
            """,
        )
