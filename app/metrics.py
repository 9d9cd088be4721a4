"""Figures for whoever watches a server, at /metrics in Prometheus's format.

They are of one process. They name no account, user or document, and are told only to who brings
the token of the setting; without the setting there is no such address.
"""

from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import get_args

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from app.graphql import Engine
from app.http import Outcome
from app.identity import bearer
from resolvers.reads.plans import plans_of
from subscriptions.members import Member
from subscriptions.sources import Sources

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics(Collector):
    """What a process has done and has open: counted where it happens, and gathered when it is asked for."""

    def __init__(self, engine: Engine, sources: Sources, connections: Callable[[], tuple[int, int]]) -> None:
        self.registry = CollectorRegistry()
        self._engine = engine
        self._sources = sources
        self._connections = connections  # sockets and event streams
        seconds = Histogram(
            "lejek_request_seconds",
            "HTTP requests at /graphql, by how they went.",
            ["outcome"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._seconds = {outcome: seconds.labels(outcome) for outcome in get_args(Outcome)}
        ProcessCollector(registry=self.registry)
        self.registry.register(self)

    def note(self, outcome: Outcome, seconds: float) -> None:
        """A request was served."""
        self._seconds[outcome].observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """What is counted elsewhere, as it stands."""
        plans = plans_of(self._engine.schema)
        paths = CounterMetricFamily("lejek_operations", "Operations, by what answered.", labels=["path"])
        for path in ("plan", "executor"):
            paths.add_metric([path], self._engine.answered[path])
        found = CounterMetricFamily("lejek_plans", "Plans: found among those kept, or compiled.", labels=["outcome"])
        found.add_metric(["found"], plans.found)
        found.add_metric(["compiled"], plans.compiled)
        sockets, streams = self._connections()
        subscriptions, groups = self._sources.sizes
        yield from (paths, found)
        yield GaugeMetricFamily("lejek_sockets", "Open WebSockets.", sockets)
        yield GaugeMetricFamily("lejek_event_streams", "Open event streams.", streams)
        yield GaugeMetricFamily("lejek_subscriptions", "Subscriptions to changes.", subscriptions)
        yield GaugeMetricFamily("lejek_groups", "Groups of subscriptions that share their answers.", groups)
        yield CounterMetricFamily("lejek_messages_told", "Messages told to subscriptions.", Member.told)


class MetricsDoor:
    """The ASGI application at /metrics."""

    def __init__(self, metrics: Metrics, token: SecretStr | None) -> None:
        self._metrics = metrics
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the figures; 404 where nobody may have them, 401 to who has not shown the token."""
        await self._response(Request(scope))(scope, receive, send)

    def _response(self, request: Request) -> Response:
        if self._token is None:
            return PlainTextResponse("Not found", 404)
        shown, wanted = bearer(request.headers.get("authorization")), self._token.get_secret_value()
        if not compare_digest((shown or "").encode(), wanted.encode()):
            return PlainTextResponse("A token is needed", 401, {"www-authenticate": "Bearer"})
        headers = {"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"}
        return Response(generate_latest(self._metrics.registry), headers=headers)
