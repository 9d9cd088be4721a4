SELECT CAST(t1.id AS text), t1.title, t2.subject, t2.due_at, t3.name
FROM deals t1
LEFT JOIN activities t2 ON t2.id = t1.next_activity_id AND COALESCE((SELECT 1 FROM leads pl WHERE pl.id = t2.lead_id AND pl.removed_at IS NULL AND pl.account_id = $1 AND ((pl.visibility = 'EVERYONE') OR (pl.visibility = 'TEAM' AND pl.owner_id = ANY($2::uuid[])) OR (pl.visibility = 'OWNER' AND pl.owner_id = $3))), (SELECT 1 FROM deals pd WHERE pd.id = t2.deal_id AND pd.removed_at IS NULL AND pd.account_id = $1 AND ((pd.visibility = 'EVERYONE') OR (pd.visibility = 'TEAM' AND pd.owner_id = ANY($2::uuid[])) OR (pd.visibility = 'OWNER' AND pd.owner_id = $3)))) = 1
LEFT JOIN users t3 ON t3.id = t2.assignee_id AND t3.account_id = $1
WHERE t1.id = $4 AND t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3));

SELECT t1.body, t2.name, CAST(t1.id AS text)
FROM notes t1
LEFT JOIN users t2 ON t2.id = t1.author_id AND t2.account_id = $1
WHERE t1.deal_id = $2 AND t1.account_id = $1
ORDER BY t1.created_at DESC, t1.id DESC
LIMIT 21;

SELECT t1.subject, t1.type, t1.due_at
FROM activities t1
WHERE t1.deal_id = $1 AND t1.account_id = $2 AND t1.done_at IS NULL
ORDER BY t1.due_at IS NULL, t1.due_at, t1.created_at, t1.id
LIMIT 21;

SELECT CAST(t1.deal_id AS text), count(*)
FROM activities t1
WHERE t1.deal_id = ANY($1::uuid[]) AND t1.account_id = $2 AND t1.done_at IS NULL
GROUP BY t1.deal_id;

SELECT t1.body, t2.name, CAST(t1.note_id AS text)
FROM comments t1
LEFT JOIN users t2 ON t2.id = t1.author_id AND t2.account_id = $1
WHERE t1.note_id = ANY($2::uuid[]) AND t1.account_id = $1
ORDER BY t1.created_at, t1.id;
