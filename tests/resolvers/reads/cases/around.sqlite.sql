SELECT t1.id, t1.title
FROM deals t1
WHERE t1.id = ?1 AND t1.removed_at IS NULL AND t1.account_id = ?2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4));

SELECT t1.name, t2.deal_id
FROM people t1
JOIN (SELECT deal_id, person_id
    FROM deal_participants
    WHERE deal_id IN (SELECT value FROM json_each(?1)) UNION SELECT id, person_id
    FROM deals
    WHERE id IN (SELECT value FROM json_each(?1))) t2 ON t2.person_id = t1.id
WHERE t2.deal_id IN (SELECT value FROM json_each(?1)) AND t1.removed_at IS NULL AND t1.account_id = ?2 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4))
ORDER BY t1.name, t1.id;

SELECT t1.name, t2.deal_id
FROM users t1
JOIN (SELECT deal_id, user_id
    FROM deal_followers
    WHERE deal_id IN (SELECT value FROM json_each(?1)) UNION SELECT id, owner_id
    FROM deals
    WHERE id IN (SELECT value FROM json_each(?1))) t2 ON t2.user_id = t1.id
WHERE t2.deal_id IN (SELECT value FROM json_each(?1)) AND t1.account_id = ?2
ORDER BY t1.name, t1.id;

SELECT t1.name, t2.name, t1.id, t3.deal_id
FROM projects t1
LEFT JOIN users t2 ON t2.id = t1.owner_id AND t2.account_id = ?1
JOIN deal_projects t3 ON t3.project_id = t1.id
WHERE t3.deal_id IN (SELECT value FROM json_each(?2)) AND t1.account_id = ?1 AND ((t1.visibility = 'EVERYONE') OR (t1.visibility = 'TEAM' AND t1.owner_id IN (SELECT value FROM json_each(?3))) OR (t1.visibility = 'OWNER' AND t1.owner_id = ?4))
ORDER BY t1.created_at, t1.id;

SELECT t1.quantity, t2.name, t1.deal_id
FROM deal_products t1
LEFT JOIN products t2 ON t2.id = t1.product_id AND t2.account_id = ?1
WHERE t1.deal_id IN (SELECT value FROM json_each(?2)) AND t1.account_id = ?1
ORDER BY t1.position, t1.id;

SELECT t1.name, t1.id, t1.project_id
FROM project_phases t1
WHERE t1.project_id IN (SELECT value FROM json_each(?1)) AND t1.account_id = ?2
ORDER BY t1.position, t1.id;

SELECT t1.title, t2.name, t1.phase_id
FROM project_tasks t1
LEFT JOIN users t2 ON t2.id = t1.assignee_id AND t2.account_id = ?1
WHERE t1.phase_id IN (SELECT value FROM json_each(?2)) AND EXISTS (SELECT 1
    FROM projects pp
    WHERE pp.id = t1.project_id AND pp.account_id = ?1 AND ((pp.visibility = 'EVERYONE') OR (pp.visibility = 'TEAM' AND pp.owner_id IN (SELECT value FROM json_each(?3))) OR (pp.visibility = 'OWNER' AND pp.owner_id = ?4)))
ORDER BY t1.created_at, t1.id;
