"""The table that tells a lead from a deal."""

import pytest

from models.opportunities import OpportunitySource
from resolvers import capabilities
from resolvers.capabilities import Capability, allowed_source
from resolvers.errors import ErrorCode, Refused


def test_the_table_has_one_row_for_each_capability() -> None:
    assert [row.capability for row in capabilities.TABLE] == list(Capability)


def test_leads_have_two_capabilities_and_deals_the_others() -> None:
    assert capabilities.of("Lead") == [Capability.LEADBOOSTER, Capability.ARCHIVING]
    assert set(capabilities.of("Deal")) == set(Capability) - {Capability.LEADBOOSTER, Capability.ARCHIVING}


def test_every_row_reads_in_english_and_polish() -> None:
    english, polish = capabilities.rows("en"), capabilities.rows("pl")
    assert all(row.description.endswith(".") for row in [*english, *polish])
    assert not {row.description for row in english} & {row.description for row in polish}
    assert capabilities.rows("fr") == english


@pytest.mark.parametrize("source", list(OpportunitySource))
def test_a_lead_may_come_from_anywhere(source: OpportunitySource) -> None:
    assert allowed_source("Lead", source) is source


@pytest.mark.parametrize(
    "source", [OpportunitySource.CHATBOT, OpportunitySource.LIVE_CHAT, OpportunitySource.PROSPECTOR]
)
def test_what_begins_in_the_inbox_makes_no_deals(source: OpportunitySource) -> None:
    with pytest.raises(Refused) as caught:
        allowed_source("Deal", source, "source")
    (error,) = caught.value.errors
    assert (error.code, error.path) == (ErrorCode.CAPABILITY_MISSING, ["source"])
    assert "create a lead and convert it" in error.message


def test_a_web_form_makes_leads_and_deals() -> None:
    assert allowed_source("Deal", OpportunitySource.WEB_FORM) is OpportunitySource.WEB_FORM
