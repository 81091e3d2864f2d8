"""Records of one person at one date and stage (start, update, annual, exit)."""

from hearth.hmis.audit.history import keep_history
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.fields import hud_field
from hearth.hmis.hud.models import unique_source_key


@keep_history
class IncomeBenefits(EnrollmentRecord):
    """Income, non-cash benefits and health insurance (4.02–4.04, P4, W3)."""

    information_date = hud_field("IncomeBenefits.InformationDate")
    income_from_any_source = hud_field("IncomeBenefits.IncomeFromAnySource")
    total_monthly_income = hud_field("IncomeBenefits.TotalMonthlyIncome")
    earned = hud_field("IncomeBenefits.Earned")
    earned_amount = hud_field("IncomeBenefits.EarnedAmount")
    unemployment = hud_field("IncomeBenefits.Unemployment")
    unemployment_amount = hud_field("IncomeBenefits.UnemploymentAmount")
    ssi = hud_field("IncomeBenefits.SSI")
    ssi_amount = hud_field("IncomeBenefits.SSIAmount")
    ssdi = hud_field("IncomeBenefits.SSDI")
    ssdi_amount = hud_field("IncomeBenefits.SSDIAmount")
    va_disability_service = hud_field("IncomeBenefits.VADisabilityService")
    va_disability_service_amount = hud_field("IncomeBenefits.VADisabilityServiceAmount")
    va_disability_non_service = hud_field("IncomeBenefits.VADisabilityNonService")
    va_disability_non_service_amount = hud_field("IncomeBenefits.VADisabilityNonServiceAmount")
    private_disability = hud_field("IncomeBenefits.PrivateDisability")
    private_disability_amount = hud_field("IncomeBenefits.PrivateDisabilityAmount")
    workers_comp = hud_field("IncomeBenefits.WorkersComp")
    workers_comp_amount = hud_field("IncomeBenefits.WorkersCompAmount")
    tanf = hud_field("IncomeBenefits.TANF")
    tanf_amount = hud_field("IncomeBenefits.TANFAmount")
    ga = hud_field("IncomeBenefits.GA")
    ga_amount = hud_field("IncomeBenefits.GAAmount")
    soc_sec_retirement = hud_field("IncomeBenefits.SocSecRetirement")
    soc_sec_retirement_amount = hud_field("IncomeBenefits.SocSecRetirementAmount")
    pension = hud_field("IncomeBenefits.Pension")
    pension_amount = hud_field("IncomeBenefits.PensionAmount")
    child_support = hud_field("IncomeBenefits.ChildSupport")
    child_support_amount = hud_field("IncomeBenefits.ChildSupportAmount")
    alimony = hud_field("IncomeBenefits.Alimony")
    alimony_amount = hud_field("IncomeBenefits.AlimonyAmount")
    other_income_source = hud_field("IncomeBenefits.OtherIncomeSource")
    other_income_amount = hud_field("IncomeBenefits.OtherIncomeAmount")
    other_income_source_identify = hud_field("IncomeBenefits.OtherIncomeSourceIdentify")
    benefits_from_any_source = hud_field("IncomeBenefits.BenefitsFromAnySource")
    snap = hud_field("IncomeBenefits.SNAP")
    wic = hud_field("IncomeBenefits.WIC")
    tanf_child_care = hud_field("IncomeBenefits.TANFChildCare")
    tanf_transportation = hud_field("IncomeBenefits.TANFTransportation")
    other_tanf = hud_field("IncomeBenefits.OtherTANF")
    other_benefits_source = hud_field("IncomeBenefits.OtherBenefitsSource")
    other_benefits_source_identify = hud_field("IncomeBenefits.OtherBenefitsSourceIdentify")
    insurance_from_any_source = hud_field("IncomeBenefits.InsuranceFromAnySource")
    medicaid = hud_field("IncomeBenefits.Medicaid")
    no_medicaid_reason = hud_field("IncomeBenefits.NoMedicaidReason")
    medicare = hud_field("IncomeBenefits.Medicare")
    no_medicare_reason = hud_field("IncomeBenefits.NoMedicareReason")
    schip = hud_field("IncomeBenefits.SCHIP")
    no_schip_reason = hud_field("IncomeBenefits.NoSCHIPReason")
    vha_services = hud_field("IncomeBenefits.VHAServices")
    no_vha_reason = hud_field("IncomeBenefits.NoVHAReason")
    employer_provided = hud_field("IncomeBenefits.EmployerProvided")
    no_employer_provided_reason = hud_field("IncomeBenefits.NoEmployerProvidedReason")
    cobra = hud_field("IncomeBenefits.COBRA")
    no_cobra_reason = hud_field("IncomeBenefits.NoCOBRAReason")
    private_pay = hud_field("IncomeBenefits.PrivatePay")
    no_private_pay_reason = hud_field("IncomeBenefits.NoPrivatePayReason")
    state_health_ins = hud_field("IncomeBenefits.StateHealthIns")
    no_state_health_ins_reason = hud_field("IncomeBenefits.NoStateHealthInsReason")
    indian_health_services = hud_field("IncomeBenefits.IndianHealthServices")
    no_indian_health_services_reason = hud_field("IncomeBenefits.NoIndianHealthServicesReason")
    other_insurance = hud_field("IncomeBenefits.OtherInsurance")
    other_insurance_identify = hud_field("IncomeBenefits.OtherInsuranceIdentify")
    adap = hud_field("IncomeBenefits.ADAP")
    no_adap_reason = hud_field("IncomeBenefits.NoADAPReason")
    ryan_white_med_dent = hud_field("IncomeBenefits.RyanWhiteMedDent")
    no_ryan_white_reason = hud_field("IncomeBenefits.NoRyanWhiteReason")
    connection_with_soar = hud_field("IncomeBenefits.ConnectionWithSOAR")
    data_collection_stage = hud_field("IncomeBenefits.DataCollectionStage")

    class Meta:
        constraints = [unique_source_key("incomebenefits")]

    def __str__(self) -> str:
        return f"IncomeBenefits {self.pk}"


@keep_history
class HealthAndDV(EnrollmentRecord):
    """Domestic violence and health (4.11, R7–R10)."""

    information_date = hud_field("HealthAndDV.InformationDate")
    domestic_violence_survivor = hud_field("HealthAndDV.DomesticViolenceSurvivor")
    when_occurred = hud_field("HealthAndDV.WhenOccurred")
    currently_fleeing = hud_field("HealthAndDV.CurrentlyFleeing")
    general_health_status = hud_field("HealthAndDV.GeneralHealthStatus")
    dental_health_status = hud_field("HealthAndDV.DentalHealthStatus")
    mental_health_status = hud_field("HealthAndDV.MentalHealthStatus")
    pregnancy_status = hud_field("HealthAndDV.PregnancyStatus")
    due_date = hud_field("HealthAndDV.DueDate")
    data_collection_stage = hud_field("HealthAndDV.DataCollectionStage")

    class Meta:
        constraints = [unique_source_key("healthanddv")]

    def __str__(self) -> str:
        return f"HealthAndDV {self.pk}"


@keep_history
class EmploymentEducation(EnrollmentRecord):
    """Schooling and employment (R4–R6)."""

    information_date = hud_field("EmploymentEducation.InformationDate")
    last_grade_completed = hud_field("EmploymentEducation.LastGradeCompleted")
    school_status = hud_field("EmploymentEducation.SchoolStatus")
    employed = hud_field("EmploymentEducation.Employed")
    employment_type = hud_field("EmploymentEducation.EmploymentType")
    not_employed_reason = hud_field("EmploymentEducation.NotEmployedReason")
    data_collection_stage = hud_field("EmploymentEducation.DataCollectionStage")

    class Meta:
        constraints = [unique_source_key("employmenteducation")]

    def __str__(self) -> str:
        return f"EmploymentEducation {self.pk}"


@keep_history
class Disabilities(EnrollmentRecord):
    """One kind of disability (4.05–4.10, W4, W6)."""

    information_date = hud_field("Disabilities.InformationDate")
    disability_type = hud_field("Disabilities.DisabilityType")
    disability_response = hud_field("Disabilities.DisabilityResponse")
    indefinite_and_impairs = hud_field("Disabilities.IndefiniteAndImpairs")
    t_cell_count_available = hud_field("Disabilities.TCellCountAvailable")
    t_cell_count = hud_field("Disabilities.TCellCount")
    t_cell_source = hud_field("Disabilities.TCellSource")
    viral_load_available = hud_field("Disabilities.ViralLoadAvailable")
    viral_load = hud_field("Disabilities.ViralLoad")
    viral_load_source = hud_field("Disabilities.ViralLoadSource")
    anti_retroviral = hud_field("Disabilities.AntiRetroviral")
    data_collection_stage = hud_field("Disabilities.DataCollectionStage")

    class Meta:
        constraints = [unique_source_key("disabilities")]

    def __str__(self) -> str:
        return f"Disabilities {self.pk}"


@keep_history
class YouthEducationStatus(EnrollmentRecord):
    """Education of a youth head of household (C3)."""

    information_date = hud_field("YouthEducationStatus.InformationDate")
    current_school_attend = hud_field("YouthEducationStatus.CurrentSchoolAttend")
    most_recent_ed_status = hud_field("YouthEducationStatus.MostRecentEdStatus")
    current_ed_status = hud_field("YouthEducationStatus.CurrentEdStatus")
    data_collection_stage = hud_field("YouthEducationStatus.DataCollectionStage")

    class Meta:
        constraints = [unique_source_key("youtheducationstatus")]

    def __str__(self) -> str:
        return f"YouthEducationStatus {self.pk}"
