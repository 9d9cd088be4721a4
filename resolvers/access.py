"""Who is asking, and what of the account they may see: one scope for every read and write.

The rule is one table, `owners_seen`. It is rendered three ways, as SQL for compiled reads, as a
Tortoise filter for verbs, and as a test of one row for changes, and nowhere said again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tortoise.expressions import Q

from models import database
from models.base import Record, Visibility
from models.reading import ReadRow, one_step
from models.users import Role, TokenScope
from models.ways import Way
from resolvers.errors import ErrorCode, refuse


@dataclass(frozen=True)
class Viewer:
    """A user who asks. `teammate_ids` are all users who share a team with them, and themselves.

    What they came in by (`way`, `session_id`, `may_write`) says how their changes are recorded, and whether
    they may make any, never what they see.
    """

    account_id: UUID
    user_id: UUID
    role: Role
    teammate_ids: frozenset[UUID]
    locale: str = "en"
    way: Way = field(default=Way.API, compare=False)
    session_id: UUID | None = field(default=None, compare=False)
    may_write: bool = field(default=True, compare=False)

    @property
    def is_admin(self) -> bool:
        """Whether this user sees and may change everything in the account."""
        return self.role is Role.ADMIN

    @property
    def visibility_class(self) -> tuple[Any, ...]:
        """Two viewers with equal classes see exactly the same; a shared answer is keyed by it."""
        if self.is_admin:
            return (self.account_id,)
        return (self.account_id, self.user_id, self.teammate_ids)


# One statement on a reading connection: on SQLite the models share one connection with every writer.
_VIEWER = (
    "SELECT u.account_id, u.id, u.role, mate.user_id{more} FROM {source} "
    "LEFT JOIN team_members mine ON mine.user_id = u.id AND mine.account_id = u.account_id "
    "LEFT JOIN team_members mate ON mate.team_id = mine.team_id AND mate.account_id = u.account_id WHERE {condition}"
)
_BY_TOKEN = _VIEWER.format(
    more=", t.scope",
    source="tokens t JOIN users u ON u.id = t.user_id AND u.account_id = t.account_id",
    condition="t.hash = {0} AND t.revoked_at IS NULL",
)
_BY_SESSION = _VIEWER.format(
    more=", s.id, s.used_at, s.expires_at",
    source="sessions s JOIN users u ON u.id = s.user_id AND u.account_id = s.account_id",
    condition="s.hash = {0} AND s.ended_at IS NULL",
)
_BY_KEY = _VIEWER.format(more="", source="users u", condition="u.id = {0} AND u.account_id = {1}")


async def load_viewer(account_id: UUID, user_id: UUID, locale: str = "en", way: Way = Way.API) -> Viewer | None:
    """The viewer for a user as the database has them now; null where there is no such user."""
    rows = await _rows(_BY_KEY, str(user_id), str(account_id))
    return _viewer(rows, locale, way) if rows else None


async def load_viewer_of_token(token_hash: str, locale: str = "en") -> Viewer | None:
    """The viewer that a token stands for now, by what is kept of it; null where it is unknown or revoked."""
    rows = await _rows(_BY_TOKEN, token_hash)
    return replace(_viewer(rows, locale, Way.API), may_write=rows[0][4] == TokenScope.WRITE) if rows else None


async def load_viewer_of_session(cookie_hash: str, locale: str = "en") -> tuple[Viewer, datetime, datetime] | None:
    """The viewer of a session that was not ended, when it was last seen in use, and when it is over."""
    rows = await _rows(_BY_SESSION, cookie_hash)
    if not rows:
        return None
    session_id, used_at, expires_at = rows[0][4:7]
    viewer = replace(_viewer(rows, locale, Way.BOARD), session_id=UUID(str(session_id)))
    return viewer, _instant(used_at), _instant(expires_at)


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)  # SQLite keeps text


async def _rows(statement: str, *arguments: str) -> Sequence[ReadRow]:
    async with database.snapshot(single=True) as snapshot:
        text = statement.format(*(("$1", "$2") if snapshot.dialect == "postgres" else ("?1", "?2")))
        return await snapshot.run(one_step(text, arguments), brief=True)


def _viewer(rows: Sequence[ReadRow], locale: str, way: Way) -> Viewer:
    account_id, user_id = (UUID(str(each)) for each in rows[0][:2])
    mates = {UUID(str(row[3])) for row in rows if row[3] is not None}
    return Viewer(account_id, user_id, Role(rows[0][2]), frozenset({user_id, *mates}), locale, way)


def owners_seen(viewer: Viewer) -> dict[Visibility, frozenset[UUID] | None]:
    """The rule: for each visibility, the owners whose records this viewer sees; null: any owner."""
    if viewer.is_admin:
        return dict.fromkeys(Visibility)
    return {
        Visibility.EVERYONE: None,
        Visibility.TEAM: viewer.teammate_ids | {viewer.user_id},
        Visibility.OWNER: frozenset({viewer.user_id}),
    }


def sees(viewer: Viewer, owner_id: UUID, visibility: Visibility) -> bool:
    """Whether a record of the viewer's own account, so owned and so visible, is seen."""
    owners = owners_seen(viewer)[visibility]
    return owners is None or owner_id in owners


def visible(viewer: Viewer) -> Q:
    """The Tortoise filter for the records (leads, deals, people, organizations) a viewer sees."""
    if viewer.is_admin:
        return Q(account_id=viewer.account_id)
    seen = Q()
    for visibility, owners in owners_seen(viewer).items():
        each = Q(visibility=visibility)
        seen |= each if owners is None else each & Q(owner_id__in=list(owners))
    return Q(account_id=viewer.account_id) & seen


class Binder(Protocol):
    """Takes values out of SQL text: answers what stands for them there."""

    def one(self, value: Any) -> str:
        """A placeholder for one value."""
        ...

    def among(self, values: Iterable[UUID]) -> str:
        """The right-hand side of a membership test over ids: `= ANY($1)`, or `IN (…)`."""
        ...

    def among_texts(self, values: Iterable[str]) -> str:
        """The same over texts."""
        ...


def record_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for the records, under that alias, that a viewer sees."""
    account = f"{alias}.account_id = {bind.one(viewer.account_id)}"
    if viewer.is_admin:
        return account
    seen = [
        f"{alias}.visibility = '{visibility}'"
        if owners is None
        else f"{alias}.visibility = '{visibility}' AND {alias}.owner_id {bind.among(owners)}"
        for visibility, owners in owners_seen(viewer).items()
    ]
    return f"{account} AND ({' OR '.join(f'({each})' for each in seen)})"


def live_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """As `record_scope`, without what was deleted, converted or merged into another."""
    return f"{alias}.removed_at IS NULL AND {record_scope(viewer, alias, bind)}"


def account_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for rows that everyone in the account sees (users, labels, stages)."""
    return f"{alias}.account_id = {bind.one(viewer.account_id)}"


def own_account_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for the accounts table: one's own row."""
    return f"{alias}.id = {bind.one(viewer.account_id)}"


def child_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for notes and activities: seen where their lead or deal is."""
    # Looked up row by row: of EXISTS ... OR EXISTS ... PostgreSQL would first read every lead there is.
    lead = f"SELECT 1 FROM leads pl WHERE pl.id = {alias}.lead_id AND {live_scope(viewer, 'pl', bind)}"
    deal = f"SELECT 1 FROM deals pd WHERE pd.id = {alias}.deal_id AND {live_scope(viewer, 'pd', bind)}"
    return f"COALESCE(({lead}), ({deal})) = 1"


def comment_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for comments: seen where their note is."""
    note = f"SELECT 1 FROM notes pn WHERE pn.id = {alias}.note_id AND {child_scope(viewer, 'pn', bind)}"
    return f"EXISTS ({note})"


def deal_child_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for what hangs on a deal alone (invoices, lines, documents): seen where that deal is."""
    deal = f"SELECT 1 FROM deals pd WHERE pd.id = {alias}.deal_id AND {live_scope(viewer, 'pd', bind)}"
    return f"EXISTS ({deal})"


def custom_field_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for custom fields that were not deleted, which everyone in the account sees."""
    return f"{alias}.removed_at IS NULL AND {account_scope(viewer, alias, bind)}"


def custom_value_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for values of custom fields: seen where their field is, and their lead or deal."""
    return f"{custom_value_scope_below(viewer, alias, bind)} AND {child_scope(viewer, alias, bind)}"


def custom_value_scope_below(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for values of custom fields below a lead or deal that is seen: where their field is."""
    field = custom_field_scope(viewer, "pf", bind)
    return f"EXISTS (SELECT 1 FROM custom_fields pf WHERE pf.id = {alias}.field_id AND {field})"


def invoice_child_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for the lines and payments of invoices: seen where their invoice is."""
    invoice = f"SELECT 1 FROM invoices pi WHERE pi.id = {alias}.invoice_id AND {deal_child_scope(viewer, 'pi', bind)}"
    return f"EXISTS ({invoice})"


def project_child_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for phases and tasks: seen where their project is."""
    project = f"SELECT 1 FROM projects pp WHERE pp.id = {alias}.project_id AND {record_scope(viewer, 'pp', bind)}"
    return f"EXISTS ({project})"


def file_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for files that were not deleted: seen where what they belong to is."""
    message = f"SELECT 1 FROM mail_messages pm WHERE pm.id = {alias}.message_id AND {mail_scope(viewer, 'pm', bind)}"
    deal = f"SELECT 1 FROM deals pd WHERE pd.id = {alias}.deal_id AND {live_scope(viewer, 'pd', bind)}"
    person = f"SELECT 1 FROM people pp WHERE pp.id = {alias}.person_id AND {live_scope(viewer, 'pp', bind)}"
    body = f"SELECT 1 FROM organizations po WHERE po.id = {alias}.organization_id"
    organization = f"{body} AND {live_scope(viewer, 'po', bind)}"
    return f"{alias}.removed_at IS NULL AND COALESCE(({deal}), ({person}), ({organization}), ({message})) = 1"


def mail_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for messages: seen where a lead or a deal is that they hang on, be that in the trash."""
    lead = f"SELECT 1 FROM leads pl WHERE pl.id = ml.lead_id AND {record_scope(viewer, 'pl', bind)}"
    deal = f"SELECT 1 FROM deals pd WHERE pd.id = ml.deal_id AND {record_scope(viewer, 'pd', bind)}"
    links = f"SELECT 1 FROM mail_links ml WHERE ml.message_id = {alias}.id AND COALESCE(({lead}), ({deal})) = 1"
    return f"EXISTS ({links})"


def party_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for senders and recipients: seen where their message is."""
    message = f"SELECT 1 FROM mail_messages pm WHERE pm.id = {alias}.message_id AND {mail_scope(viewer, 'pm', bind)}"
    return f"EXISTS ({message})"


def person_merge_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for merges of people: seen where the survivor is."""
    return _survivor_seen("people", viewer, alias, bind)


def organization_merge_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for merges of organizations: seen where the survivor is."""
    return _survivor_seen("organizations", viewer, alias, bind)


def _survivor_seen(table: str, viewer: Viewer, alias: str, bind: Binder) -> str:
    survivor = f"SELECT 1 FROM {table} ms WHERE ms.id = {alias}.survivor_id AND {live_scope(viewer, 'ms', bind)}"
    return f"EXISTS ({survivor})"


def own_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for imports and runs of conversions: one's own, and all for admins."""
    account = account_scope(viewer, alias, bind)
    return account if viewer.is_admin else f"{account} AND {alias}.user_id = {bind.one(viewer.user_id)}"


def submission_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for what visitors sent: consents are for admins to keep, and for no one else."""
    return account_scope(viewer, alias, bind) if viewer.is_admin else "1 = 0"


def waiting_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for the line of waiting leads: seen where the lead is."""
    lead = f"SELECT 1 FROM leads pl WHERE pl.id = {alias}.lead_id AND {live_scope(viewer, 'pl', bind)}"
    return f"EXISTS ({lead})"


def token_scope(viewer: Viewer, alias: str, bind: Binder) -> str:
    """The SQL condition for tokens: one's own, whoever one is."""
    return f"{account_scope(viewer, alias, bind)} AND {alias}.user_id = {bind.one(viewer.user_id)}"


RecordT = TypeVar("RecordT", bound=Record)


async def find(viewer: Viewer, model: type[RecordT], ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, RecordT]:
    """The records with these ids that the viewer sees, by id; the others are simply not there.

    What was removed is not found. `lock` holds the rows until the transaction
    ends; rows are locked in the order of their ids, so that two commands never wait in a circle.
    """
    query = model.filter(visible(viewer), id__in=list(ids)).order_by("id")
    if "removed_at" in model._meta.fields_map:
        query = query.filter(removed_at__isnull=True)
    if lock:
        query = query.select_for_update()
    return {row.id: row for row in await query}


async def find_one(viewer: Viewer, model: type[RecordT], key: UUID, *path: str | int, lock: bool = False) -> RecordT:
    """One record the viewer sees; refuses with NOT_FOUND, the same for unknown and unseen."""
    found = await find(viewer, model, [key], lock=lock)
    if key not in found:
        raise not_found(model.__name__, *path)
    return found[key]


def not_found(type_name: str, *path: str | int) -> Exception:
    """The refusal for what is unknown, removed, another account's or out of sight: all alike."""
    return refuse(ErrorCode.NOT_FOUND, f"There is no such {type_name.lower()}, or you may not see it.", *path)


def require_admin(viewer: Viewer, what: str) -> None:
    """Refuse with FORBIDDEN what only an admin may do."""
    if not viewer.is_admin:
        raise refuse(ErrorCode.FORBIDDEN, f"Only an admin may {what}: ask one of your account.")


def require_writing(viewer: Viewer) -> None:
    """Refuse with FORBIDDEN any command of who came in by a token that may only read."""
    if not viewer.may_write:
        raise refuse(ErrorCode.FORBIDDEN, "This token may only read: use one whose scope is WRITE.")


def require_ownership(viewer: Viewer, record: Record, what: str, *path: str | int) -> None:
    """Refuse with FORBIDDEN what only a record's owner or an admin may do to it."""
    if not viewer.is_admin and record.owner_id != viewer.user_id:
        raise refuse(ErrorCode.FORBIDDEN, f"Only its owner or an admin may {what}.", *path)
