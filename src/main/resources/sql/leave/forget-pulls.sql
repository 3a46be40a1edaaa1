-- orgId, connectionId · what its pulls asked for, were shown and answered; that there were pulls stays
WITH mine AS (
    SELECT org_id, id FROM pull WHERE org_id = :orgId AND connection_id = :connectionId
), tasks AS (
    DELETE FROM pull_task t USING mine m WHERE t.org_id = m.org_id AND t.pull_id = m.id
), pointed AS (
    DELETE FROM pull_reference t USING mine m WHERE t.org_id = m.org_id AND t.pull_id = m.id
), shown AS (
    DELETE FROM pull_seen t USING mine m WHERE t.org_id = m.org_id AND t.pull_id = m.id
), nominated AS (
    DELETE FROM pull_nominee t USING mine m WHERE t.org_id = m.org_id AND t.pull_id = m.id
), attached AS (
    DELETE FROM attachment WHERE org_id = :orgId AND connection_id = :connectionId
), cursors AS (
    DELETE FROM query_cursor WHERE org_id = :orgId AND connection_id = :connectionId
)
UPDATE pull SET warnings = '[]', error_message = NULL
 WHERE org_id = :orgId AND connection_id = :connectionId
