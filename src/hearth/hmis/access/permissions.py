"""Everything a person may be allowed to do. Verb last; a role is a set of these (see roles.py)."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. The value is what the database's policies name (rights_sql.py)."""

    CLIENT_VIEW = "client_view"
    CLIENT_SEARCH = "client_search"
    CLIENT_EDIT = "client_edit"
    CLIENT_ACCOUNT_VIEW = "client_account_view"
    CLIENT_NAME_VIEW = "client_name_view"
    DOB_VIEW = "dob_view"
    SSN_LAST_FOUR_VIEW = "ssn_last_four_view"
    CLIENT_RESTRICT = "client_restrict"
    SSN_REVEAL = "ssn_reveal"
    HIV_VIEW = "hiv_view"
    DV_VIEW = "dv_view"
    ENROLLMENT_VIEW = "enrollment_view"
    ENROLLMENT_EDIT = "enrollment_edit"
    PROJECT_VIEW = "project_view"
    PROJECT_EDIT = "project_edit"
    PROJECT_NAME_PROTECT = "project_name_protect"
    REGION_VIEW = "region_view"
    REGION_EDIT = "region_edit"
    DATA_IMPORT = "data_import"
    DATA_EXPORT = "data_export"
    FINDING_VIEW = "finding_view"
    REPORT_VIEW = "report_view"
    REPORT_RUN = "report_run"
    REPORT_OF_SCOPE = "report_of_scope"
    REPORT_UPLOAD = "report_upload"
    ACCESS_LOG_VIEW = "access_log_view"
    USER_EDIT = "user_edit"
    SYSTEM_VIEW = "system_view"
    CONSENT_DOCUMENT_EDIT = "consent_document_edit"


#: What each lets somebody do, as pages say it after "may".
WORDS: dict[Permission, str] = {
    Permission.CLIENT_VIEW: "see clients",
    Permission.CLIENT_SEARCH: "find clients",
    Permission.CLIENT_EDIT: "add clients and correct who they are",
    Permission.CLIENT_ACCOUNT_VIEW: "print who looked at a client",
    Permission.CLIENT_RESTRICT: "restrict clients of their projects, and end that",
    Permission.CLIENT_NAME_VIEW: "see names of clients",
    Permission.DOB_VIEW: "see birth dates",
    Permission.SSN_LAST_FOUR_VIEW: "see the last four digits of Social Security numbers",
    Permission.SSN_REVEAL: "have a whole Social Security number shown",
    Permission.HIV_VIEW: "see answers about HIV",
    Permission.DV_VIEW: "see answers about domestic violence",
    Permission.ENROLLMENT_VIEW: "see enrollments and all that hangs on them",
    Permission.ENROLLMENT_EDIT: "add and change enrollments and all that hangs on them",
    Permission.PROJECT_VIEW: "see organizations and projects",
    Permission.PROJECT_EDIT: "change organizations and projects",
    Permission.PROJECT_NAME_PROTECT: "say whether a project's name is confidential",
    Permission.REGION_VIEW: "see CoCs and their contacts",
    Permission.REGION_EDIT: "change CoCs and their contacts",
    Permission.DATA_IMPORT: "import data",
    Permission.DATA_EXPORT: "export data and lists, with what they may see",
    Permission.FINDING_VIEW: "see the findings of imports",
    Permission.REPORT_VIEW: "see reports",
    Permission.REPORT_RUN: "run reports",
    Permission.REPORT_OF_SCOPE: "have reports of everything in a CoC or of a funding source, figures alone",
    Permission.REPORT_UPLOAD: "download the upload for HUD of such a report",
    Permission.ACCESS_LOG_VIEW: "read the access log",
    Permission.USER_EDIT: "administer people and their grants",
    Permission.SYSTEM_VIEW: "see the state of the installation",
    Permission.CONSENT_DOCUMENT_EDIT: "write and publish consent documents",
}
