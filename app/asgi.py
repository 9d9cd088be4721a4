"""The application: what is served at which address, and what is open while it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.callers import Callers
from app.chats import Chats
from app.departures import Departures
from app.downloads import DownloadDoor
from app.exports import ExportDoor
from app.graphql import Engine
from app.health import healthz, readyz
from app.http import GraphQLDoor
from app.live import Live, Session
from app.mailbox import MailDoor, taking_mail
from app.metrics import Metrics, MetricsDoor
from app.origins import CookieGuard
from app.pages import Pages
from app.postman import carry_mail
from app.rates import Rates
from app.retention import forget_old, sweep_old
from app.sdl import schema_file
from app.server import ENDING
from app.session import SessionDoor
from app.settings import Settings
from app.skip_files import SkipFileDoor
from app.stream import StreamDoor
from app.uploads import LargeUploadDoor, TableDoor
from app.web_forms import WebForms
from models import changes, storage
from models.database import close_database, open_database
from models.departing import on_departure
from models.signing import signing_key
from resolvers import conversion_runs, installation
from resolvers.imports import importing
from resolvers.waitlist import admit_everywhere
from schema.build import graphql_schema
from schema.context import Context
from subscriptions.connection import Limits
from subscriptions.feeds import Feeds
from subscriptions.presence.contract import Register
from subscriptions.presence.memory import MemoryRegister
from subscriptions.presence.rooms import Presence
from subscriptions.signal.contract import Signal
from subscriptions.signal.memory import MemorySignal
from subscriptions.sockets import Sockets
from subscriptions.sources import Sources
from subscriptions.streams import Streams


def make_engine(settings: Settings) -> Engine:
    """The engine for Lejek's own schema."""
    return Engine(
        graphql_schema,
        Context,
        settings.document_limits,
        introspection=settings.introspection,
        only_published=settings.published_only,
    )


def make_signal(settings: Settings) -> Signal:
    """What wakes boards after a commit: Redis, where there is one, else a call within this process."""
    if settings.redis_url is None:
        return MemorySignal()
    from subscriptions.signal.redis import RedisSignal  # a third of a second, for those who have a Redis

    return RedisSignal(settings.redis_url)


def make_register(settings: Settings) -> Register:
    """Where it is kept who looks at what: Redis, where there is one, else this process."""
    if settings.redis_url is None:
        return MemoryRegister()
    from subscriptions.presence.redis import RedisRegister

    return RedisRegister(settings.redis_url)


def make_storage(settings: Settings) -> storage.Storage:
    """Where files lie: a folder of this machine, unless the settings name a bucket."""
    return storage.storage_at(settings.files_at, settings.files_endpoint)


async def _installation(settings: Settings) -> installation.Installation:
    return installation.Installation(
        key=await signing_key(),
        public_url=settings.public_url,
        largest_file=settings.large_upload_bytes,
        mail_domain=settings.mail_domain,
        mail_from=settings.mail_from,
        sends_mail=settings.smtp_url is not None,
    )


def create_app(settings: Settings) -> ASGIApp:
    """The ASGI application. When its lifespan begins it opens the database, which must be migrated."""
    engine, pages, signal = make_engine(settings), Pages(), make_signal(settings)
    sources = Sources(Feeds(signal), Presence(make_register(settings), signal))
    live = Live(engine, settings.token_connections, settings.account_connections)
    sockets: Sockets[Session] = Sockets(live, sources, Limits(frame_path=settings.frame_path))
    streams, callers = Streams(sources), Callers()
    session, rates = SessionDoor(settings), Rates(settings.redis_url)
    metrics = Metrics(engine, sources, lambda: (len(sockets), len(streams)))
    app = Starlette(
        routes=[
            WebSocketRoute("/graphql", CookieGuard(sockets, settings.allowed_origins)),
            Route("/graphql/stream", StreamDoor(engine, live, streams, settings)),
            Route("/uploads", TableDoor(settings)),
            Route("/uploads/{token}", LargeUploadDoor(settings)),
            Route("/files/{path:path}", DownloadDoor()),
            Route("/exports/{name}", ExportDoor(engine)),
            Route("/mail", MailDoor(settings)),
            *WebForms(settings, rates).routes,
            Route("/imports/{path:path}", SkipFileDoor()),
            *Chats(settings, rates, streams).routes,
            Route("/session", session),
            Route("/session/demo", session),
            *([Route("/schema.graphql", schema_file)] if settings.introspection else []),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", MetricsDoor(metrics, settings.metrics_token)),
            Route("/graphiql", pages.graphiql),
            Route("/", pages.board),
            Route("/{path:path}", pages.file),
        ],
        lifespan=_lifespan(settings, signal, sources, sockets, streams, live.departures, callers, rates),
    )
    return _open_to(
        settings.allowed_origins, Shortcut("/graphql", GraphQLDoor(engine, callers, settings, metrics.note), app)
    )


class Shortcut:
    """One address that is answered before the routes are looked through; the rest is for them."""

    def __init__(self, path: str, answers: ASGIApp, others: ASGIApp) -> None:
        self._path = path
        self._answers = answers
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request at the address; hand on everything else, sockets too."""
        is_near = scope["type"] == "http" and scope["path"] == self._path
        await (self._answers if is_near else self._others)(scope, receive, send)


def _lifespan(
    settings: Settings,
    signal: Signal,
    sources: Sources,
    sockets: Sockets[Session],
    streams: Streams,
    departures: Departures,
    callers: Callers,
    rates: Rates,
) -> Callable[[Starlette], AbstractAsyncContextManager[dict[str, Any]]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        await open_database(settings.database_url)
        storage.open_storage(make_storage(settings))
        put_back = installation.install(await _installation(settings))
        hearing = [
            changes.on_commit(callers.forget_account),
            changes.on_commit(signal.send),
            on_departure(callers.forget_credential),
            on_departure(departures.end_by_hash),
        ]
        await admit_everywhere()
        works = [forget_old(settings.retention_days), sweep_old(), departures.watch()]
        if settings.smtp_url is not None:
            works.append(carry_mail(settings.smtp_url.get_secret_value()))
        beside = [asyncio.create_task(work) for work in works]
        try:
            async with importing(), conversion_runs.working(), taking_mail(settings):
                yield {ENDING: streams.end}
        finally:
            for stop in hearing:
                stop()
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await sockets.drain()
            await streams.drain()
            await sources.close()
            await signal.close()
            await rates.close()
            await close_database()
            put_back()

    return lifespan


def _open_to(origins: tuple[str, ...], app: ASGIApp) -> ASGIApp:
    """The app for the pages of other origins too. They send a token, never a cookie, so no credentials."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "POST", "PUT"),
        allow_headers=("Authorization", "Content-Type", "Last-Event-ID"),
        expose_headers=("WWW-Authenticate",),
    )
