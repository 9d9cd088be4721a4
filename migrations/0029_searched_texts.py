"""The texts that a search of leads and deals looks into, folded: those of notes, and the names of options."""

from collections.abc import Callable
from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from resolvers.notes import fold_body
from resolvers.opportunities import FOLDED_LENGTH
from resolvers.text import fold

BATCH = 500


async def fold_texts(apps: Any, editor: Any) -> None:
    """Fold the texts there are."""
    await _fold(editor, "notes", "body", "folded_body", fold_body)
    await _fold(editor, "custom_field_options", "name", "folded_name", lambda name: fold(name)[:FOLDED_LENGTH])


async def _fold(editor: Any, table: str, column: str, folded: str, folding: Callable[[str], str]) -> None:
    """Fold a column into another in batches, for notes may be long and many."""
    one, two = ("$1", "$2") if editor.DIALECT == "postgres" else ("?", "?")
    chosen = f"SELECT id, {column} AS text FROM {table}"
    update = f"UPDATE {table} SET {folded} = {one} WHERE id = {two}"
    rows = await editor.client.execute_query_dict(f"{chosen} ORDER BY id LIMIT {BATCH}", [])
    while rows:
        await editor.client.execute_many(update, [[folding(row["text"]), row["id"]] for row in rows])
        following = f"{chosen} WHERE id > {one} ORDER BY id LIMIT {BATCH}"
        rows = await editor.client.execute_query_dict(following, [rows[-1]["id"]])


class Migration(migrations.Migration):
    """Two columns, filled from those beside them."""

    dependencies = [("models", "0028_imports_of_sales")]
    operations = [
        ops.AddField("Note", "folded_body", fields.TextField(db_default="")),
        ops.AddField("CustomFieldOption", "folded_name", fields.CharField(max_length=512, db_default="")),
        ops.RunPython(fold_texts, ops.RunPython.noop),
    ]
