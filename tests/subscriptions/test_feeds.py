"""Tailer, groups and members over a real log: never a miss, a repeat or a disorder."""

import asyncio
import random
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from models import changes
from models.accounts import Account
from models.base import now
from models.changes import Change, ChangeKind
from subscriptions.feeds import Feeds
from subscriptions.signal.memory import MemorySignal
from tests.subscriptions.asking import App, Ear, happen, new_account


def told(first: int, last: int) -> list[tuple[str, int]]:
    return [("Change", revision) for revision in range(first, last + 1)]


async def test_without_after_it_is_caught_up_at_the_present_revision_and_then_live(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    await happen(account_id, 3)
    ear = Ear()
    feeds.subscribe(app.ask(account_id), ear)
    await ear.hears("CaughtUp", 3)
    await happen(account_id)
    await ear.hears("Change", 4)
    assert ear.heard == [("CaughtUp", 3), ("Change", 4)]


async def test_an_account_without_changes_is_caught_up_at_zero(feeds: Feeds, app: App, account_id: UUID) -> None:
    ears = [Ear(), Ear()]
    feeds.subscribe(app.ask(account_id), ears[0])
    feeds.subscribe(app.ask(account_id, after=0), ears[1])
    for ear in ears:
        await ear.hears("CaughtUp", 0)
    await happen(account_id)
    for ear in ears:
        await ear.hears("Change", 1)
        assert ear.heard == [("CaughtUp", 0), ("Change", 1)]


@pytest.mark.parametrize("length", [1, 127, 128, 129, 300])
async def test_after_a_revision_what_followed_is_told_then_that_it_caught_up_then_news(
    feeds: Feeds, app: App, account_id: UUID, length: int
) -> None:
    await happen(account_id, 5)
    await happen(account_id, length)
    ear = Ear()
    feeds.subscribe(app.ask(account_id, after=5), ear)
    await ear.hears("CaughtUp", 5 + length)
    await happen(account_id)
    await ear.hears("Change", 6 + length)
    assert ear.heard == [*told(6, 5 + length), ("CaughtUp", 5 + length), ("Change", 6 + length)]


async def test_after_the_present_revision_nothing_is_replayed(feeds: Feeds, app: App, account_id: UUID) -> None:
    await happen(account_id, 4)
    ear = Ear()
    feeds.subscribe(app.ask(account_id, after=4), ear)
    await ear.hears("CaughtUp", 4)
    await happen(account_id)
    await ear.hears("Change", 5)
    assert ear.heard == [("CaughtUp", 4), ("Change", 5)]


async def test_a_revision_from_the_future_resyncs_and_news_still_arrive(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    await happen(account_id, 2)
    ear = Ear()
    feeds.subscribe(app.ask(account_id, after=1_000), ear)
    await ear.hears("Resync", 2)
    await happen(account_id)
    await ear.hears("Change", 3)
    assert ear.heard == [("Resync", 2), ("Change", 3)]


@pytest.mark.parametrize("after", [-1, 0, 1, 2])
async def test_a_revision_older_than_what_is_kept_resyncs(feeds: Feeds, app: App, account_id: UUID, after: int) -> None:
    await happen(account_id, 3)
    await changes.forget_before(account_id, now())
    await happen(account_id, 2)
    ear = Ear()
    feeds.subscribe(app.ask(account_id, after=after), ear)
    await ear.hears("Resync", 5)
    await happen(account_id)
    await ear.hears("Change", 6)
    assert ear.heard == [("Resync", 5), ("Change", 6)]


async def test_the_oldest_revision_that_can_still_be_followed_is_replayed(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    await happen(account_id, 3)
    await changes.forget_before(account_id, now())
    await happen(account_id, 2)
    ear = Ear()
    feeds.subscribe(app.ask(account_id, after=3), ear)
    await ear.hears("CaughtUp", 5)
    assert ear.heard == [*told(4, 5), ("CaughtUp", 5)]


async def test_an_empty_log_follows_only_from_the_present(feeds: Feeds, app: App, account_id: UUID) -> None:
    await happen(account_id, 3)
    await changes.forget_before(account_id, now())
    present, past = Ear(), Ear()
    feeds.subscribe(app.ask(account_id, after=3), present)
    feeds.subscribe(app.ask(account_id, after=2), past)
    await present.hears("CaughtUp", 3)
    await past.hears("Resync", 3)


async def test_members_of_a_group_share_one_execution_of_each_change(feeds: Feeds, app: App, account_id: UUID) -> None:
    ears = [Ear() for _ in range(50)]
    for ear in ears:
        feeds.subscribe(app.ask(account_id), ear)
    for ear in ears:
        await ear.hears("CaughtUp", 0)
    await happen(account_id, 3)
    await happen(account_id)
    for ear in ears:
        await ear.hears("Change", 4)
        assert ear.heard == [("CaughtUp", 0), *told(1, 4)]
    assert app.executions("Change") == [1, 2, 3, 4]


async def test_changes_that_are_read_at_once_are_answered_together_up_to_a_change_of_rights(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    ear = Ear()
    feeds.subscribe(app.ask(account_id), ear)
    await ear.hears("CaughtUp", 0)
    async with changes.write(account_id, None) as ledger:
        for kind in (*[ChangeKind.DEAL_MOVED] * 2, ChangeKind.ACCESS_CHANGED, *[ChangeKind.DEAL_MOVED] * 33):
            ledger.record(kind)
    await ear.hears("Change", 36)
    assert ear.heard == [("CaughtUp", 0), *[("Change", revision) for revision in range(1, 37)]]
    assert app.together == [[1, 2], list(range(4, 36))]
    assert app.executions("Change") == list(range(1, 37))


async def test_those_who_come_back_together_share_the_replay(feeds: Feeds, app: App, account_id: UUID) -> None:
    await happen(account_id, 20)
    ears = [Ear() for _ in range(30)]
    for number, ear in enumerate(ears):
        feeds.subscribe(app.ask(account_id, after=number % 20), ear)
    for ear in ears:
        await ear.hears("CaughtUp", 20)
    assert sorted(app.executions("Change")) == list(range(1, 21))
    for number, ear in enumerate(ears):
        assert ear.heard == [*told(number % 20 + 1, 20), ("CaughtUp", 20)]


async def test_other_rights_and_other_feeds_are_other_groups(feeds: Feeds, app: App, account_id: UUID) -> None:
    admin, anna, leads = Ear(), Ear(), Ear()
    feeds.subscribe(app.ask(account_id), admin)
    feeds.subscribe(app.ask(account_id, user="anna"), anna)
    feeds.subscribe(app.ask(account_id, feed="leads"), leads)
    for ear in (admin, anna, leads):
        await ear.hears("CaughtUp", 0)
    await happen(account_id)
    await happen(account_id, kind=ChangeKind.LEAD_ADDED)
    for ear in (admin, anna, leads):
        await ear.hears("Change", 2)
    assert set(admin.seen_by) == {"all"}
    assert set(anna.seen_by) == {"hers"}
    assert leads.heard == [("CaughtUp", 0), ("Change", 2)]


async def test_another_accounts_changes_are_never_told(feeds: Feeds, app: App, account_id: UUID) -> None:
    stranger = await new_account()
    ear, other = Ear(), Ear()
    feeds.subscribe(app.ask(account_id), ear)
    feeds.subscribe(app.ask(stranger), other)
    await ear.hears("CaughtUp", 0)
    await other.hears("CaughtUp", 0)
    await happen(stranger, 2)
    await other.hears("Change", 2)
    await happen(account_id)
    await ear.hears("Change", 1)
    assert ear.heard == [("CaughtUp", 0), ("Change", 1)]


@pytest.mark.parametrize("seed", range(3))
async def test_through_cuts_and_resumes_under_concurrent_writers_the_log_is_told_exactly(
    feeds: Feeds, app: App, account_id: UUID, seed: int
) -> None:
    chance = random.Random(seed)
    ears: dict[int, Ear] = {}
    final: list[int] = []  # the last revision, once all is written

    def enough(ear: Ear, wanted: int) -> bool:
        return len(ear.heard) >= wanted or [revision for _, revision in ear.heard[-1:]] == final != []

    async def write(each: random.Random) -> None:
        for _ in range(25):
            await happen(account_id, each.choice([1, 1, 2, 7]))
            await asyncio.sleep(each.random() / 500)

    async def follow(board: int, each: random.Random) -> list[int]:
        """Hear a few, cut, resume after the last; the CaughtUps are checked on the way."""
        heard: list[int] = []
        while heard[-1:] != final or not final:
            ear, resumed_at, wanted = Ear(), heard[-1] if heard else 0, each.randrange(1, 15)
            ears[board] = ear
            member = feeds.subscribe(app.ask(account_id, after=resumed_at), ear)
            await ear.until(partial(enough, ear, wanted))
            member.cancel()
            greetings = [place for place, (moment, _) in enumerate(ear.heard) if moment != "Change"]
            assert len(greetings) <= 1
            for place in greetings:
                assert ear.heard[place] == ("CaughtUp", ear.heard[place - 1][1] if place else resumed_at)
            heard += [revision for moment, revision in ear.heard if moment == "Change"]
        return heard

    followers = [asyncio.create_task(follow(board, random.Random(chance.random()))) for board in range(6)]
    await asyncio.gather(*(write(random.Random(chance.random())) for _ in range(3)))
    final.append(await changes.revision_of(account_id))
    for ear in ears.values():
        ear.stir()
    for heard in await asyncio.gather(*followers):
        assert heard == list(range(1, final[0] + 1))


async def test_joining_while_writers_write_leaves_no_hole_before_live(feeds: Feeds, app: App, account_id: UUID) -> None:
    ears: list[Ear] = []

    async def write() -> None:
        for _ in range(40):
            await happen(account_id)

    async def join() -> None:
        for _ in range(20):
            ears.append(Ear())
            feeds.subscribe(app.ask(account_id, after=0), ears[-1])
            await asyncio.sleep(0.002)

    await asyncio.gather(write(), write(), join())
    last = await happen(account_id)

    def is_live(ear: Ear) -> bool:  # it may hear the last change in what it missed, and so before it is live
        return ("Change", last) in ear.heard and "CaughtUp" in dict(ear.heard)

    for ear in ears:
        await ear.until(partial(is_live, ear))
        assert [each for each in ear.heard if each[0] == "Change"] == told(1, last)
        assert [each[0] for each in ear.heard].count("CaughtUp") == 1


async def test_who_steps_in_while_a_change_is_answered_is_told_it_once(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    live, before, within = Ear(), Ear(), Ear()
    feeds.subscribe(app.ask(account_id), live)
    await live.hears("CaughtUp", 0)
    app.held = 1
    await happen(account_id, 2)
    await app.holding.wait()
    joining = [feeds.subscribe(app.ask(account_id, after=after), ear) for after, ear in ((0, before), (None, within))]
    async with asyncio.timeout(20):
        while not all(member in feeds._places for member in joining):  # noqa: ASYNC110 (then they wait for the lock)
            await asyncio.sleep(0)
    app.release.set()
    last = await happen(account_id)
    for ear in (live, before, within):
        await ear.hears("Change", last)
    assert live.heard == [("CaughtUp", 0), *told(1, 3)]
    assert [each for each in before.heard if each[0] == "Change"] == told(1, 3)
    assert within.heard == [("CaughtUp", 2), ("Change", 3)]
    assert sorted(app.executions("Change")) == [1, 2, 3]


async def test_a_lost_signal_is_healed_by_the_poll(app: App, account_id: UUID, feeds: Feeds) -> None:
    deaf = Feeds(MemorySignal(), poll_seconds=0.05)  # a signal that no commit sends
    ear = Ear()
    deaf.subscribe(app.ask(account_id), ear)
    await ear.hears("CaughtUp", 0)
    await happen(account_id, 2)
    await ear.hears("Change", 2)
    await deaf.close()
    assert ear.heard == [("CaughtUp", 0), *told(1, 2)]


async def test_a_new_board_hurries_one_that_missed_the_signal(app: App, account_id: UUID, feeds: Feeds) -> None:
    deaf = Feeds(MemorySignal(), poll_seconds=600)
    first, second = Ear(), Ear()
    deaf.subscribe(app.ask(account_id), first)
    await first.hears("CaughtUp", 0)
    await happen(account_id, 2)
    deaf.subscribe(app.ask(account_id), second)
    await second.hears("CaughtUp", 2)
    await first.hears("Change", 2)
    await deaf.close()


async def test_a_signal_that_cannot_be_listened_to_leaves_the_poll(app: App, account_id: UUID, feeds: Feeds) -> None:
    class Broken(MemorySignal):
        async def listen(self, account_id: UUID, wake: Any) -> Any:
            raise ConnectionError("the signal is down")

    without = Feeds(Broken(), poll_seconds=0.05)
    ear = Ear()
    without.subscribe(app.ask(account_id), ear)
    await ear.hears("CaughtUp", 0)
    await happen(account_id)
    await ear.hears("Change", 1)
    await without.close()


async def test_errors_of_the_database_are_survived(
    feeds: Feeds, app: App, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear()
    feeds.subscribe(app.ask(account_id), ear)
    await ear.hears("CaughtUp", 0)
    real, failures = changes.read_after, iter(range(2))

    async def failing(*arguments: Any) -> Any:
        if next(failures, None) is not None:
            raise ConnectionError("the database is away")
        return await real(*arguments)

    monkeypatch.setattr(changes, "read_after", failing)
    await happen(account_id, 2)
    await ear.hears("Change", 2)
    assert ear.heard == [("CaughtUp", 0), *told(1, 2)]
    assert next(failures, None) is None


@pytest.mark.parametrize("told_before", [0, 1, 3])
async def test_a_hole_in_the_log_resyncs_live_members(
    feeds: Feeds, app: App, account_id: UUID, told_before: int
) -> None:
    ear = Ear()
    feeds.subscribe(app.ask(account_id), ear)
    await ear.hears("CaughtUp", 0)
    for revision in range(1, told_before + 1):
        await happen(account_id)
        await ear.hears("Change", revision)
    await Account.filter(id=account_id).update(revision=10)  # as if the changes were forgotten before they were read
    await happen(account_id)
    await ear.hears("Resync", 11)
    await happen(account_id)
    await ear.hears("Change", 12)
    assert ear.heard == [("CaughtUp", 0), *told(1, told_before), ("Resync", 11), ("Change", 12)]


async def test_a_restored_backup_resyncs_live_members(
    feeds: Feeds, app: App, account_id: UUID, signal: MemorySignal
) -> None:
    await happen(account_id, 10)
    ears = [Ear(), Ear()]
    feeds.subscribe(app.ask(account_id), ears[0])
    feeds.subscribe(app.ask(account_id, user="anna"), ears[1])
    for ear in ears:
        await ear.hears("CaughtUp", 10)
    await Change.filter(account_id=account_id, revision__gt=4).delete()
    await Account.filter(id=account_id).update(revision=4)
    signal.send(account_id)
    for ear in ears:
        await ear.hears("Resync", 4)
    await happen(account_id)
    for ear in ears:
        await ear.hears("Change", 5)
        assert ear.heard == [("CaughtUp", 10), ("Resync", 4), ("Change", 5)]


async def test_a_change_that_cannot_be_answered_ends_its_members_and_is_there_when_they_resume(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    app.broken_at = 2
    ears, bystander = [Ear(), Ear()], Ear()
    for ear in ears:
        feeds.subscribe(app.ask(account_id), ear)
    feeds.subscribe(app.ask(account_id, feed="leads"), bystander)
    for ear in [*ears, bystander]:
        await ear.hears("CaughtUp", 0)
    await happen(account_id)
    await happen(account_id)
    for ear in ears:
        await ear.fails()
        assert ear.heard == [("CaughtUp", 0), ("Change", 1)]
        assert ear.errors is not None and ear.errors[0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    app.broken_at = None
    again = Ear()
    feeds.subscribe(app.ask(account_id, after=1), again)
    await again.hears("CaughtUp", 2)
    assert again.heard == [("Change", 2), ("CaughtUp", 2)]


async def test_a_replay_that_cannot_be_answered_ends_only_who_asked_for_it(
    feeds: Feeds, app: App, account_id: UUID
) -> None:
    await happen(account_id, 3)
    app.broken_at = 2
    live, resuming = Ear(), Ear()
    feeds.subscribe(app.ask(account_id), live)
    feeds.subscribe(app.ask(account_id, after=0), resuming)
    await resuming.fails()
    await happen(account_id)
    await live.hears("Change", 4)
    assert resuming.heard == [("Change", 1)]


async def test_a_listener_that_fails_does_not_disturb_the_others(feeds: Feeds, app: App, account_id: UUID) -> None:
    class Broken(Ear):
        def next(self, payload: Any) -> None:
            super().next(payload)
            if self.heard[-1][0] == "Change":
                raise RuntimeError("the socket is gone")

    broken, well = Broken(), Ear()
    member = feeds.subscribe(app.ask(account_id), broken)
    feeds.subscribe(app.ask(account_id), well)
    for ear in (broken, well):
        await ear.hears("CaughtUp", 0)
    await happen(account_id, 2)
    await well.hears("Change", 2)
    assert well.heard == [("CaughtUp", 0), *told(1, 2)]
    assert broken.heard == [("CaughtUp", 0), ("Change", 1)]
    assert member.ended


async def test_a_replay_waits_for_room_while_the_others_are_live(feeds: Feeds, app: App, account_id: UUID) -> None:
    await happen(account_id, 5)
    slow, live = Ear(), Ear()
    slow.may_hear.clear()
    feeds.subscribe(app.ask(account_id, after=0), slow)
    feeds.subscribe(app.ask(account_id), live)
    await live.hears("CaughtUp", 5)
    await happen(account_id)
    await live.hears("Change", 6)
    assert slow.heard == []
    slow.may_hear.set()
    await slow.hears("CaughtUp", 6)
    assert slow.heard == [*told(1, 6), ("CaughtUp", 6)]


async def test_who_cancels_is_told_nothing_more_and_leaves_nothing(feeds: Feeds, app: App, account_id: UUID) -> None:
    ears = [Ear() for _ in range(3)]
    members = [feeds.subscribe(app.ask(account_id), ear) for ear in ears]
    for ear in ears:
        await ear.hears("CaughtUp", 0)
    members[0].cancel()
    members[0].cancel()
    await happen(account_id)
    for ear in ears[1:]:
        await ear.hears("Change", 1)
    assert ears[0].heard == [("CaughtUp", 0)]
    for member in members[1:]:
        member.cancel()
    async with asyncio.timeout(20):
        await asyncio.gather(*feeds._tasks, return_exceptions=True)
    assert not feeds._tasks and not feeds._groups and not feeds._tailers and not feeds._places


async def test_cancelling_before_anything_happened_leaves_nothing(
    feeds: Feeds, app: App, account_id: UUID, signal: MemorySignal
) -> None:
    for yields in range(12):
        member = feeds.subscribe(app.ask(account_id, after=0), Ear())
        for _ in range(yields):
            await asyncio.sleep(0)
        member.cancel()
    await feeds.close()
    assert signal._listeners == {}


async def test_after_everyone_left_one_may_come_again(feeds: Feeds, app: App, account_id: UUID) -> None:
    for expected in range(3):
        ear = Ear()
        member = feeds.subscribe(app.ask(account_id), ear)
        await ear.hears("CaughtUp", expected)
        member.cancel()
        await happen(account_id)
