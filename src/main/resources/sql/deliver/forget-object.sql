-- orgId, runId, key · an object of a cancelled run that was removed again
UPDATE export_item
   SET status = 'failed', error_code = 'cancelled', error_message = 'Removed again, for the run was cancelled.',
       delivered = 0, superseded = 0, bytes = 0, object_key = NULL, sha256 = NULL, etag = NULL
 WHERE org_id = :#${variable.run.orgId} AND run_id = :#${variable.run.id} AND object_key = :#${variable.object.objectKey}
