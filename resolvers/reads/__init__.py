"""How a question is answered: a selection becomes a plan, the plan becomes SQL, rows become JSON.

declare    what a schema field may be: a value, a relation, a list, a connection, totals
bind       the declarations of a built schema, by type and field
documents  source text to a parsed, limited and validated document
select     the part of a document below one field, merged, with its arguments
cursors    where a page ended
compile    a selection to the statements that answer it, and to what shapes their rows
run        a plan on one snapshot; references loaded together
"""
