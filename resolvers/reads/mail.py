"""The mail of a lead, a deal or a person: what hangs on it, and what its people sent and were sent.

Who somebody is, is looked up by address when it is read; so a person who is added later, or merged
with another, has their mail. What a viewer sees of it all is still decided message by message.

The parts have no row in common, each leaving out what an earlier one has, so that they need not be
compared: a condition for one lead, deal or person then reaches the indexes on SQLite too. One for
several does not, as with a timeline; so there is no count.
"""

_BY_ADDRESS = "JOIN contact_keys mk ON mk.kind = 'EMAIL' AND mk.person_id = mo.person_id"
_FROM_KEYS = "JOIN mail_parties mp ON mp.account_id = mk.account_id AND mp.address = mk.value"


def _linked(column: str) -> str:
    """Each message once, though two leads that joined a deal may have brought the same one."""
    again = f"o.message_id = ml.message_id AND o.{column} = ml.{column} AND o.id < ml.id"
    return (
        f"SELECT m.*, ml.{column} FROM mail_links ml JOIN mail_messages m ON m.id = ml.message_id "
        f"WHERE NOT EXISTS (SELECT 1 FROM mail_links o WHERE {again})"
    )


def _exchanged(column: str, people: str, is_one: str) -> str:
    """Each message once, by the first of its parties who is one of the people, where it is not linked."""
    linked = f"SELECT 1 FROM mail_links ml WHERE ml.message_id = m.id AND ml.{column} = mo.{column}"
    return (
        f"SELECT m.*, mo.{column} FROM {people} mo {_BY_ADDRESS} {_FROM_KEYS} "
        f"JOIN mail_messages m ON m.id = mp.message_id WHERE NOT EXISTS ({linked}) AND NOT EXISTS ({_earlier(is_one)})"
    )


def _earlier(is_one: str) -> str:
    keys = "k.kind = 'EMAIL' AND k.account_id = e.account_id AND k.value = e.address"
    before = "(e.id < mp.id OR (e.id = mp.id AND k.id < mk.id))"
    rows = f"mail_parties e JOIN contact_keys k ON {keys}"
    return f"SELECT 1 FROM {rows} WHERE e.message_id = m.id AND {before} AND {is_one}"


_LEADS = "(SELECT id AS lead_id, person_id FROM leads)"
_DEALS = (
    "(SELECT id AS deal_id, person_id FROM deals UNION ALL SELECT dp.deal_id, dp.person_id FROM deal_participants dp "
    "WHERE NOT EXISTS (SELECT 1 FROM deals d WHERE d.id = dp.deal_id AND d.person_id = dp.person_id))"
)
_IS_IN_DEAL = (
    "(EXISTS (SELECT 1 FROM deals d WHERE d.id = mo.deal_id AND d.person_id = k.person_id) "
    "OR EXISTS (SELECT 1 FROM deal_participants dp WHERE dp.deal_id = mo.deal_id AND dp.person_id = k.person_id))"
)
_IS_SAME = "k.person_id = mk.person_id"

MAIL_OF_LEAD = f"({_linked('lead_id')} UNION ALL {_exchanged('lead_id', _LEADS, _IS_SAME)})"
MAIL_OF_DEAL = f"({_linked('deal_id')} UNION ALL {_exchanged('deal_id', _DEALS, _IS_IN_DEAL)})"
MAIL_OF_PERSON = (
    f"(SELECT m.*, mk.person_id FROM contact_keys mk {_FROM_KEYS} JOIN mail_messages m ON m.id = mp.message_id "
    f"WHERE mk.kind = 'EMAIL' AND NOT EXISTS ({_earlier(_IS_SAME)}))"
)
PARTIES = (
    "(SELECT p.*, (SELECT k.person_id FROM contact_keys k WHERE k.account_id = p.account_id AND k.kind = 'EMAIL' "
    "AND k.value = p.address AND k.person_id IS NOT NULL ORDER BY k.id LIMIT 1) AS person_id FROM mail_parties p)"
)
