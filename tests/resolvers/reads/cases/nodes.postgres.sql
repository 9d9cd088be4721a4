SELECT CAST(t1.id AS text), t1.title, t2.name
FROM deals t1
LEFT JOIN stages t2 ON t2.id = t1.stage_id AND t2.account_id = $1
WHERE t1.id = ANY($2::uuid[]) AND t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($3::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $4));

SELECT CAST(t1.id AS text), t1.title, t1.is_seen
FROM leads t1
WHERE t1.id = $1 AND t1.removed_at IS NULL AND t1.account_id = $2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($3::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $4));
