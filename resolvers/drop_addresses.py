"""Drop addresses: what is sent to one hangs on its lead or deal. Nobody can guess one that they were not told."""

import hmac
import re
from uuid import UUID

from models.conversions import Conversion
from models.deals import Deal
from models.leads import Lead
from resolvers import installation, signing

_MODELS: dict[str, type[Lead] | type[Deal]] = {"lead": Lead, "deal": Deal}
_LOCAL = re.compile(r"(lead|deal)-([0-9a-f]{32})-[0-9a-f]{20}")
_SIGNED = 20  # of 32 hex digits: a local part has room for 64 letters


def lead_address(key: str) -> str | None:
    """The drop address of a lead; null where no mail is taken."""
    return _address("lead", UUID(key))


def deal_address(key: str) -> str | None:
    """The drop address of a deal; null where no mail is taken."""
    return _address("deal", UUID(key))


def _address(kind: str, key: UUID) -> str | None:
    domain = installation.current().mail_domain
    signature = signing.sign("mail", kind, key.hex)[:_SIGNED]
    return None if domain is None else f"{kind}-{key.hex}-{signature}@{domain}"


def address_of(record: Lead | Deal) -> str | None:
    """The drop address of a lead or a deal; null where no mail is taken."""
    return _address("lead" if isinstance(record, Lead) else "deal", record.id)


def is_drop_address(address: str) -> bool:
    """Whether an address is, or pretends to be, one of ours."""
    return address.lower().rpartition("@")[2] == installation.current().mail_domain


async def find_record(address: str) -> Lead | Deal | None:
    """The lead or deal that an address is of, be it converted or turned back since; null where there is none."""
    local = address.strip().lower().rpartition("@")[0]
    found = _LOCAL.fullmatch(local)
    if found is None:
        return None
    own = _address(found[1], UUID(found[2]))
    if own is None or not hmac.compare_digest(own.encode(), address.strip().lower().encode("utf-8", "surrogatepass")):
        return None
    record = await _MODELS[found[1]].get_or_none(id=UUID(found[2]))
    return record if record is None or record.removed_at is None else await successor(record)


async def successor(record: Lead | Deal) -> Lead | Deal | None:
    """Where the mail of a record goes that is no longer there: to the deal a lead became, or back."""
    if isinstance(record, Deal):
        return await Lead.get_or_none(id=record.source_lead_id, removed_at__isnull=True)
    conversion = await Conversion.get_or_none(lead_id=record.id, undone_at__isnull=True)
    return None if conversion is None else await Deal.get_or_none(id=conversion.deal_id, removed_at__isnull=True)
