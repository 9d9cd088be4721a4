"""The limit of bench.reads: a bare ASGI endpoint that sends the JSON which one hand-written statement makes."""

import sqlite3
from typing import Any

import asyncpg

from models.database import dialect_of, postgres_url, sqlite_path

POSTGRES = {
    "by id": """
        SELECT json_build_object('data', json_build_object('deal', json_build_object('id', d.id, 'title', d.title,
          'status', d.status, 'value', json_build_object('amount', d.value_minor::text, 'currency', d.currency),
          'stage', json_build_object('name', s.name), 'person', json_build_object('name', p.name),
          'organization', json_build_object('name', o.name))))::text
        FROM deals d JOIN stages s ON s.id = d.stage_id LEFT JOIN people p ON p.id = d.person_id
        LEFT JOIN organizations o ON o.id = d.organization_id
        WHERE d.id = $1 AND d.account_id = $2 AND d.removed_at IS NULL""",
    "board": """
        SELECT json_build_object('data', json_build_object('pipeline', json_build_object('stages', json_agg(
          json_build_object('name', s.name, 'totals', t.j, 'deals', json_build_object('nodes', d.j)) ORDER BY s.position
        ))))::text
        FROM stages s
        CROSS JOIN LATERAL (SELECT json_build_object('count', sum(c.n), 'value', json_agg(json_build_object(
            'amount', c.total::text, 'currency', c.currency))) j
          FROM (SELECT currency, count(*) n, sum(value_minor) total FROM deals
            WHERE stage_id = s.id AND status = 'OPEN' AND removed_at IS NULL GROUP BY currency) c) t
        CROSS JOIN LATERAL (SELECT json_agg(json_build_object('id', d.id, 'title', d.title,
            'value', json_build_object('amount', d.value_minor::text, 'currency', d.currency),
            'expectedCloseDate', d.expected_close_date, 'person', json_build_object('name', p.name),
            'organization', json_build_object('name', o.name)) ORDER BY d.stage_entered_at DESC, d.id DESC) j
          FROM (SELECT * FROM deals WHERE stage_id = s.id AND status = 'OPEN' AND removed_at IS NULL
            ORDER BY stage_entered_at DESC, id DESC LIMIT 50) d
          LEFT JOIN people p ON p.id = d.person_id LEFT JOIN organizations o ON o.id = d.organization_id) d
        WHERE s.pipeline_id = $1 AND s.account_id = $2""",
    "inbox": """
        SELECT json_build_object('data', json_build_object('leads', json_build_object('nodes', json_agg(
          json_build_object('id', l.id, 'title', l.title,
            'value', json_build_object('amount', l.value_minor::text, 'currency', l.currency),
            'person', json_build_object('name', p.name), 'organization', json_build_object('name', o.name),
            'labels', COALESCE((SELECT json_agg(json_build_object('name', b.name, 'color', b.color) ORDER BY b.name)
              FROM lead_labels x JOIN labels b ON b.id = x.label_id WHERE x.lead_id = l.id), '[]'::json))
          ORDER BY l.created_at DESC, l.id DESC))))::text
        FROM (SELECT * FROM leads WHERE account_id = $2 AND removed_at IS NULL AND archived_at IS NULL
          ORDER BY created_at DESC, id DESC LIMIT 100) l
        LEFT JOIN people p ON p.id = l.person_id LEFT JOIN organizations o ON o.id = l.organization_id
        WHERE $1::uuid IS NOT NULL""",
    "detail": """
        SELECT json_build_object('data', json_build_object('deal', json_build_object('title', d.title,
          'notes', json_build_object('nodes', (SELECT json_agg(json_build_object('body', n.body,
              'createdAt', n.created_at, 'author', json_build_object('name', u.name))
              ORDER BY n.created_at DESC, n.id DESC)
            FROM (SELECT * FROM notes WHERE deal_id = d.id ORDER BY created_at DESC, id DESC LIMIT 20) n
            JOIN users u ON u.id = n.author_id)),
          'activities', json_build_object('nodes', (SELECT json_agg(json_build_object('subject', a.subject,
              'dueAt', a.due_at, 'assignee', json_build_object('name', u.name)) ORDER BY a.due_at, a.id)
            FROM (SELECT * FROM activities WHERE deal_id = d.id ORDER BY due_at, id LIMIT 20) a
            JOIN users u ON u.id = a.assignee_id)))))::text
        FROM deals d WHERE d.id = $1 AND d.account_id = $2 AND d.removed_at IS NULL""",
}
SQLITE = {
    "by id": """
        SELECT json_object('data', json_object('deal', json_object('id', d.id, 'title', d.title,
          'status', d.status, 'value', json_object('amount', CAST(d.value_minor AS TEXT), 'currency', d.currency),
          'stage', json_object('name', s.name), 'person', json_object('name', p.name),
          'organization', json_object('name', o.name))))
        FROM deals d JOIN stages s ON s.id = d.stage_id LEFT JOIN people p ON p.id = d.person_id
        LEFT JOIN organizations o ON o.id = d.organization_id
        WHERE d.id = ?1 AND d.account_id = ?2 AND d.removed_at IS NULL""",
    "board": """
        SELECT json_object('data', json_object('pipeline', json_object('stages', json_group_array(json_object(
          'name', s.name, 'totals', (SELECT json_object('count', sum(n), 'value', json_group_array(json_object(
              'amount', CAST(total AS TEXT), 'currency', currency)))
            FROM (SELECT currency, count(*) n, sum(value_minor) total FROM deals WHERE stage_id = s.id
              AND status = 'OPEN' AND removed_at IS NULL GROUP BY currency)),
          'deals', json_object('nodes', (SELECT json_group_array(json_object('id', d.id, 'title', d.title,
              'value', json_object('amount', CAST(d.value_minor AS TEXT), 'currency', d.currency),
              'expectedCloseDate', d.expected_close_date, 'person', json_object('name', p.name),
              'organization', json_object('name', o.name)))
            FROM (SELECT * FROM deals WHERE stage_id = s.id AND status = 'OPEN' AND removed_at IS NULL
              ORDER BY stage_entered_at DESC, id DESC LIMIT 50) d
            LEFT JOIN people p ON p.id = d.person_id LEFT JOIN organizations o ON o.id = d.organization_id)))))))
        FROM (SELECT * FROM stages WHERE pipeline_id = ?1 AND account_id = ?2 ORDER BY position) s""",
    "inbox": """
        SELECT json_object('data', json_object('leads', json_object('nodes', json_group_array(json_object('id', l.id,
          'title', l.title, 'value', json_object('amount', CAST(l.value_minor AS TEXT), 'currency', l.currency),
          'person', json_object('name', p.name), 'organization', json_object('name', o.name),
          'labels', (SELECT json_group_array(json_object('name', b.name, 'color', b.color))
            FROM lead_labels x JOIN labels b ON b.id = x.label_id WHERE x.lead_id = l.id))))))
        FROM (SELECT * FROM leads WHERE account_id = ?2 AND removed_at IS NULL AND archived_at IS NULL
          ORDER BY created_at DESC, id DESC LIMIT 100) l
        LEFT JOIN people p ON p.id = l.person_id LEFT JOIN organizations o ON o.id = l.organization_id
        WHERE ?1 IS NOT NULL""",
    "detail": """
        SELECT json_object('data', json_object('deal', json_object('title', d.title,
          'notes', json_object('nodes', (SELECT json_group_array(json_object('body', n.body,
              'createdAt', n.created_at, 'author', json_object('name', u.name)))
            FROM (SELECT * FROM notes WHERE deal_id = d.id ORDER BY created_at DESC, id DESC LIMIT 20) n
            JOIN users u ON u.id = n.author_id)),
          'activities', json_object('nodes', (SELECT json_group_array(json_object('subject', a.subject,
              'dueAt', a.due_at, 'assignee', json_object('name', u.name)))
            FROM (SELECT * FROM activities WHERE deal_id = d.id ORDER BY due_at, id LIMIT 20) a
            JOIN users u ON u.id = a.assignee_id)))))
        FROM deals d WHERE d.id = ?1 AND d.account_id = ?2 AND d.removed_at IS NULL""",
}


class Limit:
    """Answers POST /<question> with the key and account of the query string."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None
        self._connection: sqlite3.Connection | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        key, account = scope["query_string"].decode().split("&")
        body = await self._ask(scope["path"][1:].replace("_", " "), key, account)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _ask(self, question: str, key: str, account: str) -> bytes:
        if self._connection is not None:
            row = self._connection.execute(SQLITE[question], (key, account)).fetchone()
            return str(row[0]).encode()
        async with self._pool.acquire() as connection:
            return str(await connection.fetchval(POSTGRES[question], key, account)).encode()

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        if dialect_of(self._url) == "sqlite":
            self._connection = sqlite3.connect(f"file:{sqlite_path(self._url)}?mode=ro", uri=True)
        else:
            self._pool = await asyncpg.create_pool(
                postgres_url(self._url), min_size=1, max_size=8, reset=_no_reset, server_settings={"jit": "off"}
            )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._pool is not None:
            await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _no_reset(connection: Any) -> None:
    """As our own readers do."""
