SELECT CAST(t1.id AS text), t1.name
FROM pipelines t1
WHERE t1.id = $1 AND t1.account_id = $2;

SELECT CAST(parents.value AS text), sums.*
FROM unnest($4::uuid[]) AS parents(value)
CROSS JOIN LATERAL (SELECT t1.currency, count(*), sum(t1.value_minor), sum(t1.value_minor * COALESCE(t1.probability, t2.probability))
    FROM deals t1
    JOIN stages t2 ON t2.id = t1.stage_id
    WHERE t1.pipeline_id = parents.value AND t1.status = 'OPEN' AND t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3))
    GROUP BY t1.currency) sums
ORDER BY 2;

SELECT CAST(t1.pipeline_id AS text), substr(CAST(t1.expected_close_date AS text), 1, 7), t1.currency, count(*), sum(t1.value_minor), sum(t1.value_minor * COALESCE(t1.probability, s.probability))
FROM deals t1
JOIN stages s ON s.id = t1.stage_id
WHERE t1.pipeline_id = ANY($1::uuid[]) AND t1.status = 'OPEN' AND t1.removed_at IS NULL AND t1.account_id = $2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($3::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $4))
GROUP BY t1.pipeline_id, 2, 3
ORDER BY 2 IS NULL, 2, 3;

SELECT CAST(t1.pipeline_id AS text), t1.status, t1.lost_reason, t1.currency, count(*), sum(t1.value_minor)
FROM deals t1
WHERE t1.pipeline_id = ANY($1::uuid[]) AND t1.status <> 'OPEN' AND t1.removed_at IS NULL AND t1.account_id = $2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($3::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $4))
GROUP BY t1.pipeline_id, 2, 3, 4
ORDER BY 4;
