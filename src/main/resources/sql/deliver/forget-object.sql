-- run, object · an object of a cancelled run that was removed again by whoever holds the run
UPDATE export_item i
   SET status = 'failed', error_code = 'cancelled', error_message = 'Removed again, for the run was cancelled.',
       delivered = 0, superseded = 0, bytes = 0, object_key = NULL, sha256 = NULL, etag = NULL
  FROM export_run r
 WHERE r.org_id = :#${variable.run.orgId} AND r.id = :#${variable.run.id} AND r.epoch = :#${variable.run.epoch} AND r.status = 'running'
   AND i.org_id = r.org_id AND i.run_id = r.id AND i.object_key = :#${variable.object.objectKey}
