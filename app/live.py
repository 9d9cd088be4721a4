"""What sockets ask of the app: who comes in by a token or a cookie, and what is run for a subscription."""

import asyncio
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any
from uuid import UUID

import orjson

from app.departures import PAUSE, Departures
from app.errors import Shown, problem, refusal
from app.graphql import Engine, errors_of
from app.identity import Credential, credential_of, language, token_of_connection
from app.requests import headers_of
from models.changes import Change
from resolvers.access import Viewer
from resolvers.errors import Refused
from resolvers.events import Event
from resolvers.feeds import Feed, open_feed
from resolvers.reads.documents import BadDocument, Operation, variable_of
from resolvers.viewers import Audience, Place, find_place
from schema.context import Context
from subscriptions.gateway import Errors, Result, Scope
from subscriptions.messages import SubscribePayload
from subscriptions.operation import CaughtUp, Moment, Resync
from subscriptions.presence.contract import Visit
from subscriptions.seats import Seats


@dataclass(frozen=True)
class Session:
    """Who a socket speaks for. It is looked up again whenever something is asked; `found` says when it last was."""

    credential: Credential
    locale: str
    account_id: UUID
    found: tuple[Viewer, float] | None = field(default=None, compare=False)

    async def viewer(self) -> Viewer | None:
        """The viewer with their present rights; null once the token is revoked, or the session over."""
        return await self.credential.viewer(self.locale)

    async def watcher(self) -> Viewer | None:
        """The viewer for a subscription: as found a moment ago, so that opening a board looks them up once.

        What has changed since is heard of otherwise: rights by the mark that was taken before, and a
        token or session that is over as soon as `Departures` would have heard of it in any case.
        """
        if self.found is not None and monotonic() - self.found[1] < PAUSE:
            return self.found[0]
        return await self.viewer()


@dataclass(frozen=True)
class Watch:
    """A subscription that was accepted: run anew for each moment, with the event as its root."""

    engine: Engine
    session: Session
    viewer: Viewer
    operation: Operation
    variables: Mapping[str, Any]
    field: str
    arguments: Mapping[str, Any]
    feed: Feed
    key: Hashable

    @property
    def account_id(self) -> UUID:
        """The account whose changes are asked for."""
        return self.viewer.account_id

    @property
    def after(self) -> int | None:
        """The revision to resume after."""
        after: int | None = self.arguments.get("after")
        return after

    async def answer(self, moment: Moment) -> bytes | None:
        """The JSON of the result for a moment; null where it is no part of this feed."""
        context = Context(self.viewer)
        try:
            return await self._answer(context, await self._event(context, moment))
        finally:
            await context.close()

    async def answer_together(self, changes: Sequence[Change]) -> list[bytes | None]:
        """The same for several changes on one snapshot: what their events show is read together, type by type."""
        context = Context(self.viewer)
        try:
            events = [await self.feed.tell(context.reader, change) for change in changes]
            return list(await asyncio.gather(*(self._answer(context, event) for event in events)))
        finally:
            await context.close()

    async def _answer(self, context: Context, event: Event | None) -> bytes | None:
        if event is None:
            return None
        return await self.engine.run_in(context, self.operation, self.variables, event)

    async def _event(self, context: Context, moment: Moment) -> Event | None:
        match moment:
            case Change():
                return await self.feed.tell(context.reader, moment)
            case CaughtUp(revision, at):
                return self.feed.mark("CaughtUp", revision, at)
            case Resync(revision, at):
                return self.feed.mark("Resync", revision, at)

    async def crossed(self, change: Change, renewed: "Watch") -> list[bytes] | None:
        """The JSON of what changed for the viewer with their own rights; null where it must be read again."""
        context = Context(renewed.viewer)
        try:
            events = await renewed.feed.cross(context.reader, self.viewer, change)
            if events is None:
                return None
            return [await self.engine.run_in(context, self.operation, self.variables, event) for event in events]
        finally:
            await context.close()

    async def refreshed(self) -> "Watch | None":
        """The same under the viewer's present rights; null where the token or the right to ask is gone."""
        viewer = await self.session.viewer()
        if viewer is None:
            return None
        try:
            feed = await open_feed(viewer, self.field, self.arguments, again=True)
        except Refused:
            return None
        return replace(self, viewer=viewer, feed=feed, key=_key(self.operation, self.variables, viewer))


@dataclass(frozen=True)
class Look(Visit):
    """A subscription to who else looks at a place: run anew for each audience."""

    engine: Engine
    session: Session
    viewer: Viewer
    operation: Operation
    variables: Mapping[str, Any]
    looked_at: Place

    @property
    def place(self) -> UUID:
        """What is looked at."""
        return self.looked_at.key

    @property
    def user_id(self) -> UUID:
        """Who looks at it."""
        return self.viewer.user_id

    @property
    def key(self) -> Hashable:
        """What must be equal for answers to be; where not all see the place, rights say whether there is one."""
        asked = _key(self.operation, self.variables, self.viewer)
        return asked if self.looked_at.is_open_to_all else (asked, self.session.credential)

    async def answer(self, user_ids: Collection[UUID]) -> bytes | None:
        """The JSON of the result for these users; null where the place is out of their viewer's sight by now."""
        if not (self.looked_at.is_open_to_all or await self._still_sees()):
            return None
        context = Context(self.viewer)
        try:
            return await self.engine.run_in(context, self.operation, self.variables, Audience.of(user_ids))
        finally:
            await context.close()

    async def _still_sees(self) -> bool:
        viewer = await self.session.viewer()
        return viewer is not None and await self.looked_at.is_open_to(viewer)


class Live:
    """The gateway of Lejek's sockets."""

    def __init__(self, engine: Engine, token_connections: int = 2_000, account_connections: int = 20_000) -> None:
        self._engine = engine
        self._token_connections = token_connections
        self._account_connections = account_connections
        self._seats = Seats()
        self.departures = Departures()

    def seat(self, session: Session, end: Callable[[], None]) -> Callable[[], None] | None:
        """Take a seat for a connection, until it leaves or is ended; null where its token or account has no more."""
        token = (session.credential, self._token_connections)
        leave = self._seats.take([token, (session.account_id, self._account_connections)])
        if leave is None:
            return None
        forget = self.departures.await_for(session.credential, end)

        def give_back() -> None:
            leave()
            forget()

        return give_back

    async def authenticate(self, scope: Scope, payload: dict[str, Any]) -> Session | None:
        """The session for connectionParams or the handshake; null for no, or an unknown, token or cookie."""
        headers = headers_of(scope)
        shown = credential_of(token_of_connection(payload, headers.get("authorization")), headers)
        locale = language(headers.get("accept-language"))
        viewer = None if shown is None else await shown.viewer(locale)
        if shown is None or viewer is None:
            return None
        return Session(shown, locale, viewer.account_id, (viewer, monotonic()))

    async def begin(
        self, session: Session, payload: SubscribePayload, after: int | None = None
    ) -> Watch | Look | Result | Errors:
        """Run a query or mutation, or prepare a subscription: to resume after a revision, whatever it says itself."""
        try:
            operation = await self._engine.find(payload.query, payload.operation_name, payload.extensions)
            is_watch = operation.kind == "subscription"
            viewer = await (session.watcher() if is_watch else session.viewer())
            if viewer is None:
                return _errors([problem("This token was revoked, or this session is over.", "UNAUTHENTICATED")])
            if is_watch:
                return await self._watch(session, viewer, operation, payload.variables, after)
            return Result(await self._engine.run(operation, payload.variables, viewer))
        except BadDocument as bad:
            return _errors(errors_of(bad))
        except Refused as refused:
            return _errors([refusal(refused)])

    async def _watch(
        self,
        session: Session,
        viewer: Viewer,
        operation: Operation,
        variables: Mapping[str, Any],
        after: int | None,
    ) -> Watch | Look:
        field, arguments = self._engine.root_field(operation, variables)
        place = await find_place(viewer, field, arguments)
        if place is not None:
            return Look(self._engine, session, viewer, operation, variables, place)
        if after is not None:
            arguments["after"] = after
        feed = await open_feed(viewer, field, arguments)
        key = _key(operation, variables, viewer)
        return Watch(self._engine, session, viewer, operation, variables, field, arguments, feed, key)


def _key(operation: Operation, variables: Mapping[str, Any], viewer: Viewer) -> Hashable:
    """What must be equal for answers to be. Where each board resumes is not part of it: they meet in the present."""
    resuming = variable_of(operation, "after")
    kept = {name: value for name, value in variables.items() if name != resuming}
    told = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    return (operation.document.text, operation.name, told, viewer.visibility_class, viewer.locale)


def _errors(shown: list[Shown]) -> Errors:
    return Errors(orjson.dumps(shown))
