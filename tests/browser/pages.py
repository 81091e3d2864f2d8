"""Every page that the browser checks, at eight widths from 320 px to 1440 px. Add yours here.

`path` may hold names in braces that `seed.py` returns, such as `/clients/{client}/`. `role` is one of
`public`, `user` (an HMIS user of one organization), `administrator`, `auditor`.
"""

from typing import NamedTuple


class Page(NamedTuple):
    """One page and who looks at it."""

    name: str
    path: str
    role: str
    status: int = 200


PAGES = [
    Page("sign-in", "/account/login/", "public"),
    Page("sign-in-expired", "/account/login/?expired=1", "public"),
    Page("sign-in-end-of-day", "/account/login/?expired=day", "public"),
    Page("password-reset", "/account/password/reset/", "public"),
    Page("password-reset-sent", "/account/password/reset/sent/", "public"),
    Page("password-reset-link-gone", "/account/password/reset/1-x/", "public"),
    Page("password-reset-done", "/account/password/reset/done/", "public"),
    Page("help", "/help/", "public"),
    Page("help-what-is-hmis", "/help/what-is-hmis/", "public"),
    Page("help-minnesota", "/help/minnesota/", "public"),
    Page("help-roles", "/help/roles/", "public"),
    Page("help-privacy", "/help/privacy/", "public"),
    Page("help-get-help", "/help/get-help/", "public"),
    Page("help-reports", "/help/reports/", "public"),
    Page("help-keyboard", "/help/keyboard/", "public"),
    Page("help-glossary", "/help/glossary/", "public"),
    Page("not-found", "/nothing-here/", "public", 404),
    Page("home", "/", "user"),
    Page("home-auditor", "/", "auditor"),
    Page("reports", "/reports/", "administrator"),
    Page("reports-user", "/reports/", "user"),
    Page("report-new", "/reports/new/lsa-systemwide/", "administrator"),
    Page("report-new-projects", "/reports/new/lsa-projects/", "user"),
    Page("report-new-hic", "/reports/new/hic/", "administrator"),
    Page("report", "/reports/{report}/", "administrator"),
    Page("report-hic", "/reports/{report_hic}/", "administrator"),
    Page("report-running", "/reports/{report_running}/", "administrator"),
    Page("report-waiting", "/reports/{report_waiting}/", "administrator"),
    Page("report-refused", "/reports/{report_refused}/", "administrator"),
    Page("report-unreadable", "/reports/{report_unreadable}/", "administrator"),
    Page("report-failed", "/reports/{report_failed}/", "administrator"),
    Page("report-people", "/reports/{report}/rows/LSAPerson/", "administrator"),
    Page(
        "report-people-none", "/reports/{report}/rows/LSAPerson/?RaceEthnicity=1&VetStatus=1", "administrator"
    ),
    Page("report-numbers", "/reports/{report}/rows/LSACalculated/", "administrator"),
    Page("report-person-row", "/reports/{report}/rows/LSAPerson/3/", "administrator"),
    Page("report-household-row", "/reports/{report}/rows/LSAHousehold/4/", "administrator"),
    Page("report-number-row", "/reports/{report}/rows/LSACalculated/1500/", "administrator"),
    Page("report-quality-row", "/reports/{report}/rows/LSAReport/11/", "administrator"),
    Page("report-figure", "/reports/{report}/figures/people/", "administrator"),
    Page("report-figure-sorted", "/reports/{report}/figures/households/?sort=-entry.client", "administrator"),
    Page("report-figure-average", "/reports/{report}/figures/average-3-0/", "administrator"),
    Page("report-figure-nobody", "/reports/{report}/figures/type-99-PSH/", "administrator"),
    Page("report-inventory", "/reports/{report}/rows/Inventory/", "administrator"),
    Page("report-projects-of-night", "/reports/{report_hic}/projects/", "administrator"),
    Page("report-flag", "/reports/{report}/flags/{flag}/", "administrator"),
    Page("report-flag-nobody", "/reports/{report}/flags/{flag_nobody}/", "administrator"),
    Page("reports-compared", "/reports/{report}/compare/{report_earlier}/", "administrator"),
    Page(
        "reports-compared-why", "/reports/{report}/compare/{report_earlier}/why/corrected/", "administrator"
    ),
    Page(
        "reports-compared-why-others",
        "/reports/{report}/compare/{report_earlier}/why/others/?sort=-client",
        "administrator",
    ),
    Page(
        "reports-compared-file", "/reports/{report}/compare/{report_earlier}/LSAHousehold/", "administrator"
    ),
    Page(
        "reports-compared-row", "/reports/{report}/compare/{report_earlier}/LSAHousehold/1/", "administrator"
    ),
    Page("account", "/account/", "user"),
    Page("change-password", "/account/password/change/", "user"),
    Page("two-step", "/account/two-step/", "user"),
    Page("passkeys", "/account/two-step/webauthn/", "user"),
    Page("sessions", "/account/sessions/", "user"),
    Page("signed-in-again", "/account/back/", "user"),
    Page("components", "/help/components/", "user"),
    Page("regions", "/regions/", "user"),
    Page("region", "/regions/MN-500/", "administrator"),
    Page("region-tribal", "/regions/MTC/", "user"),
    Page("contact-add", "/regions/MN-500/contacts/add/", "administrator"),
    Page("contact-change", "/regions/MN-500/contacts/{contact}/", "administrator"),
    Page("contact-remove", "/regions/MN-500/contacts/{contact}/remove/", "administrator"),
    Page("organizations", "/organizations/", "user"),
    Page("organizations-none", "/organizations/?q=nothing-like-it", "user"),
    Page("organization", "/organizations/{organization}/", "user"),
    Page("organization-nation", "/organizations/{organization}/nation/", "administrator"),
    Page("project", "/projects/{project}/", "user"),
    Page("organization-history", "/organizations/{organization}/history/", "user"),
    Page("project-history", "/projects/{project}/history/", "user"),
    Page("project-history-inventory", "/projects/{project}/history/Inventory/", "user"),
    Page("project-auditor", "/projects/{project}/", "auditor"),
    Page("client-search", "/clients/", "user"),
    Page("clients-recent", "/clients/recent/", "user"),
    Page("client", "/clients/{rosa}/", "user"),
    Page("system", "/system/", "administrator"),
    Page("stopped", "/audit/stopped/", "administrator"),
    Page("client-history", "/clients/{rosa}/history/", "user"),
    Page("client-missing", "/clients/987654321/", "user", 404),
    Page("enrollment", "/enrollments/{stay}/", "user"),
    Page("enrollment-history", "/enrollments/{stay}/history/", "user"),
    Page("enrollment-history-income", "/enrollments/{stay}/history/IncomeBenefits/", "user"),
    Page("imports", "/exchange/", "administrator"),
    Page("imports-user", "/exchange/", "user"),
    Page("import-new", "/exchange/imports/new/", "administrator"),
    Page("import", "/exchange/imports/{import}/", "administrator"),
    Page("import-filtered", "/exchange/imports/{import}/?severity=error", "administrator"),
    Page("import-of-project", "/exchange/imports/{import}/?project=P1&sort=-severity", "administrator"),
    Page("import-refused", "/exchange/imports/{import_refused}/", "administrator"),
    Page("import-asking", "/exchange/imports/{import_asking}/", "administrator"),
    Page("import-running", "/exchange/imports/{import_running}/", "administrator"),
    Page("exports", "/exchange/exports/", "user"),
    Page("exports-administrator", "/exchange/exports/", "administrator"),
    Page("documents", "/consent/documents/", "administrator"),
    Page("document", "/consent/documents/{document}/", "administrator"),
    Page("document-empty", "/consent/documents/{document_empty}/", "administrator"),
    Page("document-draft", "/consent/documents/{document_draft}/", "administrator"),
    Page("document-change", "/consent/documents/{document_draft}/change/", "administrator"),
    Page("document-publish", "/consent/documents/{document_draft}/publish/", "administrator"),
    Page("document-discard", "/consent/documents/{document_draft}/discard/", "administrator"),
    Page("client-papers", "/clients/{rosa}/papers/", "user"),
    Page("client-paper-add", "/clients/{rosa}/papers/add/", "user"),
    Page("client-sign", "/clients/{rosa}/papers/{document}/sign/", "user"),
    Page("client-print", "/clients/{rosa}/papers/{document}/print/?name=1", "user"),
    Page("document-paper", "/consent/documents/{document}/paper/", "administrator"),
    Page("access-log", "/audit/", "auditor"),
    Page("access-log-none", "/audit/?client=987654321", "auditor"),
]
