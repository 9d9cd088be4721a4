"""graphql-transport-ws, message by message, without a network."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.closing import CloseCode
from subscriptions.messages import SubscribePayload
from subscriptions.protocol import (
    Authenticate,
    Begin,
    Cancel,
    Close,
    Protocol,
    Send,
    State,
    complete_text,
    error_text,
    next_opening,
)


def text(**message: Any) -> str:
    return orjson.dumps(message).decode()


def subscribe(operation_id: Any = "1", **payload: Any) -> str:
    return text(type="subscribe", id=operation_id, payload={"query": "{ a }"} | payload)


def only(actions: list[Any]) -> Any:
    """The one thing that is to be done."""
    [action] = actions
    return action


def waiting() -> Protocol:
    return Protocol()


def authenticating() -> Protocol:
    protocol = Protocol()
    protocol.receive(text(type="connection_init"))
    return protocol


def ready() -> Protocol:
    protocol = authenticating()
    protocol.acknowledge()
    return protocol


OPEN = [waiting, authenticating, ready]

MALFORMED = {
    "nothing": "",
    "no JSON": "{",
    "a byte order mark": "\ufeff{}",
    "a lone surrogate": '{"type":"ping","payload":{"a":"\\ud800"}}',
    "a lone surrogate, raw": '{"type":"\ud800"}',
    "an array": "[]",
    "an array of messages": '[{"type":"ping"}]',
    "null": "null",
    "a number": "1",
    "a string": '"ping"',
    "true": "true",
    "not a number": "NaN",
    "no type": "{}",
    "a null type": '{"type":null}',
    "a numeric type": '{"type":1}',
    "an array as type": '{"type":["ping"]}',
    "an unknown type": '{"type":"start"}',
    "the type in capitals": '{"type":"PING"}',
    "the server's next": '{"type":"next","id":"1","payload":{}}',
    "the server's error": '{"type":"error","id":"1","payload":[]}',
    "the server's ack": '{"type":"connection_ack"}',
    "a legacy message": '{"type":"connection_terminate"}',
    "deep arrays": "[" * 100_000,
    "deep objects, closed": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a deep payload": '{"type":"ping","payload":{"a":' + "[" * 100_000 + "]" * 100_000 + "}}",
    "a payload that can be read, not written": '{"type":"ping","payload":{"a":' + "[" * 900 + "]" * 900 + "}}",
    "an endless integer": '{"type":"ping","payload":{"a":' + "9" * 5_000 + "}}",
    "an integer of 65 bits": '{"type":"ping","payload":{"a":18446744073709551616}}',
    "a negative integer of 65 bits": '{"type":"ping","payload":{"a":-9223372036854775809}}',
    "an endless float": '{"type":"ping","payload":{"a":1e400}}',
    "a ping with an array": '{"type":"ping","payload":[]}',
    "a ping with a string": '{"type":"ping","payload":"a"}',
    "a pong with a number": '{"type":"pong","payload":1}',
    "an init with an array": '{"type":"connection_init","payload":[]}',
    "an init with a string": '{"type":"connection_init","payload":"token"}',
    "a complete without id": '{"type":"complete"}',
    "a complete with a numeric id": '{"type":"complete","id":1}',
    "a complete with an empty id": '{"type":"complete","id":""}',
    "a subscribe without id": '{"type":"subscribe","payload":{"query":"{ a }"}}',
    "a subscribe with a null id": subscribe(None),
    "a subscribe with a numeric id": subscribe(1),
    "a subscribe with an empty id": subscribe(""),
    "a subscribe with an object as id": subscribe({}),
    "a subscribe with an endless id": subscribe("x" * 256),
    "a subscribe without payload": '{"type":"subscribe","id":"1"}',
    "a subscribe with a null payload": '{"type":"subscribe","id":"1","payload":null}',
    "a subscribe with an array as payload": '{"type":"subscribe","id":"1","payload":[]}',
    "a subscribe with a string as payload": '{"type":"subscribe","id":"1","payload":"{ a }"}',
    "a subscribe without query": '{"type":"subscribe","id":"1","payload":{}}',
    "a null query": subscribe(query=None),
    "a numeric query": subscribe(query=1),
    "an object as query": subscribe(query={}),
    "an array as variables": subscribe(variables=[]),
    "a string as variables": subscribe(variables="{}"),
    "a number as variables": subscribe(variables=0),
    "false as variables": subscribe(variables=False),
    "an array as extensions": subscribe(extensions=[]),
    "a string as extensions": subscribe(extensions=""),
    "a numeric operation name": subscribe(operationName=1),
    "an object as operation name": subscribe(operationName={}),
}


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_message_closes_with_4400_and_a_reason(state: Any, message: str) -> None:
    protocol = state()
    close = only(protocol.receive(message))
    assert close.code == 4400
    assert 0 < len(close.reason.encode()) < 123
    assert protocol.state is State.CLOSED


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("frame", [b"", b'{"type":"ping"}', b"\xff\xfe"])
def test_binary_frames_close_with_4400(state: Any, frame: bytes) -> None:
    close = only(state().receive(frame))
    assert close.code == 4400


@pytest.mark.parametrize("init", ['{"type":"connection_init"}', '{"type":"connection_init","payload":null}'])
def test_an_init_without_payload_authenticates_with_nothing(init: str) -> None:
    assert waiting().receive(init) == [Authenticate({})]


def test_an_init_carries_its_payload() -> None:
    assert waiting().receive(text(type="connection_init", payload={"token": "t"})) == [Authenticate({"token": "t"})]


def test_who_is_let_in_gets_an_ack() -> None:
    protocol = authenticating()
    assert protocol.acknowledge() == [Send('{"type":"connection_ack"}')]
    assert protocol.state is State.READY


def test_who_is_not_let_in_is_closed_with_4403() -> None:
    assert authenticating().refuse() == [Close(CloseCode.FORBIDDEN, "Forbidden")]


def test_an_ack_that_comes_after_the_close_says_nothing() -> None:
    protocol = authenticating()
    protocol.receive("null")
    assert protocol.acknowledge() == []
    assert protocol.state is State.CLOSED


@pytest.mark.parametrize("state", [authenticating, ready])
def test_a_second_init_closes_with_4429(state: Any) -> None:
    close = only(state().receive(text(type="connection_init")))
    assert close == Close(CloseCode.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")


@pytest.mark.parametrize("state", [waiting, authenticating])
def test_a_subscribe_before_the_ack_closes_with_4401(state: Any) -> None:
    assert state().receive(subscribe()) == [Close(CloseCode.UNAUTHORIZED, "Unauthorized")]


def test_an_init_that_does_not_come_closes_with_4408() -> None:
    assert waiting().time_out() == [Close(CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout")]


@pytest.mark.parametrize("state", [authenticating, ready])
def test_an_init_that_came_does_not_time_out(state: Any) -> None:
    assert state().time_out() == []


@pytest.mark.parametrize("state", OPEN)
def test_a_ping_is_answered_at_any_time_with_its_payload(state: Any) -> None:
    pong = only(
        state().receive(text(type="ping", payload={"at": 1, "ł": [None, 1.5, 2**64 - 1, "12345678901234567890"]}))
    )
    expected = {"type": "pong", "payload": {"at": 1, "ł": [None, 1.5, 2**64 - 1, "12345678901234567890"]}}
    assert orjson.loads(pong.text) == expected


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("ping", ['{"type":"ping"}', '{"type":"ping","payload":null}'])
def test_a_ping_without_payload_is_answered_without_one(state: Any, ping: str) -> None:
    assert state().receive(ping) == [Send('{"type":"pong"}')]


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("pong", ['{"type":"pong"}', '{"type":"pong","payload":{"a":1}}'])
def test_a_pong_is_ignored(state: Any, pong: str) -> None:
    protocol = state()
    before = protocol.state
    assert protocol.receive(pong) == []
    assert protocol.state is before


def test_a_subscribe_begins_an_operation() -> None:
    message = subscribe(
        "a", query="query Q { a }", operationName="Q", variables={"n": 1}, extensions={"e": 2}, surplus=3
    )
    assert ready().receive(message) == [Begin("a", SubscribePayload("query Q { a }", "Q", {"n": 1}, {"e": 2}))]


def test_what_is_null_in_a_subscribe_is_left_out() -> None:
    message = subscribe(operationName=None, variables=None, extensions=None)
    assert ready().receive(message) == [Begin("1", SubscribePayload("{ a }", None, {}, {}))]


def test_a_live_id_again_closes_with_4409() -> None:
    protocol = ready()
    protocol.receive(subscribe("1"))
    assert protocol.receive(subscribe("1")) == [Close(CloseCode.SUBSCRIBER_EXISTS, "Subscriber for 1 already exists")]


def test_a_reason_is_cut_amid_no_character() -> None:
    protocol = ready()
    protocol.receive(subscribe("ł" * 255))
    close = only(protocol.receive(subscribe("ł" * 255)))
    assert len(close.reason.encode()) <= 123
    assert close.reason.endswith("ł")


def test_a_completed_id_may_be_used_again() -> None:
    protocol = ready()
    protocol.receive(subscribe("1"))
    assert protocol.receive(text(type="complete", id="1")) == [Cancel("1")]
    assert isinstance(protocol.receive(subscribe("1"))[0], Begin)


def test_an_id_that_the_server_finished_may_be_used_again() -> None:
    protocol = ready()
    protocol.receive(subscribe("1"))
    protocol.finished("1")
    assert protocol.receive(text(type="complete", id="1")) == []
    assert isinstance(protocol.receive(subscribe("1"))[0], Begin)


@pytest.mark.parametrize("state", OPEN)
def test_completing_an_unknown_id_is_ignored(state: Any) -> None:
    assert state().receive(text(type="complete", id="unknown")) == []


def test_too_many_operations_get_an_error_and_the_others_live() -> None:
    protocol = Protocol(most_operations=2)
    protocol.receive(text(type="connection_init"))
    protocol.acknowledge()
    protocol.receive(subscribe("1"))
    protocol.receive(subscribe("2"))
    refusal = only(protocol.receive(subscribe("3")))
    error = orjson.loads(refusal.text)
    assert (error["type"], error["id"]) == ("error", "3")
    assert error["payload"][0]["extensions"]["code"] == "TOO_MANY"
    assert protocol.receive(text(type="complete", id="1")) == [Cancel("1")]
    assert isinstance(protocol.receive(subscribe("3"))[0], Begin)


@pytest.mark.parametrize("message", ["x" * 101, "ł" * 51, "🙂" * 26, b"x" * 101])
def test_a_message_over_the_bound_closes_with_1009(message: str | bytes) -> None:
    assert Protocol(longest_message=100).receive(message) == [Close(CloseCode.MESSAGE_TOO_BIG, "Message too big")]


def test_a_message_at_the_bound_is_read() -> None:
    ping = text(type="ping", payload={"a": "łłłłł"})
    assert isinstance(Protocol(longest_message=len(ping.encode())).receive(ping)[0], Send)


@pytest.mark.parametrize("code", CloseCode)
def test_every_close_has_a_reason_that_fits_and_nothing_follows_it(code: CloseCode) -> None:
    protocol = ready()
    close = only(protocol.close(code))
    assert close.code == code
    assert len(close.reason.encode()) < 123
    for message in (subscribe(), text(type="ping"), "null", b""):
        assert protocol.receive(message) == []
    assert protocol.close(CloseCode.INTERNAL_ERROR) == []


@given(st.text(min_size=1))  # no surrogates: parsing refused them
def test_frames_are_json_whatever_the_id(operation_id: str) -> None:
    payload = {"data": {"a": "}"}}
    frame = next_opening(operation_id).text + orjson.dumps(payload).decode() + "}"
    assert orjson.loads(frame) == {"id": operation_id, "type": "next", "payload": payload}
    assert orjson.loads(complete_text(operation_id)) == {"id": operation_id, "type": "complete"}
    assert orjson.loads(error_text(operation_id, b"[]")) == {"id": operation_id, "type": "error", "payload": []}


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
types = st.sampled_from(
    ["connection_init", "connection_ack", "ping", "pong", "subscribe", "next", "error", "complete", "x"]
)
payloads = values | st.fixed_dictionaries(
    {},
    optional={"query": values | st.just("{ a }"), "variables": values, "operationName": values, "extensions": values},
)
almost_messages = st.fixed_dictionaries(
    {"type": types | values}, optional={"id": st.sampled_from(["1", "2"]) | values, "payload": payloads}
)


frames = st.one_of(st.text(), st.binary(), almost_messages.map(json.dumps), values.map(json.dumps))


@given(st.lists(st.one_of(frames, st.sampled_from(["acknowledge", "refuse", "time_out", "finished"])), max_size=12))
def test_no_frames_make_it_raise_and_after_a_close_nothing_follows(steps: list[str | bytes]) -> None:
    protocol = Protocol(longest_message=4_000, most_operations=3)
    actions: list[Any] = []
    for step in steps:
        match step:
            case "acknowledge":
                actions += protocol.acknowledge()
            case "refuse":
                actions += protocol.refuse()
            case "time_out":
                actions += protocol.time_out()
            case "finished":
                protocol.finished("1")
            case _:
                actions += protocol.receive(step)
    assert not any(isinstance(action, Close) for action in actions[:-1])
    for action in actions:
        match action:
            case Send(sent):
                assert orjson.loads(sent)["type"] in {"connection_ack", "pong", "error"}
            case Close(_, reason):
                assert len(reason.encode()) <= 123
                assert protocol.state is State.CLOSED
