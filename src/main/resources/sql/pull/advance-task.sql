-- task, page · the cursor behind the page that landed in this transaction; no row where another node has the task
UPDATE pull_task
   SET next_url = :nextUrl,
       status = CASE WHEN :ended THEN 'done' ELSE status END,
       lease_until = CASE WHEN :ended THEN NULL ELSE lease_until END,
       attempts = 0, pages = pages + 1,
       seen = seen + :seen, created = created + :created, changed = changed + :changed,
       unchanged = unchanged + :unchanged,
       -- bounded: a source can send as many as it likes
       warnings = CASE WHEN jsonb_array_length(warnings) < 100 THEN warnings || CAST(:warnings AS jsonb) ELSE warnings END,
       error_code = NULL, error_message = NULL
 WHERE org_id = :orgId AND id = :id AND epoch = :epoch AND status = 'running'
