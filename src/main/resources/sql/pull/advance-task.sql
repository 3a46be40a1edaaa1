-- task, page · the cursor behind the page that landed in this transaction, and leave for the next request; where its source
-- cannot be asked now, the task waits and loses no attempt. No row where another node has the task
WITH leave AS MATERIALIZED (
    SELECT t.org_id, t.id, CASE WHEN :asks THEN take_request(t.org_id, t.source_id) END AS from_at
      FROM pull_task t
     WHERE t.org_id = :orgId AND t.id = :id AND t.epoch = :epoch AND t.status = 'running'
       FOR UPDATE
)
UPDATE pull_task t
   SET next_url = :nextUrl,
       status = CASE WHEN :ended THEN 'done' WHEN l.from_at IS NOT NULL THEN 'pending' ELSE t.status END,
       due_at = coalesce(l.from_at, t.due_at),
       lease_until = CASE WHEN :ended OR l.from_at IS NOT NULL THEN NULL ELSE t.lease_until END,
       attempts = 0, takeovers = 0, pages = t.pages + 1,
       seen = t.seen + :seen, created = t.created + :created, changed = t.changed + :changed,
       unchanged = t.unchanged + :unchanged,
       -- bounded: a source can send as many as it likes
       warnings = CASE WHEN jsonb_array_length(t.warnings) < 100 THEN t.warnings || CAST(:warnings AS jsonb)
                       ELSE t.warnings END,
       error_code = NULL, error_message = NULL
  FROM leave l
 WHERE t.org_id = l.org_id AND t.id = l.id
RETURNING t.status
