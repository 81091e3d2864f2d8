"""What the pages of documents read. Everything starts with `restrict(user)`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from hearth.hmis.access.models import User
from hearth.hmis.consent.models import Consent, ConsentDocument
from hearth.hmis.consent.models.document import DocumentKind, DocumentState


@dataclass(slots=True)
class Standing:
    """The versions of one kind in one language, as they stand on a day."""

    in_force: ConsentDocument | None = None
    coming: ConsentDocument | None = None
    draft: ConsentDocument | None = None


@dataclass(slots=True)
class LanguageRow:
    """One language with the standing of each kind, in the order of `DocumentKind`."""

    code: str
    name: str
    standings: list[tuple[DocumentKind, Standing]] = field(default_factory=list)


def _in_force(day: date) -> Q:
    return Q(begins_on__lte=day) & (Q(replaced_on=None) | Q(replaced_on__gt=day))


def in_force(user: User, kind: str, day: date) -> QuerySet[ConsentDocument]:
    """The versions of a kind that are in force on a day, one for each language that has a text."""
    return ConsentDocument.objects.restrict(user).filter(_in_force(day), kind=kind)


@dataclass(frozen=True, slots=True)
class AskedOn:
    """On which versions of the release an answer need not be given anew: `documents` by number, `forms` by
    what they call themselves. `is_any`: nothing was published, so that no form is an older one."""

    documents: frozenset[int]
    forms: frozenset[str]
    is_any: bool = False

    def is_older(self, document: int | None, form_version: str) -> bool:
        """Whether an answer on this form is asked for again. It holds until then."""
        if self.is_any:
            return False
        return document not in self.documents if document else form_version not in self.forms


def asked_on(user: User, day: date) -> AskedOn:
    """In each language the version in force on a day, and those before it, back to the last that asked
    everybody again, which it does from its first day on."""
    rows = ConsentDocument.objects.restrict(user).filter(kind=DocumentKind.RELEASE, begins_on__lte=day)
    found: list[ConsentDocument] = []
    closed: set[str] = set()
    for one in rows.defer("text").order_by("language", "-version"):
        if one.language not in closed:
            found.append(one)
        if one.asks_again:
            closed.add(one.language)
    return AskedOn(frozenset(one.pk for one in found), frozenset(one.form for one in found), not found)


def release_of(user: User, language: str, form_version: str) -> ConsentDocument | None:
    """The published release of a language that calls itself so."""
    rows = ConsentDocument.objects.restrict(user).filter(
        kind=DocumentKind.RELEASE, language=language, begins_on__isnull=False
    )
    return next((one for one in rows.defer("text") if one.form == form_version), None)


def releases(user: User, day: date) -> list[ConsentDocument]:
    """Releases that an answer can have been given on: those in force first, in the order of the languages,
    then those that they replaced."""
    rows = list(
        ConsentDocument.objects.restrict(user)
        .filter(kind=DocumentKind.RELEASE, begins_on__lte=day)
        .defer("text")
        .order_by("-version")
    )
    places = list(settings.CONSENT_LANGUAGES)

    def place(one: ConsentDocument) -> tuple[bool, int]:
        known = places.index(one.language) if one.language in places else len(places)
        return one.state_on(day) != DocumentState.IN_FORCE, known

    return sorted(rows, key=place)


def answered_before(user: User, document: ConsentDocument) -> int:
    """How many people a version asks again where it is to ask: whose answer in force was given on an earlier
    version of its language."""
    earlier = ConsentDocument.objects.restrict(user).filter(
        kind=document.kind, language=document.language, version__lt=document.version
    )
    return Consent.objects.restrict(user).filter(document__in=earlier, is_current=True).count()


def languages(user: User, day: date) -> list[LanguageRow]:
    """Every language of the installation, and what stands in it, in one query without the texts; whether a
    version has one stands in `is_written`."""
    found: dict[tuple[str, str], Standing] = {}
    rows = ConsentDocument.objects.restrict(user).filter(Q(replaced_on=None) | Q(replaced_on__gt=day))
    for document in rows.annotate(is_written=ExpressionWrapper(~Q(text=""), BooleanField())).defer("text"):
        standing = found.setdefault((document.language, document.kind), Standing())
        match document.state_on(day):
            case DocumentState.IN_FORCE:
                standing.in_force = document
            case DocumentState.COMING:
                standing.coming = document
            case DocumentState.DRAFT:
                standing.draft = document
    return [
        LanguageRow(code, name, [(kind, found.get((code, kind), Standing())) for kind in DocumentKind])
        for code, name in _languages(code for code, _ in found)
    ]


def _languages(stored: Iterable[str]) -> list[tuple[str, str]]:
    """Those of the setting, then those that rows have and the setting has not any more."""
    known = dict(settings.CONSENT_LANGUAGES)
    return [*known.items(), *((code, code) for code in sorted(set(stored) - known.keys()))]


def document(user: User, pk: int) -> ConsentDocument | None:
    """One version."""
    return ConsentDocument.objects.restrict(user).select_related("published_by").filter(pk=pk).first()


def versions(user: User, kind: str, language: str) -> QuerySet[ConsentDocument]:
    """All versions of a kind in a language, the newest first."""
    same = ConsentDocument.objects.restrict(user).filter(kind=kind, language=language)
    return same.order_by("-version")


def earliest_day(user: User, document: ConsentDocument, today: date) -> date:
    """The first day on which a draft can be published: today, or when the last published version begins."""
    published = versions(user, document.kind, document.language).filter(begins_on__isnull=False).first()
    return max(today, published.begins_on) if published and published.begins_on else today


def model_text(user: User, document: ConsentDocument, day: date) -> ConsentDocument | None:
    """The text in force in the first language of the installation, for whoever translates it; None for that
    language itself."""
    first = next(iter(settings.CONSENT_LANGUAGES), None)
    if document.language == first:
        return None
    return in_force(user, document.kind, day).filter(language=first).first()
