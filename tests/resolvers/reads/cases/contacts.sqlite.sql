SELECT t1.name, t2.name, t2.id, t1.id, t1.folded_name
FROM people t1
LEFT JOIN organizations t2 ON t2.id = t1.organization_id AND t2.removed_at IS NULL AND t2.account_id = ?1 AND ((t2.visibility = 'EVERYONE') OR (t2.visibility = 'TEAM' AND t2.owner_id IN (SELECT value FROM json_each(?2))) OR (t2.visibility = 'OWNER' AND t2.owner_id = ?3))
WHERE t1.removed_at IS NULL AND t1.account_id = ?1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?2))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?3)) AND t1.folded_name LIKE ?4 ESCAPE '\'
ORDER BY t1.folded_name, t1.id
LIMIT 2;

SELECT t1.name
FROM people t1
WHERE t1.organization_id = ?1 AND t1.removed_at IS NULL AND t1.account_id = ?2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4))
ORDER BY t1.folded_name, t1.id
LIMIT 51;
