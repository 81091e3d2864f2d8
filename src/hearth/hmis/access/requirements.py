"""What a role can require before its grants count: agreements and training, each a dated record.

A requirement is a class; which roles ask for it stands in `roles.py`. What it asks at present (its text, for
how long a record holds, from which day a missing one closes access) is a row of `models/requirement.py`, of
which an administrator publishes a new version. The database closes grants (`rights.sql`); nothing is closed
before a version says from when on.
"""

from typing import ClassVar

#: Six months without a sign-in: training is due again.
TRAINED_AGAIN_AFTER = 183


class Requirement:
    """Base of all requirements. `code` is stored and never changes."""

    code: ClassVar[str]
    name: ClassVar[str]
    #: Met by an organization, for all of its users; else by each user.
    of_organization: ClassVar[bool] = False
    #: Its user signs it on the screen. What is not signed so is recorded by an administrator alone.
    is_signed: ClassVar[bool] = False
    #: A record of before counts no more once nobody signed in for so long (TRAINED_AGAIN_AFTER).
    lapses_unused: ClassVar[bool] = False
    #: How to get it, for whoever lacks it.
    how: ClassVar[str]
    #: Of the first version, which an administrator replaces: how many days a record holds; none: without end.
    valid_days: ClassVar[int | None] = None
    text: ClassVar[str] = ""


class UserAgreement(Requirement):
    code = "user_agreement"
    name = "User agreement"
    is_signed = True
    how = "Read it and sign it under “Your account”, “Agreements and training”."
    valid_days = 365
    text = """I use this system for my work only, and look only at people whom I serve.

I do not look up myself, my family, friends, neighbors or anybody else out of curiosity.

I sign in with my own account alone. I tell my password to nobody, not even to a colleague or a supervisor, and I do not write it down where others find it.

I lock my screen or sign out when I leave it, and let nobody read over my shoulder.

I enter what is true, and correct what I find to be wrong.

I keep what I learn here to myself, in the office and outside, also after I have left my work. What I print or download I keep locked away and destroy when it is not needed any more.

I ask people what they agree to before I share what they tell me, and I serve those who decline like everybody else.

When the police, a court or an officer asks for data, I give none, and tell my supervisor at once.

I tell my administrator at once when I lose a device or a password, see a breach of these rules, or leave my work.

I know that each look at a person is written down, and that a breach can end my access.

This text is an example. Your administrator replaces it with the agreement that holds for you."""  # noqa: E501  # paragraphs


class PrivacyTraining(Requirement):
    code = "privacy_training"
    name = "Privacy and security training"
    lapses_unused = True
    how = "Take the training, and ask your administrator to record its day."
    valid_days = 365


class AgencyAgreement(Requirement):
    code = "agency_agreement"
    name = "Agency agreement"
    of_organization = True
    how = "The director of the organization signs it with the lead agency, whose administrator records it."


REQUIREMENTS: dict[str, type[Requirement]] = {
    one.code: one for one in (UserAgreement, PrivacyTraining, AgencyAgreement)
}
