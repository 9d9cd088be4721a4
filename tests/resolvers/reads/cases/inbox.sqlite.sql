SELECT t1.id, t1.currency, t1.value_minor, t1.title, t1.source, t1.is_seen, t2.id, t2.name
FROM leads t1
LEFT JOIN people t2 ON t2.id = t1.person_id AND t2.removed_at IS NULL AND t2.account_id = ?1 AND ((t2.visibility = 'EVERYONE') OR (t2.visibility = 'TEAM' AND t2.owner_id IN (SELECT value FROM json_each(?2))) OR (t2.visibility = 'OWNER' AND t2.owner_id = ?3))
WHERE t1.removed_at IS NULL AND t1.account_id = ?1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?2))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?3)) AND t1.archived_at IS NULL AND EXISTS (SELECT 1
    FROM lead_labels fl
    WHERE fl.lead_id = t1.id AND fl.label_id IN (SELECT value FROM json_each(?12))) AND t1.source IN (SELECT value FROM json_each(?13)) AND (t1.folded_title LIKE ?4 ESCAPE '\' OR t1.person_id IN (SELECT p.id FROM people p WHERE p.removed_at IS NULL AND p.account_id = ?7 AND ((p.visibility = 'EVERYONE') OR (p.visibility = 'TEAM' AND p.owner_id IN (SELECT value FROM json_each(?8))) OR (p.visibility = 'OWNER' AND p.owner_id IN (SELECT value FROM json_each(?9)))) AND (p.folded_name LIKE ?5 ESCAPE '\')) OR t1.organization_id IN (SELECT o.id FROM organizations o WHERE o.removed_at IS NULL AND o.account_id = ?7 AND ((o.visibility = 'EVERYONE') OR (o.visibility = 'TEAM' AND o.owner_id IN (SELECT value FROM json_each(?10))) OR (o.visibility = 'OWNER' AND o.owner_id IN (SELECT value FROM json_each(?11)))) AND o.folded_name LIKE ?6 ESCAPE '\'))
ORDER BY t1.currency IS NULL, t1.currency, t1.value_minor IS NULL, t1.value_minor, t1.id
LIMIT 3;

SELECT NULL, count(*)
FROM leads t1
WHERE t1.removed_at IS NULL AND t1.account_id = ?1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?2))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?3)) AND t1.archived_at IS NULL AND EXISTS (SELECT 1
    FROM lead_labels fl
    WHERE fl.lead_id = t1.id AND fl.label_id IN (SELECT value FROM json_each(?4))) AND t1.source IN (SELECT value FROM json_each(?5)) AND (t1.folded_title LIKE ?6 ESCAPE '\' OR t1.person_id IN (SELECT p.id FROM people p WHERE p.removed_at IS NULL AND p.account_id = ?9 AND ((p.visibility = 'EVERYONE') OR (p.visibility = 'TEAM' AND p.owner_id IN (SELECT value FROM json_each(?10))) OR (p.visibility = 'OWNER' AND p.owner_id IN (SELECT value FROM json_each(?11)))) AND (p.folded_name LIKE ?7 ESCAPE '\')) OR t1.organization_id IN (SELECT o.id FROM organizations o WHERE o.removed_at IS NULL AND o.account_id = ?9 AND ((o.visibility = 'EVERYONE') OR (o.visibility = 'TEAM' AND o.owner_id IN (SELECT value FROM json_each(?12))) OR (o.visibility = 'OWNER' AND o.owner_id IN (SELECT value FROM json_each(?13)))) AND o.folded_name LIKE ?8 ESCAPE '\'));

SELECT t1.name, t2.lead_id
FROM labels t1
JOIN lead_labels t2 ON t2.label_id = t1.id
WHERE t2.lead_id IN (SELECT value FROM json_each(?1)) AND t1.account_id = ?2
ORDER BY t1.name, t1.id;
