-- task, hashes of pages · the pages that a walk has come to; those that it had come to before are missing in the answer
INSERT INTO task_page (org_id, task_id, hash)
SELECT :orgId, :id, p.hash FROM unnest(CAST(:hashes AS bytea[])) AS p (hash)
ON CONFLICT DO NOTHING
RETURNING hash
