"""Every rule that the migrations together have put on the database."""

from importlib import import_module
from pkgutil import iter_modules

import migrations
from models.constraining import Constrain, Release
from models.constraints import Check, Index, Reference, Rule


def declared() -> list[Rule]:
    rules: dict[str, Rule] = {}
    for name in sorted(module.name for module in iter_modules(migrations.__path__)):
        for operation in import_module(f"migrations.{name}").Migration.operations:
            if isinstance(operation, Constrain):
                changed = {rule.name: rule for rule in operation.rules}
                released = isinstance(operation, Release)
                rules = {key: rule for key, rule in rules.items() if key not in changed}
                rules |= {} if released else changed
    return list(rules.values())


RULES = declared()
CHECKS = [rule for rule in RULES if isinstance(rule, Check)]
REFERENCES = [rule for rule in RULES if isinstance(rule, Reference)]
INDEXES = [rule for rule in RULES if isinstance(rule, Index)]
# A unique index that has the key in it is only there for foreign keys to point at.
UNIQUES = [rule for rule in INDEXES if rule.unique and not rule.columns.endswith("id, id")]
