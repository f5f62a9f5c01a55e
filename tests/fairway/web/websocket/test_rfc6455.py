"""RFC 6455, case by case, on a real server: what the client's raw bytes bring about. Each test names its section."""

import json
import struct

import pytest

from fairway.web.websocket.message_reader import MAX_FRAGMENTS, MAX_MESSAGE_BYTES
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

ASKED = b'{"type": "get_fleet_summary"}'


@pytest.fixture(scope="module", params=["werkzeug", "gunicorn"])
def server(start_server, request):
    return start_server("--fleet-size", "50", vessels=50, under=request.param)


@pytest.fixture
def client(server, raw):
    """A client that has been greeted."""
    built = raw(server.port)
    assert built.handshake().startswith("HTTP/1.1 101 ")
    assert built.message("connection_established")
    return built


def echo(text: str) -> bytes:
    """A request whose answer repeats `text`."""
    return json.dumps({"type": "subscribe", "subscription_type": text}, ensure_ascii=False).encode()


def still_talks(client) -> bool:
    client.send(frame(TEXT, ASKED))
    return bool(client.message("fleet_summary"))


# 4: opening handshake


def test_4_2_2_accept_is_the_hash_of_the_key(server, raw):
    """The sample of section 1.3; no extension and no subprotocol that was not asked for."""
    head = raw(server.port).handshake().lower()
    assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    assert "extensions" not in head
    assert "protocol:" not in head


@pytest.mark.parametrize(
    ("section", "status", "changes"),
    [
        ("4.2.1 an HTTP/1.1 GET", 400, {"method": "POST"}),
        ("4.2.1 upgrade", 426, {"upgrade": None}),
        ("4.2.1 upgrade to websocket", 426, {"upgrade": "h2c"}),
        ("4.2.1 connection", 426, {"connection": None}),
        ("4.2.1 connection: upgrade", 426, {"connection": "keep-alive"}),
        ("4.2.1 key", 400, {"sec_websocket_key": None}),
        ("4.2.1 key of 16 bytes", 400, {"sec_websocket_key": "c2hvcnQ="}),
        ("4.2.1 key in base64", 400, {"sec_websocket_key": "***"}),
        ("4.4 version 13", 426, {"sec_websocket_version": "8"}),
        ("4.4 a version", 426, {"sec_websocket_version": None}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_4_2_1_malformed_handshake(server, raw, section, status, changes):
    """Answered with 400, or 426 where an upgrade is what lacks, and the version that we know (4.4)."""
    head = raw(server.port).handshake(**changes)
    assert head.startswith(f"HTTP/1.1 {status} "), section
    assert "sec-websocket-version: 13" in head.lower()


@pytest.mark.parametrize("changes", [{"upgrade": "WebSocket"}, {"connection": "keep-alive, upgrade"}])
def test_4_2_1_tokens_have_no_case(server, raw, changes):
    """As browsers send them."""
    assert raw(server.port).handshake(**changes).startswith("HTTP/1.1 101 ")


def test_4_2_2_unknown_extensions_and_subprotocols_are_declined(server, raw):
    """An offer that is not taken is no error."""
    client = raw(server.port)
    offers = {"sec_websocket_extensions": "permessage-deflate; client_max_window_bits, x-other"}
    head = client.handshake(**offers, sec_websocket_protocol="soap, wamp").lower()
    assert head.startswith("http/1.1 101 ")
    assert "extensions" not in head
    assert "sec-websocket-protocol" not in head
    assert client.message("connection_established")


# 5.1 and 5.3: masking


def test_5_1_an_unmasked_frame(client):
    """A server closes with 1002."""
    client.send(frame(TEXT, ASKED, mask=None))
    assert client.closed() == 1002


def test_5_1_the_server_does_not_mask(client):
    """No frame of ours has the mask bit: `Raw.frame` would read a length of over 127."""
    client.send(frame(TEXT, ASKED))
    assert client.frame()[0] == 0x81


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x01\x80\x7f\xfe"])
def test_5_3_every_key_unmasks(client, mask):
    """Including the one that changes nothing."""
    client.send(frame(TEXT, ASKED, mask=mask))
    assert client.message("fleet_summary")


def test_5_3_a_wrong_mask_is_other_text(client):
    """What unmasks to no UTF-8 closes with 1007; the mask itself is not checked by anything."""
    good = frame(TEXT, b"\x7f" * 8, mask=b"\0\0\0\0")
    client.send(good.replace(b"\0\0\0\0", b"\x80\x80\x80\x80"))
    assert client.closed() == 1007


# 5.2: base framing


@pytest.mark.parametrize("rsv", [1, 2, 4, 7])
@pytest.mark.parametrize("opcode", [TEXT, PING])
def test_5_2_reserved_bits(client, rsv, opcode):
    """Without a negotiated extension they close with 1002."""
    client.send(frame(opcode, b"", rsv=rsv))
    assert client.closed() == 1002


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_5_2_reserved_opcodes(client, opcode):
    """Unknown opcodes close with 1002."""
    client.send(frame(opcode, b""))
    assert client.closed() == 1002


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536])
def test_5_2_lengths(client, length):
    """All three forms of the length are read; the answer is an error about the content, not a close."""
    client.send(frame(TEXT, b"x" * length))
    assert client.message("error")["code"] == "bad_json"
    assert still_talks(client)


@pytest.mark.parametrize(
    "head",
    [struct.pack("!BBH", 0x81, 0x80 | 126, 125), struct.pack("!BBQ", 0x81, 0x80 | 127, 65535)],
    ids=["16 bits", "64 bits"],
)
def test_5_2_the_length_is_in_its_shortest_form(client, head):
    """A longer form than needed closes with 1002."""
    client.send(head + b"mask")
    assert client.closed() == 1002


def test_5_2_the_most_significant_bit_of_a_length(client):
    """It must be 0: 1002."""
    client.send(struct.pack("!BBQ", 0x81, 0x80 | 127, 1 << 63) + b"mask")
    assert client.closed() == 1002


def test_5_2_our_lengths_are_in_their_shortest_form(client):
    """7 and 16 bits, as the messages are long, read back from the wire; 64 bits have a test of `header`."""
    client.send(frame(PING, b"x"), frame(TEXT, ASKED))
    assert client.sock.recv(3)[:2] == b"\x8a\x01"
    head = client.sock.recv(4)
    assert head[:2] == b"\x81\x7e"
    assert struct.unpack("!H", head[2:])[0] > 125


# 5.4: fragmentation


def test_5_4_fragments(client):
    """In one packet or byte by byte, with empty ones between: one message."""
    pieces = [ASKED[:3], b"", ASKED[3:4], ASKED[4:]]
    opcodes = [TEXT, CONTINUATION, CONTINUATION, CONTINUATION]
    frames = [frame(code, piece, fin=piece is pieces[-1]) for code, piece in zip(opcodes, pieces, strict=True)]
    client.send(*frames)
    assert client.message("fleet_summary")
    for byte in b"".join(frames):
        client.send(bytes([byte]))
    assert client.message("fleet_summary")


def test_5_4_control_frames_between_fragments(client):
    """They are answered at once, and do not end the message."""
    client.send(frame(TEXT, ASKED[:9], fin=False), frame(PING, b"between"))
    assert client.frame() == (0x8A, b"between")
    client.send(frame(PONG, b"unasked"), frame(CONTINUATION, ASKED[9:]))
    assert client.message("fleet_summary")


def test_5_4_a_continuation_of_nothing(client):
    """1002."""
    client.send(frame(CONTINUATION, ASKED))
    assert client.closed() == 1002


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_5_4_a_message_within_a_message(client, opcode):
    """Fragments of messages are not interleaved: 1002."""
    client.send(frame(TEXT, b"{", fin=False), frame(opcode, b"}"))
    assert client.closed() == 1002


def test_5_4_a_close_between_fragments(client):
    """It ends the connection; the rest of the message is not waited for."""
    client.send(frame(TEXT, b"{", fin=False), frame(CLOSE, struct.pack("!H", 1000)))
    assert client.closed() == 1000


# 5.5: control frames


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_5_5_control_frames_are_not_fragmented(client, opcode):
    """1002."""
    client.send(frame(opcode, b"", fin=False))
    assert client.closed() == 1002


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_5_5_control_frames_have_at_most_125_bytes(client, opcode):
    """1002 for 126."""
    client.send(frame(opcode, struct.pack("!H", 1000) + b"x" * 124))
    assert client.closed() == 1002


@pytest.mark.parametrize("payload", [b"", b"\x00\xff\xfe", b"x" * 125])
def test_5_5_2_a_ping_is_answered_with_its_payload(client, payload):
    """Whatever bytes it has."""
    client.send(frame(PING, payload))
    assert client.frame() == (0x8A, payload)


def test_5_5_3_pings_are_answered_in_order(client):
    """Each of ten that come in one packet."""
    client.send(*(frame(PING, bytes([number])) for number in range(10)))
    assert [client.frame() for _ in range(10)] == [(0x8A, bytes([number])) for number in range(10)]


def test_5_5_3_an_unsolicited_pong(client):
    """It is not answered and changes nothing."""
    client.send(frame(PONG, b"unasked"))
    assert still_talks(client)


# 5.5.1 and 7: closing


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_7_4_valid_codes_are_echoed(client, code):
    """The server answers with the code that it got, then ends the stream."""
    client.send(frame(CLOSE, struct.pack("!H", code) + "ende für heute".encode()))
    assert client.closed() == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_7_4_invalid_codes(client, code):
    """Reserved codes, and those that may not be sent, close with 1002."""
    client.send(frame(CLOSE, struct.pack("!H", code)))
    assert client.closed() == 1002


def test_7_1_5_a_close_without_a_code(client):
    """It is answered by one without a code."""
    client.send(frame(CLOSE))
    assert client.closed() == 1005


def test_5_5_1_half_a_code(client):
    """A close frame of one byte: 1002."""
    client.send(frame(CLOSE, b"\x03"))
    assert client.closed() == 1002


def test_5_5_1_a_reason_that_is_no_text(client):
    """1007."""
    client.send(frame(CLOSE, struct.pack("!H", 1000) + b"\xff"))
    assert client.closed() == 1007


def test_5_5_1_nothing_after_a_close(client):
    """What the client sends after its close frame is not answered."""
    client.send(frame(CLOSE, struct.pack("!H", 1000)), frame(TEXT, ASKED), frame(PING))
    assert client.closed() == 1000


def test_7_1_1_the_server_ends_the_stream(client):
    """After both close frames it does not wait for the client to hang up."""
    client.send(frame(CLOSE, struct.pack("!H", 1000)))
    assert client.closed() == 1000


# 8.1: UTF-8


@pytest.mark.parametrize("text", ["ä", "€uro", "漢字", "\U0001f6a2", "a\u0000b"])
def test_8_1_text_is_utf_8(client, text):
    """Of one to four bytes."""
    client.send(frame(TEXT, echo(text)))
    assert repr(text)[1:-1] in client.message("error")["message"]


def test_8_1_a_character_split_across_fragments(client):
    """Between any two of a ship's four bytes, with a ping between them."""
    whole = echo("\U0001f6a2")
    begin = whole.index("\U0001f6a2".encode())
    for place in range(begin + 1, begin + 4):
        client.send(frame(TEXT, whole[:place], fin=False), frame(PING), frame(CONTINUATION, whole[place:]))
        assert "\U0001f6a2" in client.message("error")["message"]


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff",
        b"\xc3",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"a\x80",
    ],
    ids=lambda payload: payload.hex(),
)
def test_8_1_invalid_utf_8(client, payload):
    """Stray, cut off, overlong, surrogate, out of range: 1007."""
    client.send(frame(TEXT, payload))
    assert client.closed() == 1007


def test_8_1_invalid_utf_8_is_not_waited_out(client):
    """A fragment that cannot become UTF-8 any more closes before the message ends."""
    client.send(frame(TEXT, b"ab\xff", fin=False))
    assert client.closed() == 1007


def test_8_1_binary_is_not_text(client):
    """A binary message may hold anything; here it is answered with an error."""
    client.send(frame(BINARY, b"\xff\x00"))
    assert "binary" in client.message("error")["message"]
    assert still_talks(client)


# 10.4: limits of an implementation


def test_10_4_a_message_of_64_kib_and_one_more(client):
    """64 KiB are read; one byte more closes with 1009."""
    client.send(frame(TEXT, b"x" * MAX_MESSAGE_BYTES))
    assert client.message("error")["code"] == "bad_json"
    client.send(frame(TEXT, b"x" * (MAX_MESSAGE_BYTES + 1)))
    assert client.closed() == 1009


def test_10_4_fragments_add_up(client):
    """The limit holds for the message, however it is cut."""
    client.send(frame(TEXT, b"x" * 60_000, fin=False), frame(CONTINUATION, b"x" * 6_000, fin=False))
    assert client.closed() == 1009


def test_10_4_endless_fragments(client):
    """Empty ones are counted: 1008."""
    client.send(frame(TEXT, b"", fin=False), frame(CONTINUATION, b"", fin=False) * (MAX_FRAGMENTS + 1))
    assert client.closed() == 1008


def test_10_4_requests_that_come_too_fast(client):
    """The burst is answered, then one is refused and told when to come again."""
    client.send(frame(TEXT, ASKED) * 60)
    refused = client.message("error")
    assert refused["code"] == "rate_limited"
    assert 0 < refused["retry_after_ms"] <= 50
    assert client.message("fleet_summary")
