"""Everything a person may be allowed to do. Verb last; a role is a set of these (see roles.py)."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. The value is what the database's policies name (rights_sql.py)."""

    CLIENT_VIEW = "client_view"
    CLIENT_SEARCH = "client_search"
    CLIENT_EDIT = "client_edit"
    CLIENT_NAME_VIEW = "client_name_view"
    DOB_VIEW = "dob_view"
    SSN_LAST_FOUR_VIEW = "ssn_last_four_view"
    SSN_REVEAL = "ssn_reveal"
    HIV_VIEW = "hiv_view"
    DV_VIEW = "dv_view"
    ENROLLMENT_VIEW = "enrollment_view"
    ENROLLMENT_EDIT = "enrollment_edit"
    PROJECT_VIEW = "project_view"
    PROJECT_EDIT = "project_edit"
    REGION_VIEW = "region_view"
    REGION_EDIT = "region_edit"
    DATA_IMPORT = "data_import"
    DATA_EXPORT = "data_export"
    FINDING_VIEW = "finding_view"
    REPORT_VIEW = "report_view"
    REPORT_RUN = "report_run"
    ACCESS_LOG_VIEW = "access_log_view"
    USER_EDIT = "user_edit"
    SYSTEM_VIEW = "system_view"
    CONSENT_DOCUMENT_EDIT = "consent_document_edit"
