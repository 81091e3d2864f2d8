"""Drafts: what somebody types into a form is kept as they go, until they press Finish (ADR 38).

A view takes part with these lines; `ui/autosave.js` and `enrollments/parts/draft.html` do the rest:

    draft = FormDraft(request, About(Draft.Kind.EXIT, client=…, project=…, enrollment=…))
    form = draft.fill(ExitForm(request.POST or None, …), client=…)      # one call for each form of the page
    if answer := draft.kept():                                          # Enter, or "Save draft"
        return answer
    if request.method == "POST" and form.is_valid() and draft.agrees():
        with draft.finishing():                                         # one transaction with what it writes
            actions.exit_stay(by=request.user, …)

The template puts `{% include "enrollments/parts/draft.html" %}` first into its form, which has
`data-draft`, and around the inputs of each person `<div data-draft-client="{{ client.pk }}"
data-draft-prefix="{{ form.prefix|default:'' }}">` (where the form has one person only, the form itself says
it), "enrollments/parts/draft_buttons.html" beside Finish, and `ui/autosave.js` among its scripts.

A view that adds answers itself and shows the page again calls `draft.take_in()`; one that edits a record
compares with `draft.base_version`. A kind of form is registered in `apps.py` (`drafts.kinds.register`): where
a draft is resumed, and whether its form can still be finished.
"""
