SELECT CAST(t1.id AS text), t1.name, (SELECT c.revision
    FROM accounts c
    WHERE c.id = t1.account_id)
FROM pipelines t1
WHERE t1.id = $1 AND t1.account_id = $2;

SELECT CAST(t1.id AS text), t1.name, CAST(t1.pipeline_id AS text)
FROM stages t1
WHERE t1.pipeline_id = ANY($1::uuid[]) AND t1.account_id = $2
ORDER BY t1.position, t1.id;

SELECT CAST(parents.value AS text), sums.*
FROM unnest($4::uuid[]) AS parents(value)
CROSS JOIN LATERAL (SELECT t1.currency, count(*), sum(t1.value_minor), sum(t1.value_minor * COALESCE(t1.probability, t2.probability))
    FROM deals t1
    JOIN stages t2 ON t2.id = t1.stage_id
    WHERE t1.stage_id = parents.value AND t1.status = 'OPEN' AND t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3))
    GROUP BY t1.currency) sums
ORDER BY 2;

SELECT CAST(t1.id AS text), t1.stage_entered_at, t1.title, t1.value_minor, t1.currency, t2.name, CAST(t1.stage_id AS text)
FROM unnest($4::uuid[]) AS parents(value)
CROSS JOIN LATERAL (SELECT *
    FROM deals t1
    WHERE t1.stage_id = parents.value AND t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3)) AND t1.status = $5
    ORDER BY t1.stage_entered_at DESC, t1.id DESC
    LIMIT 3) t1
LEFT JOIN people t2 ON t2.id = t1.person_id AND t2.removed_at IS NULL AND t2.account_id = $1 AND ((t2.visibility = 'EVERYONE') OR (t2.visibility = 'TEAM' AND t2.owner_id = ANY($2::uuid[])) OR (t2.visibility = 'OWNER' AND t2.owner_id = $3))
ORDER BY t1.stage_entered_at DESC, t1.id DESC;

SELECT CAST(t1.stage_id AS text), count(*)
FROM deals t1
WHERE t1.stage_id = ANY($1::uuid[]) AND t1.removed_at IS NULL AND t1.account_id = $2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($3::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $4)) AND t1.status = $5
GROUP BY t1.stage_id;

SELECT t1.name, t1.color, CAST(t2.deal_id AS text)
FROM labels t1
JOIN deal_labels t2 ON t2.label_id = t1.id
WHERE t2.deal_id = ANY($1::uuid[]) AND t1.account_id = $2
ORDER BY t1.name, t1.id;
