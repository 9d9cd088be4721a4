"""When rights change, nobody is told anything under the rights they had."""

from uuid import UUID

from models import changes
from models.changes import ChangeKind
from subscriptions.feeds import Feeds
from tests.subscriptions.asking import App, Ear, happen


async def rights_change(account_id: UUID) -> int:
    return await happen(account_id, kind=ChangeKind.ACCESS_CHANGED)


async def test_whose_rights_changed_starts_over_among_those_who_see_the_same(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    anna, admin = Ear(), Ear()
    feeds.subscribe(app.ask(account_id, user="anna"), anna)
    feeds.subscribe(app.ask(account_id), admin)
    for ear in (anna, admin):
        await ear.hears("CaughtUp", 0)
    app.rights["anna"] = "all"
    await rights_change(account_id)
    await anna.hears("Resync", 1)
    app.executed.clear()
    await happen(account_id)
    for ear in (anna, admin):
        await ear.hears("Change", 2)
    assert anna.heard == [("CaughtUp", 0), ("Resync", 1), ("Change", 2)]
    assert anna.seen_by == ["hers", "all", "all"]
    assert admin.heard == [("CaughtUp", 0), ("Change", 1), ("Change", 2)]
    assert app.executed == [("all", "Change", 2)]


async def test_who_crosses_is_told_what_that_means_and_goes_on_among_those_who_see_the_same(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    anna, admin, late = Ear(), Ear(), Ear()
    watching = feeds.subscribe(app.ask(account_id, user="anna"), anna)
    feeds.subscribe(app.ask(account_id), admin)
    for ear in (anna, admin):
        await ear.hears("CaughtUp", 0)
    await happen(account_id)
    app.rights["anna"], app.crossing = "all", ["Gone", "Gone", "Here"]
    await anna.hears("Change", 1)
    await rights_change(account_id)
    await anna.hears("Here", 2)
    await admin.hears("Change", 2)
    assert watching.cursor == 2
    app.executed.clear()
    await happen(account_id)
    for ear in (anna, admin):
        await ear.hears("Change", 3)
    assert anna.heard == [("CaughtUp", 0), ("Change", 1), ("Gone", 1), ("Gone", 1), ("Here", 2), ("Change", 3)]
    assert anna.seen_by == ["hers", "hers", "all", "all", "all", "all"]
    assert app.executed == [("all", "Change", 3)]
    feeds.subscribe(app.ask(account_id, after=1, user="anna"), late)  # cut off amid them
    await late.hears("Resync", 3)


async def test_what_came_before_a_change_of_rights_is_not_told_under_the_old_ones_once_it_is_known(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    anna, admin = Ear(), Ear()
    feeds.subscribe(app.ask(account_id, user="anna"), anna)
    feeds.subscribe(app.ask(account_id), admin)
    for ear in (anna, admin):
        await ear.hears("CaughtUp", 0)
    app.rights["anna"], app.crossing = "less", []
    async with changes.write(account_id, None) as ledger:
        for kind in (ChangeKind.DEAL_MOVED, ChangeKind.ACCESS_CHANGED):
            ledger.record(kind)
    await anna.hears("Resync", 2)
    await admin.hears("Change", 2)
    assert (anna.heard, anna.seen_by) == ([("CaughtUp", 0), ("Resync", 2)], ["hers", "less"])
    assert admin.heard == [("CaughtUp", 0), ("Change", 1), ("Change", 2)]


async def test_who_crosses_and_sees_the_same_here_is_told_nothing(feeds: Feeds, app: App, account_id: UUID) -> None:
    anna = Ear()
    feeds.subscribe(app.ask(account_id, user="anna"), anna)
    await anna.hears("CaughtUp", 0)
    app.rights["anna"], app.crossing = "all", []
    await rights_change(account_id)
    await happen(account_id)
    await anna.hears("Change", 2)
    assert (anna.heard, anna.seen_by) == ([("CaughtUp", 0), ("Change", 2)], ["hers", "all"])


async def test_who_may_no_longer_ask_is_ended_and_the_others_go_on(feeds: Feeds, app: App, account_id: UUID) -> None:
    anna, admin = Ear(), Ear()
    feeds.subscribe(app.ask(account_id, user="anna"), anna)
    feeds.subscribe(app.ask(account_id), admin)
    for ear in (anna, admin):
        await ear.hears("CaughtUp", 0)
    app.rights["anna"] = None
    await rights_change(account_id)
    await happen(account_id)
    await anna.fails()
    await admin.hears("Change", 2)
    assert anna.heard == [("CaughtUp", 0)]
    assert anna.errors is not None and anna.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_rights_that_changed_between_reading_them_and_subscribing_are_read_again(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    admin, anna = Ear(), Ear()
    feeds.subscribe(app.ask(account_id), admin)
    await admin.hears("CaughtUp", 0)
    mark = feeds.mark()
    asked = app.ask(account_id, user="anna")
    app.rights["anna"] = "less"
    await rights_change(account_id)
    feeds.subscribe(asked, anna, mark)
    await anna.hears("CaughtUp", 1)
    await happen(account_id)
    await anna.hears("Change", 2)
    assert anna.seen_by == ["less", "less"]


async def test_rights_are_not_read_again_where_they_cannot_have_changed(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    admin, anna = Ear(), Ear()
    feeds.subscribe(app.ask(account_id), admin)
    await admin.hears("CaughtUp", 0)
    app.refreshed.clear()
    feeds.subscribe(app.ask(account_id, user="anna"), anna, feeds.mark())
    await anna.hears("CaughtUp", 0)
    assert app.refreshed == []


async def test_the_first_of_an_account_has_its_rights_read_again_as_nobody_watched(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    mark = feeds.mark()
    asked = app.ask(account_id, user="anna")
    app.rights["anna"] = None
    await rights_change(account_id)
    anna = Ear()
    feeds.subscribe(asked, anna, mark)
    await anna.fails()
    assert anna.heard == []


async def test_a_replay_across_a_change_of_rights_starts_over(feeds: Feeds, app: App, account_id: UUID) -> None:
    await happen(account_id, 3)
    await rights_change(account_id)
    await happen(account_id)
    ear = Ear()
    feeds.subscribe(app.ask(account_id, after=1), ear)
    await ear.hears("Resync", 5)
    await happen(account_id)
    await ear.hears("Change", 6)
    assert ear.heard == [*[("Change", 2), ("Change", 3)], ("Resync", 5), ("Change", 6)]


async def test_rights_that_cannot_be_read_end_the_member(feeds: Feeds, app: App, account_id: UUID) -> None:
    anna, admin = Ear(), Ear()
    feeds.subscribe(app.ask(account_id, user="anna"), anna)
    feeds.subscribe(app.ask(account_id), admin)
    for ear in (anna, admin):
        await ear.hears("CaughtUp", 0)
    del app.rights["anna"]
    await rights_change(account_id)
    await anna.fails()
    await admin.hears("Change", 1)
