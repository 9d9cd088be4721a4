SELECT CAST(t1.id AS text), t1.title, t1.status, COALESCE(t1.probability, (SELECT s.probability FROM stages s WHERE s.id = t1.stage_id)), t1.value_minor, t1.currency, t2.name, t3.name, t3.emails, t4.name
FROM deals t1
LEFT JOIN stages t2 ON t2.id = t1.stage_id AND t2.account_id = $1
LEFT JOIN people t3 ON t3.id = t1.person_id AND t3.removed_at IS NULL AND t3.account_id = $1 AND ((t3.visibility = 'EVERYONE') OR (t3.visibility = 'TEAM' AND t3.owner_id = ANY($2::uuid[])) OR (t3.visibility = 'OWNER' AND t3.owner_id = $3))
LEFT JOIN organizations t4 ON t4.id = t1.organization_id AND t4.removed_at IS NULL AND t4.account_id = $1 AND ((t4.visibility = 'EVERYONE') OR (t4.visibility = 'TEAM' AND t4.owner_id = ANY($2::uuid[])) OR (t4.visibility = 'OWNER' AND t4.owner_id = $3))
WHERE t1.id = $4 AND t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3));
