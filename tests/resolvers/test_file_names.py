"""Names and kinds of files, whatever comes in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.downloads import byte_range, disposition
from app.requests import Refusal
from resolvers.file_names import LENGTH, clean
from resolvers.media_types import UNKNOWN, sniff

OFFICE = "application/vnd.openxmlformats-officedocument"
NAMES = st.text() | st.text("./\\ a\u202eż\0\r\n:%\"';", max_size=600) | st.text("🚀.", min_size=200, max_size=400)


@given(NAMES)
def test_a_cleaned_name_is_safe_whatever_it_was(name: str) -> None:
    cleaned = clean(name)
    assert cleaned == clean(cleaned) and 0 < len(cleaned.encode()) <= LENGTH
    assert not set(cleaned) & set('/\\<>:"|?*\0\r\n\u202e\u2066') and cleaned[0] != "."
    assert not {unicodedata.category(letter) for letter in cleaned} & {"Cc", "Cs"}
    for is_shown in (True, False):
        header = disposition(cleaned, is_shown=is_shown)
        assert header.isascii() and header.isprintable() and header.count('"') == 2


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("Oferta żółta.pdf", "Oferta żółta.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\umowa.docx", "umowa.docx"),
        ("\u202egpj.exe", "gpj.exe"),
        ("..", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x"),
        ("x" * 500 + ".pdf", "x" * 236 + ".pdf"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_names_are_cleaned(given_name: str, cleaned: str) -> None:
    assert clean(given_name) == cleaned


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"%PDF-1.7\n", "photo.png", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a.pdf", "image/png"),
        (b"<html><script>alert(1)</script>", "offer.pdf", "text/html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', "logo.png", "image/svg+xml"),
        (
            b"PK\x03\x04" + bytes(30),
            "a.docx",
            f"{OFFICE}.wordprocessingml.document",
        ),
        (b"PK\x03\x04" + bytes(30), "a.pdf", "application/zip"),
        ("zażółć".encode()[:-1], "a.html", "text/plain"),
        (b"\0\1\2\3", "a.pdf", UNKNOWN),
        (b"\xf0\xf1\xf2", "a.txt", UNKNOWN),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, name: str, kind: str) -> None:
    assert sniff(head, name) == kind


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60), st.sampled_from(["{0}-{1}", "{0}-", "-{1}"]))
def test_a_range_is_as_slicing_has_it(size: int, first: int, last: int, form: str) -> None:
    content, asked = bytes(range(size)), f"bytes={form.format(first, last)}"
    expected = {
        "{0}-{1}": content[first : last + 1] if first <= last else content,
        "{0}-": content[first:],
        "-{1}": content[-last:] if last else b"",
    }[form]
    if not expected:
        with pytest.raises(Refusal) as caught:
            byte_range(size, asked)
        assert (caught.value.status, caught.value.headers) == (416, {"content-range": f"bytes */{size}"})
    else:
        start, end = byte_range(size, asked)
        assert content[start:end] == expected
    for nonsense in ("", "bytes=", "bytes=-", "bytes=1-2,4-5", "items=1-2", "bytes=a-b", f"bytes={'9' * 40}-"):
        assert byte_range(size, nonsense) == (0, size)
