"""Who an already known contact may be, and what contacts are compared by."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from models.contacts import ContactKey, ContactKeyKind, Organization, Person
from models.database import Database
from models.users import User
from resolvers import contact_keys, matching
from resolvers.contact_keys import domain_key, email_key, organization_name_key, person_name_key, phone_key
from resolvers.matching import MatchReason
from tests import given


async def known_person(
    owner: User, name: str, *, emails: list[str] | None = None, phones: list[str] | None = None, **columns: object
) -> Person:
    """A person with the keys the product gives them."""
    made = await Person.create(
        account_id=owner.account_id,
        owner_id=owner.id,
        name=name,
        folded_name=name.lower(),
        emails=emails or [],
        phones=phones or [],
        **columns,
    )
    keys = matching.person_keys(name, made.emails, made.phones)
    await ContactKey.bulk_create(matching.person_key_rows(owner.account_id, made.id, keys))
    return made


async def known_organization(owner: User, name: str, domain: str | None = None, **columns: object) -> Organization:
    """An organization with the keys the product gives it."""
    made = await Organization.create(
        account_id=owner.account_id, owner_id=owner.id, name=name, folded_name=name.lower(), domain=domain, **columns
    )
    keys = matching.organization_keys(name, domain)
    await ContactKey.bulk_create(matching.organization_key_rows(owner.account_id, made.id, keys))
    return made


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Zakład Łoś Sp. z o.o.", "zaklad los"),
        ("Łoś spółka z ograniczoną odpowiedzialnością sp.k.", "los"),
        ("ŁOŚ SP.Z O.O. SP. KOMANDYTOWA", "los"),
        ("Budimex S.A.", "budimex"),
        ("Budimex Spółka Akcyjna", "budimex"),
        ("Kos P.S.A.", "kos"),
        ("Nowak i Syn s.c.", "nowak i syn"),
        ("Kran sp. j.", "kran"),
        ("Siemens GmbH & Co. KG", "siemens"),
        ("Volkswagen AG", "volkswagen"),
        ("Acme, Inc.", "acme"),
        ("Acme Ltd", "acme"),
        ("Google LLC", "google"),
        ("ABC s.r.o.", "abc"),
        ("Philips B.V.", "philips"),
        ("Nokia Oy", "nokia"),
        ("Polska Spółka Gazownictwa sp. z o.o.", "polska spolka gazownictwa"),
        ("S.A.", "s a"),
        ("", ""),
        ("株式会社", "株式会社"),
    ],
)
def test_an_organization_is_compared_without_its_legal_form(written: str, kept: str) -> None:
    assert organization_name_key(written) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan Kowalski", "KOWALSKI JAN"),
        ("mgr inż. Łukasz Żółć", "Lukasz Zolc"),
        ("Anna Nowak-Lis", "anna lis nowak"),
        ("Jan\u00a0Kowalski", "Jan  Kowalski"),
    ],
)
def test_a_person_is_compared_without_case_marks_titles_and_order(one: str, other: str) -> None:
    assert person_name_key(one) == person_name_key(other)


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("600 100 200", "+48600100200"),
        ("+48 600-100-200", "+48600100200"),
        ("0048600100200", "+48600100200"),
        ("48 600 100 200", "+48600100200"),
        ("tel. (22) 123 45 67", "+48221234567"),
        ("22 123 45 67 wew. 12", "+48221234567;ext=12"),
        ("+44 20 7946 0958", "+442079460958"),
        ("12", None),
        ("brak", None),
        ("", None),
    ],
)
def test_a_phone_is_compared_as_it_is_dialled(written: str, dialled: str | None) -> None:
    assert phone_key(written) == dialled


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("https://www.Acme.pl/kontakt?x=1", "acme.pl"),
        ("www.acme.pl:8080", "acme.pl"),
        ("jan@acme.pl", "acme.pl"),
        ("https://łoś.pl", "xn--o-dla0f.pl"),
        ("jan@gmail.com", None),
        ("wp.pl", None),
        ("acme", None),
        ("-a.pl", None),
        ("", None),
    ],
)
def test_a_domain_is_compared_unless_it_is_free_mail(written: str, domain: str | None) -> None:
    assert domain_key(written) == domain


@pytest.mark.parametrize(
    ("written", "key"), [(" Jan@Acme.PL ", "jan@acme.pl"), ("jan", None), ("jan@acme", None), ("a@b@c.pl", None)]
)
def test_an_email_is_compared_in_lower_case(written: str, key: str | None) -> None:
    assert email_key(written) == key


@examples(st.text(max_size=255), st.lists(st.text(max_size=60), max_size=3), st.lists(st.text(max_size=40), max_size=3))
def test_the_keys_of_any_contact_fit_their_column_and_are_each_once(
    name: str, emails: list[str], phones: list[str]
) -> None:
    for keys in (matching.person_keys(name, emails, phones), matching.organization_keys(name, name)):
        assert len(keys) == len(set(keys))
        assert all(0 < len(value) <= contact_keys.KEY_LENGTH for _, value in keys)


@examples(st.text(max_size=80))
def test_normalising_twice_is_normalising_once(name: str) -> None:
    assert person_name_key(person_name_key(name)) == person_name_key(name)
    once = organization_name_key(name)
    assert organization_name_key(once) == once


@examples(st.sampled_from(["Person", "Organization"]), st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_whole_only_for_equal_names(kind: matching.ContactType, one: str, other: str) -> None:
    likeness = matching.similarity(kind, one, other)
    assert likeness == matching.similarity(kind, other, one)
    assert 0 <= likeness <= 1
    assert (likeness == 1) == (one == other != "")


async def test_people_with_one_email_or_phone_are_the_same_exactly(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    jan = await known_person(acme.anna, "Jan Kowalski", emails=["jan@acme.pl"], phones=["600100200"])
    email = await known_person(acme.bartek, "J. K.", emails=["JAN@acme.pl"])
    phone = await known_person(acme.bartek, "Kowalski, Jan", phones=["+48 600 100 200"])
    named = await known_person(acme.bartek, "Jan Kowalsky")
    await known_person(acme.bartek, "Ewa Lis", emails=["ewa@acme.pl"])

    found = (await matching.find_matches(viewer, [jan.id], []))[jan.id]

    assert [(each.contact_id, each.reasons, each.is_exact) for each in found] == [
        (phone.id, [MatchReason.SAME_PHONE, MatchReason.SIMILAR_NAME], True),
        (email.id, [MatchReason.SAME_EMAIL], True),
        (named.id, [MatchReason.SIMILAR_NAME], False),
    ]
    assert found[0].score == 0.985
    assert found[1].score == 0.95
    assert 0.7 < found[2].score < 0.85


async def test_organizations_with_one_name_or_a_domain_and_a_similar_name_are_the_same_exactly(
    acme: given.Company,
) -> None:
    viewer = await given.viewer(acme.anna)
    budex = await known_organization(acme.anna, "Budex Polska sp. z o.o.", "budex.pl")
    name = await known_organization(acme.bartek, "BUDEX POLSKA S.A.")
    both = await known_organization(acme.bartek, "Budex", "budex.pl")
    domain = await known_organization(acme.bartek, "Zakład Cegieł", "budex.pl")
    await known_organization(acme.bartek, "Polska Stal")

    found = (await matching.find_matches(viewer, [], [budex.id]))[budex.id]

    assert [(each.contact_id, each.reasons, each.is_exact) for each in found] == [
        (name.id, [MatchReason.SIMILAR_NAME], True),
        (both.id, [MatchReason.SAME_DOMAIN, MatchReason.SIMILAR_NAME], True),
        (domain.id, [MatchReason.SAME_DOMAIN], False),
    ]


async def test_a_free_mail_domain_joins_no_organizations(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    one = await known_organization(acme.anna, "Kwiaciarnia Róża", "gmail.com")
    await known_organization(acme.anna, "Warsztat Nowak", "gmail.com")
    assert await matching.find_matches(viewer, [], [one.id]) == {one.id: []}


async def test_nobody_matches_what_they_do_not_see(acme: given.Company, other: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    jan = await known_person(acme.anna, "Jan Kowalski", emails=["jan@acme.pl"])
    mate = await known_person(acme.bartek, "Jan Kowalski", emails=["jan@acme.pl"], visibility="TEAM")
    hidden = await known_person(acme.celina, "Jan Kowalski", emails=["jan@acme.pl"], visibility="OWNER")
    await known_person(other.anna, "Jan Kowalski", emails=["jan@acme.pl"])

    found = await matching.find_matches(viewer, [jan.id, hidden.id], [])
    assert [each.contact_id for each in found[jan.id]] == [mate.id]
    assert found[hidden.id] == []

    for_admin = await matching.find_matches(await given.viewer(acme.admin), [jan.id], [])
    assert {each.contact_id for each in for_admin[jan.id]} == {mate.id, hidden.id}


async def test_a_thousand_contacts_take_as_many_statements_as_one(
    acme: given.Company, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await given.viewer(acme.anna)
    people = [
        Person(account_id=acme.id, owner_id=acme.anna.id, name=f"Jan {n}", folded_name=f"jan {n}") for n in range(1000)
    ]
    await Person.bulk_create(people)
    rows = [
        row
        for n, person in enumerate(people)
        for row in matching.person_key_rows(
            acme.id, person.id, matching.person_keys(person.name, [f"p{n // 2}@acme.pl"], [])
        )
    ]
    await ContactKey.bulk_create(rows)
    asked: list[str] = []
    fetch = matching.Arguments.fetch

    async def counted(self: matching.Arguments, statement: str) -> list[dict[str, object]]:
        asked.append(statement)
        return await fetch(self, statement)

    monkeypatch.setattr(matching.Arguments, "fetch", counted)
    found = await matching.find_matches(viewer, [person.id for person in people], [])

    assert len(asked) == 3
    assert all(found[person.id][0].contact_id == people[n ^ 1].id for n, person in enumerate(people))
    # "jan" is everybody's: it brings nobody in, so no one has more than their one double.
    assert all(len(each) == 1 for each in found.values())


async def test_at_most_ten_matches_are_told_best_first(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    people = [await known_person(acme.anna, "Jan Kowalski", emails=["jan@acme.pl"]) for _ in range(12)]
    await known_person(acme.anna, "Inny Ktoś", emails=["jan@acme.pl"])
    found = (await matching.find_matches(viewer, [people[0].id], []))[people[0].id]
    assert len(found) == matching.MATCHES_EACH
    assert found == sorted(found, key=lambda each: -each.score)
    assert {each.contact_id for each in found} <= {person.id for person in people[1:]}


async def test_the_keys_are_of_the_kinds_the_table_knows() -> None:
    keys = matching.person_keys("Jan Kowalski", ["jan@acme.pl"], ["600100200"])
    assert [kind for kind, _ in keys] == [
        ContactKeyKind.NAME,
        ContactKeyKind.NAME_PART,
        ContactKeyKind.NAME_PART,
        ContactKeyKind.EMAIL,
        ContactKeyKind.PHONE,
    ]
