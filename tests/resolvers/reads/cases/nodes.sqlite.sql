SELECT t1.id, t1.title, t2.name
FROM deals t1
LEFT JOIN stages t2 ON t2.id = t1.stage_id AND t2.account_id = ?1
WHERE t1.id IN (SELECT value FROM json_each(?2)) AND t1.removed_at IS NULL AND t1.account_id = ?1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4));

SELECT t1.id, t1.title, t1.is_seen
FROM leads t1
WHERE t1.id = ?1 AND t1.removed_at IS NULL AND t1.account_id = ?2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4));
