"""An invented household with a long stay, for the pages of clients and enrollments."""

from datetime import date, timedelta
from typing import Any

FIRST = date(2026, 1, 5)


def fill(project: Any) -> dict[str, int]:
    """Rosa Quill with partner and child in `project`; returns ids for addresses."""
    from hearth.hmis.enrollments.models import (
        CurrentLivingSituation,
        Disabilities,
        Exit,
        HealthAndDV,
        IncomeBenefits,
        Services,
    )
    from hearth.hmis.hud.records import model_of
    from tests import factories

    rosa = factories.make_client(
        first_name="Rosa", middle_name="Ana", last_name="Quill", dob=date(1988, 2, 29), ssn="900456789",
        ssn_data_quality=1, sex=0, hispanic_latinao=1, am_ind_ak_native=1, veteran_status=0, user_id="U17",
    )  # fmt: skip
    household = {"household_id": "HQUILL", "entry_date": FIRST}
    stay = factories.make_enrollment(
        rosa, project, **household, living_situation=116, length_of_stay=4, disabling_condition=1,
        date_to_street_essh=date(2025, 11, 2), times_homeless_past_three_years=2,
        months_homeless_past_three_years=103, enrollment_coc="MN-500", user_id="U17",
    )  # fmt: skip
    partner = factories.make_client(first_name="Pat", last_name="Goodsky", dob=date(1990, 7, 1))
    child = factories.make_client(first_name="Juniper", last_name="Quill", dob=date(2019, 9, 3))
    left = factories.make_enrollment(partner, project, **household, relationship_to_hoh=3)
    factories.make_enrollment(child, project, **household, relationship_to_hoh=2)

    def add(model: Any, **fields: Any) -> Any:
        return model.objects.create(**factories.record(enrollment=stay, user_id="U17", **fields))

    for stage, day, income in ((1, FIRST, 640), (3, FIRST + timedelta(80), 1200)):
        when = {"information_date": day, "data_collection_stage": stage}
        add(IncomeBenefits, income_from_any_source=1, total_monthly_income=income, earned=1,
            earned_amount=income, benefits_from_any_source=1, snap=1, insurance_from_any_source=1,
            medicaid=1, **when)  # fmt: skip
        add(Disabilities, disability_type=5, disability_response=1, indefinite_and_impairs=1, **when)
        add(Disabilities, disability_type=9, disability_response=0, **when)
    add(HealthAndDV, domestic_violence_survivor=1, when_occurred=3, currently_fleeing=0,
        general_health_status=3, information_date=FIRST, data_collection_stage=1)  # fmt: skip
    for day in [*range(40), *range(45, 80)]:
        add(Services, record_type=200, type_provided=200, date_provided=FIRST + timedelta(day))
    for day in (2, 9, 16):
        add(Services, record_type=141, type_provided=5, date_provided=FIRST + timedelta(day))
    contact = add(CurrentLivingSituation, information_date=FIRST, current_living_situation=116,
        location_details="Near the invented bridge")  # fmt: skip
    add(model_of("Assessment"), assessment_date=FIRST, assessment_type=3, assessment_level=2,
        prioritization_status=1)  # fmt: skip
    add(model_of("Event"), event_date=FIRST + timedelta(12), event=13, referral_result=1)
    add(Exit, exit_date=FIRST + timedelta(80), destination=410)
    rosa.last_name = "Quill"
    rosa.veteran_status = 99
    rosa.save()
    for number in range(27):
        factories.make_client(first_name="Quillan", last_name=f"Sample{number}", dob=date(1970, 1, 1))
    return {"rosa": rosa.pk, "stay": stay.pk, "left": left.pk, "contact_of_stay": contact.pk}
