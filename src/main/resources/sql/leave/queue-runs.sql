-- orgId · a run for each destination with a change that neither its watermark nor a run under way covers, in the transaction
-- that made the change; a queued delta run carries it anyway
WITH behind AS (
    SELECT d.org_id, d.id
      FROM destination_behind b
      JOIN destination d ON d.org_id = b.org_id AND d.id = b.id
     WHERE b.org_id = :orgId
       FOR KEY SHARE OF d
)
INSERT INTO export_run (org_id, id, destination_id, trigger, mode)
SELECT b.org_id, new_id('run'), b.id, 'pull_completed', 'delta'
  FROM behind b
ON CONFLICT (org_id, destination_id) WHERE status = 'queued' AND mode = 'delta' DO NOTHING
