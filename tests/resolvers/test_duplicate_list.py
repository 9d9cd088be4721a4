"""The contacts of a whole account that look like others, and pairs that are kept separate."""

from typing import Any

from models.base import Visibility
from models.changes import ChangeKind
from resolvers import contacts, duplicate_list
from resolvers.conversions import preview_conversion
from resolvers.errors import ErrorCode
from resolvers.separations import keep_separate
from tests import given
from tests.asking import ask, execute
from tests.given import Company
from tests.refusals import global_id, refused
from tests.replaying import told

_LIST = """query ($first: Int, $after: String, $least: Float) {
  duplicatePeople(first: $first, after: $after, minScore: $least) {
    nodes { contact { id name } matches { contact { id } score reasons isExact } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


async def listed(viewer: Any, **asked: Any) -> dict[str, Any]:
    answer = await ask(viewer, _LIST, **asked)
    return dict(answer["duplicatePeople"])


def pairs(page: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(node["contact"]["id"], [match["contact"]["id"] for match in node["matches"]]) for node in page["nodes"]]


async def test_each_pair_is_told_once_with_score_and_reasons_the_latest_first(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    jan = await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    await given.person(acme.anna, "Ewa Lis")
    again = await given.person(acme.bartek, "Jan Nowak")
    same = await given.person(acme.bartek, "J. N.", emails=["jan@zubr.pl"])
    page = await listed(anna)
    assert pairs(page) == [(global_id(same), [global_id(jan)]), (global_id(again), [global_id(jan)])]
    assert [node["matches"][0]["score"] for node in page["nodes"]] == [0.95, 0.85]
    assert page["nodes"][0]["matches"][0] | {"contact": None} == {
        "contact": None,
        "score": 0.95,
        "reasons": ["SAME_EMAIL"],
        "isExact": True,
    }
    assert pairs(await listed(anna, least=0.9)) == [(global_id(same), [global_id(jan)])]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None}


async def test_the_pages_together_have_every_duplicate_that_is_seen_once(acme: Company, monkeypatch: Any) -> None:
    for constant, value in (("BATCH", 3), ("SCANNED", 6)):
        monkeypatch.setattr(duplicate_list, constant, value)
    people = [await given.person(acme.anna, f"Jan {n}", emails=[f"jan{n // 2}@zubr.pl"]) for n in range(12)]
    lonely = [await given.person(acme.anna, f"Ewa {n}") for n in range(9)]
    await given.person(acme.celina, "Jan 0", emails=["jan0@zubr.pl"], visibility=Visibility.OWNER)
    anna, found, after = await given.viewer(acme.anna), [], None
    for _ in range(len(people) + len(lonely)):
        page = await listed(anna, first=2, after=after, least=0.9)
        found += pairs(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == [(global_id(people[n + 1]), [global_id(people[n])]) for n in range(10, -1, -2)]
    for bad in ({"first": 0}, {"first": 251}, {"after": "nonsense"}, {"after": global_id(acme.pipeline)}):
        errors = (await execute(anna, _LIST, **bad)).errors
        assert errors is not None and len(errors) == 1


async def test_what_is_kept_separate_is_offered_nowhere_again(acme: Company) -> None:
    anna = await given.viewer(acme.anna)
    jan, other = [await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"]) for _ in range(2)]
    lead = await given.lead(acme.anna, person_id=other.id)
    assert len((await preview_conversion(anna, [global_id(lead)])).review) == 1
    apart: Any = {"contact_id": global_id(other), "other_ids": [global_id(jan)]}
    async with told(acme.id) as log:
        for _ in range(2):
            await keep_separate(anna, apart)
    assert [change.kind for change in log] == [ChangeKind.CONTACTS_SEPARATED]
    assert (await preview_conversion(anna, [global_id(lead)])).review == []
    assert (await listed(anna))["nodes"] == []
    await contacts.update_person(anna, {"id": global_id(jan), "name": "Jan M. Nowak"})
    assert (await listed(anna))["nodes"] == []


async def test_only_contacts_that_are_seen_are_kept_separate(acme: Company, other: Company) -> None:
    anna, jan = await given.viewer(acme.anna), await given.person(acme.anna)
    hidden = await given.person(acme.celina, visibility=Visibility.OWNER)
    for unseen in (hidden, await given.person(other.anna)):
        async with refused(ErrorCode.NOT_FOUND, "otherIds", 0):
            await keep_separate(anna, {"contact_id": global_id(jan), "other_ids": [global_id(unseen)]})
        async with refused(ErrorCode.NOT_FOUND, "contactId"):
            await keep_separate(anna, {"contact_id": global_id(unseen), "other_ids": [global_id(jan)]})
    async with refused(ErrorCode.INVALID, "otherIds", 0):
        await keep_separate(anna, {"contact_id": global_id(jan), "other_ids": [global_id(jan)]})
    async with refused(ErrorCode.EMPTY, "otherIds"):
        await keep_separate(anna, {"contact_id": global_id(jan), "other_ids": []})
