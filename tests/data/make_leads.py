"""Makes the files of leads that tests import: `python -m tests.data.make_leads`. All in them is invented.

`leads-windows-1250.csv` is what a Polish spreadsheet saves: Windows-1250, semicolons, amounts such as
`12 345,67 zł` with hard spaces. It has LEADS different leads, of which some share people and
companies; REPEATED of its rows stand there twice, and BAD of them make no lead.
"""

import csv
import io
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl

FOLDER = Path(__file__).parent
CSV = FOLDER / "leads-windows-1250.csv"
XLSX = FOLDER / "leads.xlsx"
LEADS, REPEATED = 500, 7
HEADER = [
    "Tytuł",
    "Osoba",
    "E-mail",
    "Telefon",
    "Firma",
    "Strona www",
    "Wartość",
    "Etykiety",
    "Data zamknięcia",
    "Źródło",
    "Uwagi",
]

FIRST = {
    "f": ["Agnieszka", "Małgorzata", "Elżbieta", "Łucja", "Żaneta", "Świętosława", "Katarzyna", "Józefina", "Zofia"],
    "m": ["Łukasz", "Paweł", "Michał", "Stanisław", "Grzegorz", "Mścisław", "Józef", "Wojciech", "Świętopełk"],
}
LAST = {
    "f": ["Wiśniewska", "Dąbrowska", "Żurawska", "Śliwińska", "Gołębiowska", "Krąg", "Źrebiec", "Mączyńska", "Łoś"],
    "m": ["Wiśniewski", "Dąbrowski", "Żurawski", "Śliwiński", "Gołębiowski", "Krąg", "Źrebiec", "Mączyński", "Łoś"],
}
TRADE = ["Stolarnia", "Cegielnia", "Młyn", "Drukarnia", "Piekarnia", "Tartak", "Odlewnia", "Spedycja", "Chłodnia"]
NAME = ["Pod Dębem", "Żuraw", "Świt", "Źródło", "Łabędź", "Jaźń", "Gęśl", "Mgławica", "Ćma", "Kłos", "Śnieżka"]
FORM = ["sp. z o.o.", "S.A.", "s.c.", "sp.j.", "Sp. z o.o. sp.k.", "P.S.A."]
WANT = [
    "Modernizacja linii",
    "Dostawa części",
    "Umowa serwisowa",
    "Szkolenie załogi",
    "Wymiana oświetlenia",
    "System magazynowy",
    "Audyt energetyczny",
    "Flota aut dostawczych",
]
LABELS = ["Gorący", "Zimny", "Targi", "Polecenie", "Duży klient"]
SOURCES = ["Targi Poznań", "Strona", "Polecenie", "Telefon", "LinkedIn"]
NOTES = ["", "", "", "Oddzwonić po 15.", "Prosi o ofertę w EUR;\ndecyduje zarząd.", 'Mówi o sobie "człowiek-młyn".']
PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ ", "acelnoszzACELNOSZZ-")

BAD = [
    ["Bez kontaktu", "", "", "", "", "", "1 000,00 zł", "", "", "", ""],
    ["Zły e-mail", "Jan Próżny", "jan(at)prozny", "", "", "", "", "", "", "", ""],
    ["Zła kwota", "Ewa Pusta", "ewa@pusta.example", "", "", "", "dużo", "", "", "", ""],
    ["Zły dzień", "Ewa Pusta", "ewa@pusta.example", "", "", "", "", "", "31.02.2027", "", ""],
]
# As a hand-made export writes it: quotes inside a cell, not doubled.
BADLY_QUOTED = '"Zapytanie "pilne"";Jan Próżny;jan@prozny.example;;;;;;;;'


def people_and_companies(dice: random.Random) -> list[list[str]]:
    """Name, e-mail, phone, company and website of those who are asked; fewer than there are leads."""
    asked = []
    for number in range(320):
        sex = dice.choice("fm")
        name = f"{dice.choice(FIRST[sex])} {dice.choice(LAST[sex])}"
        bare = f"{dice.choice(TRADE)} {dice.choice(NAME)}"
        host = f"{bare.translate(PLAIN).lower()}.example"
        email = (
            f"{name.translate(PLAIN).lower().replace('-', '.')}.{number}@{dice.choice([host, 'wp.pl', 'gmail.com'])}"
        )
        phone = dice.choice(["+48 {} 000 {:03}", "{} 000 {:03}", "({}) 000-{:03}"]).format(500 + number, number)
        asked.append([name, email, phone, f"{bare} {dice.choice(FORM)}", dice.choice(["", f"https://www.{host}"])])
    return asked


def amount(dice: random.Random) -> str:
    """An amount as a spreadsheet in Polish writes it, in złoty or euro, or nothing."""
    grosze = dice.choice([0, 0, 50, 99, 67])
    whole = f"{dice.randrange(900, 400_000):,}".replace(",", "\u00a0")
    return dice.choice([f"{whole},{grosze:02}\u00a0zł", f"{whole},{grosze:02}", f"{whole} EUR", ""])


def rows() -> list[list[str]]:
    """The rows of the CSV file that make a lead each, all different."""
    dice = random.Random(1250)
    asked = people_and_companies(dice)
    made = []
    for number in range(LEADS):
        name, email, phone, company, site = dice.choice(asked)
        only_company = number % 25 == 0
        name, email, phone = ("", "", "") if only_company else (name, email, dice.choice([phone, ""]))
        closes = date(2027, 1, 1) + timedelta(days=dice.randrange(300))
        labels = ", ".join(dice.sample(LABELS, dice.choice([0, 0, 1, 2])))
        made.append(
            [
                f"{dice.choice(WANT)} nr {number + 1}",
                name,
                email,
                phone,
                company,
                site,
                amount(dice),
                labels,
                dice.choice([f"{closes:%d.%m.%Y}", f"{closes}", ""]),
                dice.choice([*SOURCES, ""]),
                dice.choice(NOTES),
            ]
        )
    return made


def csv_text() -> str:
    """The text of the CSV file."""
    dice = random.Random(500)
    lines = rows()
    lines += [list(dice.choice(lines[:LEADS])) for _ in range(REPEATED)]
    lines[100:100] = BAD
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(lines[:300])
    out.write(BADLY_QUOTED + "\r\n")
    writer.writerows(lines[300:])
    return out.getvalue()


def write_xlsx(path: Path) -> None:
    """A small workbook with cells of several types, its table beginning below a blank row."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Leady"
    sheet.append([])
    sheet.append(["Title", "Person", "E-mail", "Phone", "Company", "Amount", "Currency", "Close date", "External id"])
    for number, name in enumerate(["Łucja Krąg", "Józef Łoś", "Zofia Śliwińska"], 1):
        sheet.append(
            [
                f"Pierwszy kontakt {number}",
                name,
                f"osoba{number}@tartak.example",
                500_000_100 + number,
                "Tartak Żuraw S.A.",
                1234.5 * number,
                "EUR",
                datetime(2027, 3, number),
                1000 + number,
            ]
        )
    sheet.append([])
    sheet.append(["Bez kontaktu", None, None, None, None, 10, None, None, 1004])
    book.save(path)


if __name__ == "__main__":
    CSV.write_bytes(csv_text().encode("cp1250"))
    write_xlsx(XLSX)
