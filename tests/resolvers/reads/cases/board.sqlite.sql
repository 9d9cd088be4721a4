SELECT t1.id, t1.name, (SELECT c.revision
    FROM accounts c
    WHERE c.id = t1.account_id)
FROM pipelines t1
WHERE t1.id = ?1 AND t1.account_id = ?2;

SELECT t1.id, t1.name, t1.pipeline_id
FROM stages t1
WHERE t1.pipeline_id IN (SELECT value FROM json_each(?1)) AND t1.account_id = ?2
ORDER BY t1.position, t1.id;

SELECT t1.stage_id, t1.currency, count(*), sum(t1.value_minor), sum(t1.value_minor * COALESCE(t1.probability, t2.probability))
FROM deals t1
JOIN stages t2 ON t2.id = t1.stage_id
WHERE t1.stage_id IN (SELECT value FROM json_each(?1)) AND t1.status = 'OPEN' AND t1.removed_at IS NULL AND t1.account_id = ?2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4))
GROUP BY t1.stage_id, t1.currency
ORDER BY t1.currency;

SELECT t1.id, t1.stage_entered_at, t1.title, t1.value_minor, t1.currency, t2.name, t1.stage_id
FROM json_each(?4) AS parents
CROSS JOIN deals t1 ON t1.rowid IN (SELECT t1.rowid
    FROM deals t1
    WHERE t1.stage_id = parents.value AND t1.removed_at IS NULL AND t1.account_id = ?1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?2))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?3)) AND t1.status = ?5
    ORDER BY t1.stage_entered_at DESC, t1.id DESC
    LIMIT 3)
LEFT JOIN people t2 ON t2.id = t1.person_id AND t2.removed_at IS NULL AND t2.account_id = ?1 AND ((t2.visibility = 'EVERYONE') OR (t2.visibility = 'TEAM' AND t2.owner_id IN (SELECT value FROM json_each(?2))) OR (t2.visibility = 'OWNER' AND t2.owner_id = ?3))
ORDER BY t1.stage_entered_at DESC, t1.id DESC;

SELECT t1.stage_id, count(*)
FROM deals t1
WHERE t1.stage_id IN (SELECT value FROM json_each(?1)) AND t1.removed_at IS NULL AND t1.account_id = ?2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4)) AND t1.status = ?5
GROUP BY t1.stage_id;

SELECT t1.name, t1.color, t2.deal_id
FROM labels t1
JOIN deal_labels t2 ON t2.label_id = t1.id
WHERE t2.deal_id IN (SELECT value FROM json_each(?1)) AND t1.account_id = ?2
ORDER BY t1.name, t1.id;
