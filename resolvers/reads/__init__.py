"""How a question is answered: a selection becomes a plan, the plan becomes SQL, rows become JSON.

declare    what a schema field may be: a value, a relation, a list, a connection, totals
bind       the declarations of a built schema, by type and field
documents  source text to a parsed, limited and validated document
select     the part of a document below one field, merged; its arguments are taken for each request
late       what is not known when a plan is compiled: who asks, and which rows are above
sql        SQL text in the making
compile    a selection to the statements that answer it
shape      expressions over rows to the functions that make answers of them
lists, ordered, pages, roots   the plans: whole lists, connections, fields at the root
cursors    where a page ended
plans      compiled once, used again
run        a plan on one snapshot; references loaded together
"""
