SELECT CAST(t1.id AS text), t1.currency, t1.value_minor, t1.title, t1.source, t1.is_seen, CAST(t2.id AS text), t2.name
FROM leads t1
LEFT JOIN people t2 ON t2.id = t1.person_id AND t2.removed_at IS NULL AND t2.account_id = $1 AND ((t2.visibility = 'EVERYONE') OR (t2.visibility = 'TEAM' AND t2.owner_id = ANY($2::uuid[])) OR (t2.visibility = 'OWNER' AND t2.owner_id = $3))
WHERE t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3)) AND t1.archived_at IS NULL AND EXISTS (SELECT 1
    FROM lead_labels fl
    WHERE fl.lead_id = t1.id AND fl.label_id = ANY($12::uuid[])) AND t1.source = ANY($13::text[]) AND (t1.folded_title LIKE $4 ESCAPE '\' OR t1.person_id IN (SELECT p.id FROM people p WHERE p.removed_at IS NULL AND p.account_id = $7 AND ((p.visibility = 'EVERYONE') OR (p.visibility = 'TEAM' AND p.owner_id = ANY($8::uuid[])) OR (p.visibility = 'OWNER' AND p.owner_id = ANY($9::uuid[]))) AND (p.folded_name LIKE $5 ESCAPE '\')) OR t1.organization_id IN (SELECT o.id FROM organizations o WHERE o.removed_at IS NULL AND o.account_id = $7 AND ((o.visibility = 'EVERYONE') OR (o.visibility = 'TEAM' AND o.owner_id = ANY($10::uuid[])) OR (o.visibility = 'OWNER' AND o.owner_id = ANY($11::uuid[]))) AND o.folded_name LIKE $6 ESCAPE '\'))
ORDER BY t1.currency IS NULL, t1.currency, t1.value_minor IS NULL, t1.value_minor, t1.id
LIMIT 3;

SELECT NULL, count(*)
FROM leads t1
WHERE t1.removed_at IS NULL AND t1.account_id = $1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id = ANY($2::uuid[])) OR (t1.visibility = 'OWNER' AND t1.owner_id = $3)) AND t1.archived_at IS NULL AND EXISTS (SELECT 1
    FROM lead_labels fl
    WHERE fl.lead_id = t1.id AND fl.label_id = ANY($4::uuid[])) AND t1.source = ANY($5::text[]) AND (t1.folded_title LIKE $6 ESCAPE '\' OR t1.person_id IN (SELECT p.id FROM people p WHERE p.removed_at IS NULL AND p.account_id = $9 AND ((p.visibility = 'EVERYONE') OR (p.visibility = 'TEAM' AND p.owner_id = ANY($10::uuid[])) OR (p.visibility = 'OWNER' AND p.owner_id = ANY($11::uuid[]))) AND (p.folded_name LIKE $7 ESCAPE '\')) OR t1.organization_id IN (SELECT o.id FROM organizations o WHERE o.removed_at IS NULL AND o.account_id = $9 AND ((o.visibility = 'EVERYONE') OR (o.visibility = 'TEAM' AND o.owner_id = ANY($12::uuid[])) OR (o.visibility = 'OWNER' AND o.owner_id = ANY($13::uuid[]))) AND o.folded_name LIKE $8 ESCAPE '\'));

SELECT t1.name, CAST(t2.lead_id AS text)
FROM labels t1
JOIN lead_labels t2 ON t2.label_id = t1.id
WHERE t2.lead_id = ANY($1::uuid[]) AND t1.account_id = $2
ORDER BY t1.name, t1.id;
