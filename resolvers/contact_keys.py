"""What contacts are matched by: e-mails, phones, domains and names in one spelling each."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from uuid import UUID

import phonenumbers

from models.contacts import ContactKey, ContactKeyKind
from resolvers import text

# Where a phone number without a country code is dialled.
HOME_REGION = "PL"
KEY_LENGTH = 512

Key = tuple[ContactKeyKind, str]

# Providers whose domain says nothing about who somebody works for.
_FREE_MAIL = """
    gmail.com googlemail.com outlook.com outlook.pl hotmail.com hotmail.pl live.com msn.com
    yahoo.com yahoo.pl ymail.com icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net web.de
    t-online.de mail.com mail.ru yandex.ru seznam.cz email.cz centrum.cz azet.sk proton.me
    protonmail.com pm.me tutanota.com tuta.io fastmail.com zoho.com hey.com
    wp.pl o2.pl tlen.pl go2.pl onet.pl onet.eu op.pl poczta.onet.pl poczta.onet.eu vp.pl buziaczek.pl
    autograf.pl interia.pl interia.eu interia.com poczta.fm intmail.pl gazeta.pl int.pl spoko.pl
    poczta.pl neostrada.pl home.pl ukr.net orange.fr free.fr laposte.net libero.it
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())

_NOT_WORD = re.compile(r"[\W_]+")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
_EXTENSION = re.compile(r"\bwewn?\b\.?", re.IGNORECASE)
_TITLE_WORDS = "pan pani dr hab mgr inz prof mr mrs ms herr frau ing mudr judr"
_TITLES = frozenset(_TITLE_WORDS.split())

# Legal forms as they read once folded and without punctuation. Those that mean nothing else go
# wherever they stand; the short ones, which may be a word of the name, only at its end.
_FORMS_ANYWHERE = re.compile(
    r"\b(?:sp(?:olka)? ?z ?o ?o|(?:prosta )?sp(?:olka)? (?:z ograniczona odpowiedzialnoscia|akcyjna|jawna|partnerska"
    r"|cywilna|komandytowa|komandytowo akcyjna)|gmbh(?: co)?(?: kg)?|sp [kjp])\b"
)
_FORM_AT_END = re.compile(
    r" (?:s ?a|p ?s ?a|s ?k ?a|s ?c|sp ?[kjp]|w likwidacji|ag|kg|ug|ohg|e ?k|se|ltd|limited|co|company|l ?l ?c|inc"
    r"|incorporated|corp|corporation|plc|l ?l ?p|s ?r ?o|a ?s|b ?v|n ?v|oyj?|a ?b|a ?p ?s|s ?r ?l|s ?p ?a|s ?a ?r ?l"
    r"|s ?a ?s|s ?l|kft|zrt|o ?u|uab|sia|d ?o ?o|pty|pte)$"
)


def email_key(value: str) -> str | None:
    """An e-mail address in lower case; null for what has no part before and after one `@`."""
    address = value.strip().lower()
    user, at, domain = address.partition("@")
    return address if user and at and "." in domain and "@" not in domain else None


@lru_cache(maxsize=4096)
def phone_key(value: str, region: str = HOME_REGION) -> str | None:
    """A phone number in E.164, with its extension if it has one; null for what cannot be dialled."""
    try:
        number = phonenumbers.parse(_EXTENSION.sub("ext.", value), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{dialled};ext={number.extension}" if number.extension else dialled


def domain_of(value: str) -> str | None:
    """The host of a website, a domain or an e-mail address, without `www.`; null for no host name."""
    found = _HOST.match(value.strip())
    if found is None:
        return None
    try:
        host = found[1].rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = host.split(".")
    return host if len(labels) > 1 and all(_LABEL.match(label) for label in labels) else None


def domain_key(value: str) -> str | None:
    """As `domain_of`, but null for the domains of free mail providers."""
    domain = domain_of(value)
    return None if domain in FREE_MAIL else domain


def _words(value: str) -> list[str]:
    return _NOT_WORD.sub(" ", text.fold(value)).split()


@lru_cache(maxsize=4096)
def person_name_key(name: str) -> str:
    """A person's name folded, without titles, its words in order: `KOWALSKI Jan` is `jan kowalski`."""
    words = _words(name)
    kept = [word for word in words if word not in _TITLES] or words
    return " ".join(sorted(kept))[:KEY_LENGTH].strip()


@lru_cache(maxsize=4096)
def organization_name_key(name: str) -> str:
    """An organization's name folded and without its legal form: `Zakład Łoś Sp. z o.o.` is `zaklad los`."""
    words = " ".join(_words(name))
    bare = " ".join(_FORMS_ANYWHERE.sub(" ", words).split())
    while (shorter := _FORM_AT_END.sub("", bare)) != bare:
        bare = shorter
    return (bare or words)[:KEY_LENGTH].strip()


def _named(name_key: str) -> list[Key]:
    parts = [(ContactKeyKind.NAME_PART, word) for word in name_key.split() if len(word) > 1]
    return [(ContactKeyKind.NAME, name_key), *parts] if name_key else []


def person_keys(name: str, emails: Iterable[str], phones: Iterable[str]) -> list[Key]:
    """The keys of a person, each once: NAME and NAME_PARTs, EMAILs, PHONEs that can be dialled."""
    found = _named(person_name_key(name))
    found += [(ContactKeyKind.EMAIL, key) for email in emails if (key := email_key(email))]
    found += [(ContactKeyKind.PHONE, key) for phone in phones if (key := phone_key(phone))]
    return list(dict.fromkeys(found))


def organization_keys(name: str, domain: str | None) -> list[Key]:
    """The keys of an organization, each once: NAME and NAME_PARTs, and its DOMAIN unless free mail's."""
    found = _named(organization_name_key(name))
    if domain and (key := domain_key(domain)):
        found.append((ContactKeyKind.DOMAIN, key))
    return list(dict.fromkeys(found))


def person_key_rows(account_id: UUID, person_id: UUID, keys: Sequence[Key]) -> list[ContactKey]:
    """Unsaved rows for a person's keys."""
    return [ContactKey(account_id=account_id, person_id=person_id, kind=kind, value=value) for kind, value in keys]


def organization_key_rows(account_id: UUID, organization_id: UUID, keys: Sequence[Key]) -> list[ContactKey]:
    """Unsaved rows for an organization's keys."""
    return [
        ContactKey(account_id=account_id, organization_id=organization_id, kind=kind, value=value)
        for kind, value in keys
    ]
