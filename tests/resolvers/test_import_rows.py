"""Rows read as leads: columns guessed, amounts and days as people write them, faults said."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from resolvers import import_columns, import_values
from resolvers.errors import ErrorCode, Refused
from resolvers.import_cells import BadRow, Layout
from resolvers.import_fields import ImportField
from resolvers.import_rows import LeadRow, read_row
from resolvers.spreadsheets import Row


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ("Tytuł|Osoba|E-mail|Telefon|Firma", "TITLE PERSON_NAME EMAIL PHONE ORGANIZATION"),
        ("Nazwa|Imię i nazwisko|Adres e-mail|Nr tel.|Nazwa firmy", "TITLE PERSON_NAME EMAIL PHONE ORGANIZATION"),
        ("Temat|Imię|Nazwisko|Organizacja|Adres", "TITLE FIRST_NAME LAST_NAME ORGANIZATION ADDRESS"),
        ("Wartość (PLN)|Waluta|Etykiety|Data zamknięcia", "VALUE CURRENCY LABELS EXPECTED_CLOSE_DATE"),
        ("Kwota netto|Tagi|Właściciel|Źródło|Notatka|Id zewnętrzny", "VALUE LABELS OWNER SOURCE NOTE EXTERNAL_ID"),
        ("TITLE|Contact person|Email Address|Mobile|Company name", "TITLE PERSON_NAME EMAIL PHONE ORGANIZATION"),
        (
            "First name|Last name|Website|Amount|Close date|Tags",
            "FIRST_NAME LAST_NAME DOMAIN VALUE EXPECTED_CLOSE_DATE LABELS",
        ),
        ("E-mail|E-mail (2)|Telefon|Telefon kom.", "EMAIL EMAIL PHONE PHONE"),
    ],
)
def test_columns_are_guessed_by_their_names(columns: str, fields: str) -> None:
    guessed = import_columns.guess(columns.split("|"))
    assert [field.value for field in guessed.values()] == fields.split()


def test_columns_that_say_nothing_known_and_second_ones_are_left_out() -> None:
    guessed = import_columns.guess(["Lp.", "Row", "Reason", "Osoba", "Kontakt", "Column 3", "Rozmiar buta"])
    assert guessed == {"Osoba": ImportField.PERSON_NAME}


@pytest.mark.parametrize(
    ("mapping", "code", "path"),
    [
        ({"Nie ma": "TITLE"}, ErrorCode.INVALID, ["mapping", "0", "column"]),
        ({"a": "SHOE_SIZE"}, ErrorCode.INVALID, ["mapping", "0", "field"]),
        ({"a": "VALUE", "b": "VALUE"}, ErrorCode.INVALID, ["mapping", "1", "field"]),
        ({"a": "TITLE"}, ErrorCode.LEAD_NEEDS_CONTACT, ["mapping"]),
        ({}, ErrorCode.LEAD_NEEDS_CONTACT, ["mapping"]),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: dict[str, str], code: ErrorCode, path: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        import_columns.check(["a", "b"], mapping)
    assert [(error.code, error.path) for error in caught.value.errors] == [(code, path)]


def test_a_mapping_is_taken_as_people_write_fields() -> None:
    assert import_columns.check(["a", "b"], {"a": "person-name", "b": "externalId"}) == {
        "a": ImportField.PERSON_NAME,
        "b": ImportField.EXTERNAL_ID,
    }


@pytest.mark.parametrize(
    ("written", "number", "currency"),
    [
        ("12 345,67 zł", "12345.67", "PLN"),
        ("12\u00a0345,67\u00a0zł", "12345.67", "PLN"),
        ("12\u202f345,67", "12345.67", None),
        ("12345", "12345", None),
        ("1.234,50", "1234.50", None),
        ("1,234.50", "1234.50", None),
        ("1.234.567,8", "1234567.8", None),
        ("1,234,567", "1234567", None),
        ("1'234.50", "1234.50", None),
        ("0,125", "0.125", None),
        ("12345.678", "12345.678", None),
        ("100,-", "100", None),
        ("100,- zł", "100", "PLN"),
        ("PLN 99", "99", "PLN"),
        ("€12.5", "12.5", "EUR"),
        ("5 kč", "5", "CZK"),
        ("-5", "-5", None),
    ],
)
def test_an_amount_is_read_as_spreadsheets_write_it(written: str, number: str, currency: str | None) -> None:
    assert import_values.amount(written) == (Decimal(number), currency)


@pytest.mark.parametrize(
    "written", ["", "dużo", "1,234", "1.234", "1.2.3", "12,34,567", "1.234,5.6", "--5", "5 szt", "٣", "1e5", "∞", ","]
)
def test_an_amount_that_is_none_or_two_at_once_is_refused(written: str) -> None:
    with pytest.raises(Refused):
        import_values.amount(written)


@examples(st.integers(0, 10**12), st.integers(0, 99), st.sampled_from(["\u00a0", " ", "\u202f"]))
def test_every_amount_as_polish_spreadsheets_write_it_is_read_exactly(whole: int, grosze: int, space: str) -> None:
    written = f"{whole:,}".replace(",", space) + f",{grosze:02} zł"
    assert import_values.amount(written) == (Decimal(f"{whole}.{grosze:02}"), "PLN")


@examples(st.text("0123456789.,- złPLN€'", max_size=12))
def test_no_text_is_an_amount_by_accident_or_an_error_of_ours(written: str) -> None:
    try:
        number, _ = import_values.amount(written)
    except Refused:
        return
    digits = [letter for letter in written if letter.isdigit()]
    assert "".join(digits).lstrip("0").rstrip("0") == str(number).replace(".", "").lstrip("-0").rstrip("0")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-12-31T08:00:00", date(2026, 12, 31)),
        ("31.12.2026", date(2026, 12, 31)),
        ("1.2.2026 r.", date(2026, 2, 1)),
        ("01-02-2026", date(2026, 2, 1)),
        ("12/31/2026", date(2026, 12, 31)),
        ("31/12/2026", date(2026, 12, 31)),
        ("4/4/2026", date(2026, 4, 4)),
    ],
)
def test_a_day_is_read_as_people_write_it(written: str, day: date) -> None:
    assert import_values.day(written) == day


@pytest.mark.parametrize("written", ["", "03/04/2026", "31.02.2026", "2026-13-01", "1.2.26", "jutro", "13/13/2026"])
def test_a_day_that_is_none_or_two_at_once_is_refused(written: str) -> None:
    with pytest.raises(Refused):
        import_values.day(written)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Hot, Cold", ["Hot", "Cold"]),
        ("Hot;Cold|Hot,,", ["Hot", "Cold"]),
        ('"Hot, warm", Cold', ["Hot, warm", "Cold"]),
        ('"a ""b"""\nc', ['a "b"', "c"]),
        ('5" pipe, 6" pipe', ['5" pipe', '6" pipe']),
        ('"Hot, Cold', ['"Hot', "Cold"]),
        ('"Hot"x, Cold', ['"Hot"x', "Cold"]),
        (' , "" , \n', []),
    ],
)
def test_a_cell_lists_names_that_are_quoted_where_they_have_a_separator(cell: str, names: list[str]) -> None:
    assert import_values.parts(cell) == names


@examples(
    st.lists(st.text("ab \"';,|=ł", min_size=1).map(str.strip).filter(bool), unique=True),
    st.sampled_from(["\n", ", ", ";"]),
)
def test_names_that_are_quoted_as_needed_are_read_as_they_were(names: list[str], between: str) -> None:
    assert import_values.parts(between.join(map(import_values.quoted, names))) == names


def lead(said: dict[str, str], currency: str = "PLN") -> LeadRow:
    """The lead of a row whose columns are named by their fields."""
    mapping = {column: ImportField(column.split(" ")[0]) for column in said}
    return read_row(Row(2, list(said.values())), Layout.of(list(said), mapping, currency))


def test_a_row_is_read_with_everything_it_says() -> None:
    row = lead(
        {
            "TITLE": "Dostawa",
            "FIRST_NAME": "Jan",
            "LAST_NAME": "Łoś",
            "EMAIL": "jan@los.example; j@los.example",
            "PHONE": "600 100 200, 22 000 11 22",
            "ORGANIZATION": "Łoś S.A.",
            "DOMAIN": "https://www.los.example/o-nas",
            "VALUE": "1 200,50",
            "CURRENCY": "eur",
            "LABELS": "Targi, VIP;Targi",
            "EXPECTED_CLOSE_DATE": "31.12.2026",
            "OWNER": "Anna@Example.com",
            "SOURCE": "Targi Poznań",
            "NOTE": "Oddzwonić.",
        }
    )
    assert (row.title, row.person, row.emails) == ("Dostawa", "Jan Łoś", ["jan@los.example", "j@los.example"])
    assert row.phones == ["600 100 200", "22 000 11 22"]
    assert (row.organization, row.domain) == ("Łoś S.A.", "los.example")
    assert (row.value_minor, row.currency, row.labels) == (120050, "EUR", ["Targi", "VIP"])
    assert (row.expected_close_date, row.owner) == (date(2026, 12, 31), "anna@example.com")
    assert row.note == "Oddzwonić.\n\nSource: Targi Poznań"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"PERSON_NAME": "Jan Łoś", "ORGANIZATION": "Łoś S.A."}, "Łoś S.A. lead"),
        ({"PERSON_NAME": "Jan Łoś"}, "Jan Łoś lead"),
        ({"EMAIL": "jan@los.example"}, "jan@los.example lead"),
    ],
)
def test_a_lead_without_a_title_is_named_after_its_contact(said: dict[str, str], title: str) -> None:
    assert lead(said).title == title


@pytest.mark.parametrize(
    ("said", "currency"),
    [
        ({"PERSON_NAME": "Jan", "VALUE": "5 zł", "CURRENCY": ""}, "PLN"),
        ({"PERSON_NAME": "Jan", "VALUE (EUR)": "5"}, "EUR"),
        ({"PERSON_NAME": "Jan", "VALUE (EUR)": "5 USD"}, "USD"),
        ({"PERSON_NAME": "Jan", "VALUE": "5"}, "CZK"),
    ],
)
def test_the_currency_is_the_cells_then_the_columns_then_the_accounts(said: dict[str, str], currency: str) -> None:
    assert lead(said, "CZK").currency == currency


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"TITLE": "Bez nikogo"}, "needs a person or an organization"),
        ({"PERSON_NAME": "Jan", "EMAIL": "jan"}, "EMAIL: This is not an e-mail"),
        ({"PERSON_NAME": "Jan", "PHONE": "brak"}, "PHONE: This is not a phone"),
        ({"PERSON_NAME": "Jan", "DOMAIN": "brak"}, "DOMAIN: This is not a domain"),
        ({"PERSON_NAME": "Jan", "VALUE": "-5"}, "VALUE: An amount is a number of zero or more"),
        ({"PERSON_NAME": "Jan", "VALUE": "5,123"}, "VALUE: This may be 5123 or 5.123"),
        ({"PERSON_NAME": "Jan", "VALUE": "5 zł", "CURRENCY": "EUR"}, "VALUE: The amount is in PLN"),
        ({"PERSON_NAME": "Jan", "VALUE": "5", "CURRENCY": "XQQ"}, "VALUE: This is not an ISO 4217"),
        ({"PERSON_NAME": "Jan", "EXPECTED_CLOSE_DATE": "03/04/2026"}, "EXPECTED_CLOSE_DATE: This may be"),
        ({"PERSON_NAME": "Jan", "OWNER": "Anna"}, "OWNER: An owner is named by"),
        ({"PERSON_NAME": "J" * 256}, "PERSON_NAME: This is 256 characters"),
        ({"PERSON_NAME": "Jan", "TITLE": "a\x07b"}, "TITLE: Character 2 is a control character"),
        ({"PERSON_NAME": "Jan", "LABELS": "x" * 65}, "LABELS: This is 65 characters"),
    ],
)
def test_a_row_that_makes_no_lead_says_why(said: dict[str, str], reason: str) -> None:
    with pytest.raises(BadRow) as caught:
        lead(said)
    assert reason in str(caught.value)


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    with pytest.raises(BadRow) as caught:
        lead({"PERSON_NAME": "Jan", "EMAIL": "jan", "VALUE": "dużo"})
    assert "EMAIL: " in str(caught.value) and "VALUE: " in str(caught.value)


def test_the_same_said_otherwise_is_the_same_lead() -> None:
    one = lead({"PERSON_NAME": "Jan  Łoś", "VALUE": "1 200,50 zł", "EXPECTED_CLOSE_DATE": "31.12.2026"})
    other = lead({"PERSON_NAME": "Jan Łoś ", "VALUE": "1200.50", "EXPECTED_CLOSE_DATE": "2026-12-31"})
    assert one.key == other.key
    assert one.key != lead({"PERSON_NAME": "Jan Łoś", "VALUE": "1200.51", "EXPECTED_CLOSE_DATE": "2026-12-31"}).key


def test_an_external_id_is_the_identity_whatever_else_is_said() -> None:
    one = lead({"PERSON_NAME": "Jan", "EXTERNAL_ID": "7"})
    assert one.key == lead({"PERSON_NAME": "Ewa", "EXTERNAL_ID": "7"}).key
    assert one.key != lead({"PERSON_NAME": "Jan", "EXTERNAL_ID": "8"}).key
    assert one.key != lead({"PERSON_NAME": "Jan", "EXTERNAL_ID": ""}).key


def test_the_title_made_up_is_not_told_from_one_written_alike() -> None:
    assert lead({"PERSON_NAME": "Jan"}).key == lead({"PERSON_NAME": "Jan", "TITLE": "Jan lead"}).key
