"""The kinds of imports, in a module of their own so that the command line can name them without a database."""

from enum import StrEnum


class ImportKind(StrEnum):
    """What the rows of a file become."""

    LEADS = "LEADS"
    DEALS = "DEALS"
    PEOPLE = "PEOPLE"
    ORGANIZATIONS = "ORGANIZATIONS"
    PRODUCTS = "PRODUCTS"
    LINES = "LINES"
    DISCOUNTS = "DISCOUNTS"
    INSTALLMENTS = "INSTALLMENTS"
    NOTES = "NOTES"
    ACTIVITIES = "ACTIVITIES"
