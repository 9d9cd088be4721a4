"""The limit of bench.reads: a bare Starlette endpoint that sends the JSON which one hand-written statement makes.

It is asked with the bytes that Lejek is asked with, and answers the same data; who asks it does not ask.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.database import dialect_of, postgres_url, sqlite_path
from models.readers import MAPPED_BYTES

POSTGRES = {
    "by id": """
        SELECT json_build_object('data', json_build_object('deal', json_build_object('id',
          'deal_' || replace(d.id::text, '-', ''), 'title', d.title,
          'status', d.status, 'value', json_build_object('amount',
            (d.value_minor / 100) || '.' || lpad((d.value_minor % 100)::text, 2, '0'), 'currency', d.currency),
          'stage', json_build_object('name', s.name), 'person', json_build_object('name', p.name),
          'organization', json_build_object('name', o.name))))::text
        FROM deals d JOIN stages s ON s.id = d.stage_id LEFT JOIN people p ON p.id = d.person_id
        LEFT JOIN organizations o ON o.id = d.organization_id
        WHERE d.id = $1 AND d.account_id = $2 AND d.removed_at IS NULL""",
    "board": """
        SELECT json_build_object('data', json_build_object('pipeline', json_build_object('stages', json_agg(
          json_build_object('name', s.name, 'totals', t.j, 'deals', json_build_object('nodes',
            d.j)) ORDER BY s.position
        ))))::text
        FROM stages s
        CROSS JOIN LATERAL (SELECT json_build_object('count', sum(c.n), 'value', json_agg(json_build_object(
            'amount', (c.total / 100) || '.' || lpad((c.total % 100)::text, 2, '0'), 'currency',
              c.currency) ORDER BY c.currency)) j
          FROM (SELECT currency, count(*) n, sum(value_minor)::bigint total FROM deals
            WHERE stage_id = s.id AND status = 'OPEN' AND removed_at IS NULL GROUP BY currency) c) t
        CROSS JOIN LATERAL (SELECT json_agg(json_build_object('id', 'deal_' || replace(d.id::text, '-', ''),
          'title', d.title,
            'value', json_build_object('amount', (d.value_minor / 100) || '.' || lpad((d.value_minor % 100)::text,
              2, '0'), 'currency', d.currency),
            'expectedCloseDate', d.expected_close_date, 'person', json_build_object('name', p.name),
            'organization', json_build_object('name', o.name)) ORDER BY d.stage_entered_at DESC, d.id DESC) j
          FROM (SELECT * FROM deals WHERE stage_id = s.id AND status = 'OPEN' AND removed_at IS NULL
            ORDER BY stage_entered_at DESC, id DESC LIMIT {first}) d
          LEFT JOIN people p ON p.id = d.person_id LEFT JOIN organizations o ON o.id = d.organization_id) d
        WHERE s.pipeline_id = $1 AND s.account_id = $2""",
    "inbox": """
        SELECT json_build_object('data', json_build_object('leads', json_build_object('nodes', json_agg(
          json_build_object('id', 'lead_' || replace(l.id::text, '-', ''), 'title', l.title,
            'value', json_build_object('amount', (l.value_minor / 100) || '.' || lpad((l.value_minor % 100)::text,
              2, '0'), 'currency', l.currency),
            'person', json_build_object('name', p.name), 'organization', json_build_object('name', o.name),
            'labels', COALESCE((SELECT json_agg(json_build_object('name', b.name, 'color', b.color) ORDER BY b.name)
              FROM lead_labels x JOIN labels b ON b.id = x.label_id WHERE x.lead_id = l.id), '[]'::json))
          ORDER BY l.created_at DESC, l.id DESC))))::text
        FROM (SELECT * FROM leads WHERE account_id = $2 AND removed_at IS NULL AND archived_at IS NULL
          ORDER BY created_at DESC, id DESC LIMIT {first}) l
        LEFT JOIN people p ON p.id = l.person_id LEFT JOIN organizations o ON o.id = l.organization_id
        WHERE $1::uuid IS NOT NULL""",
    "detail": """
        SELECT json_build_object('data', json_build_object('deal', json_build_object('title', d.title,
          'notes', json_build_object('nodes', (SELECT json_agg(json_build_object('body', n.body,
              'createdAt', to_char(n.created_at AT TIME ZONE 'UTC',
              'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'author', json_build_object('name', u.name))
              ORDER BY n.created_at DESC, n.id DESC)
            FROM (SELECT * FROM notes WHERE deal_id = d.id ORDER BY created_at DESC, id DESC LIMIT 20) n
            JOIN users u ON u.id = n.author_id)),
          'activities', json_build_object('nodes', (SELECT json_agg(json_build_object('subject', a.subject,
              'dueAt', to_char(a.due_at AT TIME ZONE 'UTC',
              'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'assignee', json_build_object('name', u.name)) ORDER BY a.due_at, a.id)
            FROM (SELECT * FROM activities WHERE deal_id = d.id ORDER BY due_at, id LIMIT 20) a
            JOIN users u ON u.id = a.assignee_id)))))::text
        FROM deals d WHERE d.id = $1 AND d.account_id = $2 AND d.removed_at IS NULL""",
    "count": """
        SELECT json_build_object('data', json_build_object('leads', json_build_object('totalCount', count(*))))::text
        FROM leads WHERE account_id = $2 AND removed_at IS NULL AND archived_at IS NULL AND $1::uuid IS NOT NULL""",
}
SQLITE = {
    "by id": """
        SELECT json_object('data', json_object('deal', json_object('id', 'deal_' || replace(d.id, '-', ''),
          'title', d.title,
          'status', d.status, 'value', json_object('amount', printf('%d.%02d', d.value_minor / 100,
            d.value_minor % 100), 'currency', d.currency),
          'stage', json_object('name', s.name), 'person', json_object('name', p.name),
          'organization', json_object('name', o.name))))
        FROM deals d JOIN stages s ON s.id = d.stage_id LEFT JOIN people p ON p.id = d.person_id
        LEFT JOIN organizations o ON o.id = d.organization_id
        WHERE d.id = ?1 AND d.account_id = ?2 AND d.removed_at IS NULL""",
    "board": """
        SELECT json_object('data', json_object('pipeline', json_object('stages', json_group_array(json_object(
          'name', s.name, 'totals', (SELECT json_object('count', sum(n), 'value', json_group_array(json_object(
              'amount', printf('%d.%02d', total / 100, total % 100), 'currency', currency)))
            FROM (SELECT currency, count(*) n, sum(value_minor) total FROM deals WHERE stage_id = s.id
              AND status = 'OPEN' AND removed_at IS NULL GROUP BY currency ORDER BY currency)),
          'deals', json_object('nodes', (SELECT json_group_array(json_object('id', 'deal_' || replace(d.id, '-',
            ''), 'title', d.title,
              'value', json_object('amount', printf('%d.%02d', d.value_minor / 100, d.value_minor % 100),
                'currency', d.currency),
              'expectedCloseDate', d.expected_close_date, 'person', json_object('name', p.name),
              'organization', json_object('name', o.name)))
            FROM (SELECT * FROM deals WHERE stage_id = s.id AND status = 'OPEN' AND removed_at IS NULL
              ORDER BY stage_entered_at DESC, id DESC LIMIT {first}) d
            LEFT JOIN people p ON p.id = d.person_id LEFT JOIN organizations o ON o.id = d.organization_id)))))))
        FROM (SELECT * FROM stages WHERE pipeline_id = ?1 AND account_id = ?2 ORDER BY position) s""",
    "inbox": """
        SELECT json_object('data', json_object('leads', json_object('nodes', json_group_array(json_object('id',
          'lead_' || replace(l.id, '-', ''),
          'title', l.title, 'value', json_object('amount', printf('%d.%02d', l.value_minor / 100,
            l.value_minor % 100), 'currency', l.currency),
          'person', json_object('name', p.name), 'organization', json_object('name', o.name),
          'labels', (SELECT json_group_array(json_object('name', b.name, 'color', b.color))
            FROM (SELECT b.name, b.color FROM lead_labels x JOIN labels b ON b.id = x.label_id
              WHERE x.lead_id = l.id ORDER BY b.name) b))))))
        FROM (SELECT * FROM leads WHERE account_id = ?2 AND removed_at IS NULL AND archived_at IS NULL
          ORDER BY created_at DESC, id DESC LIMIT {first}) l
        LEFT JOIN people p ON p.id = l.person_id LEFT JOIN organizations o ON o.id = l.organization_id
        WHERE ?1 IS NOT NULL""",
    "detail": """
        SELECT json_object('data', json_object('deal', json_object('title', d.title,
          'notes', json_object('nodes', (SELECT json_group_array(json_object('body', n.body,
              'createdAt',
              replace(replace(n.created_at, ' ', 'T'), '+00:00', 'Z'), 'author', json_object('name', u.name)))
            FROM (SELECT * FROM notes WHERE deal_id = d.id ORDER BY created_at DESC, id DESC LIMIT 20) n
            JOIN users u ON u.id = n.author_id)),
          'activities', json_object('nodes', (SELECT json_group_array(json_object('subject', a.subject,
              'dueAt',
              replace(replace(a.due_at, ' ', 'T'), '+00:00', 'Z'), 'assignee', json_object('name', u.name)))
            FROM (SELECT * FROM activities WHERE deal_id = d.id ORDER BY due_at, id LIMIT 20) a
            JOIN users u ON u.id = a.assignee_id)))))
        FROM deals d WHERE d.id = ?1 AND d.account_id = ?2 AND d.removed_at IS NULL""",
    "count": """
        SELECT json_object('data', json_object('leads', json_object('totalCount', count(*))))
        FROM leads WHERE account_id = ?2 AND removed_at IS NULL AND archived_at IS NULL AND ?1 IS NOT NULL""",
}


def limit_app(url: str, account_id: str) -> Starlette:
    """The application, on a database, for one account."""
    ask = _ask_sqlite(url) if dialect_of(url) == "sqlite" else None
    statements = POSTGRES if ask is None else SQLITE
    pool: Any = None

    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        key = str(UUID(asked["variables"].get("id", "_" + "0" * 32).partition("_")[2]))
        statement = _statement(statements, request.path_params["question"], request.path_params["first"])
        if ask is not None:
            body = ask(statement, key, account_id)
        else:
            async with pool.acquire() as connection:
                body = await connection.fetchval(statement, key, account_id)
        return Response(body, media_type="application/json")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal pool
        if ask is not None:
            yield
            return
        # Without the reset on release, which a reader has no use for.
        options = {"min_size": 1, "max_size": 8, "reset": _no_reset, "server_settings": {"jit": "off"}}
        async with asyncpg.create_pool(postgres_url(url), **options) as pool:
            yield

    return Starlette(routes=[Route("/{question}/{first}", answer, methods=["POST"])], lifespan=lifespan)


def _statement(statements: dict[str, str], question: str, first: str) -> str:
    return statements[question.replace("_", " ")].replace("{first}", first)


def _ask_sqlite(url: str) -> Callable[[str, str, str], str]:
    connection = sqlite3.connect(f"file:{sqlite_path(url)}?mode=ro", uri=True, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")  # as Lejek's readers have it
    return lambda statement, key, account: str(connection.execute(statement, (key, account)).fetchone()[0])


async def _no_reset(connection: Any) -> None:
    """Nothing is left behind."""
