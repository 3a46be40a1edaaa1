-- body: RunFailure · a run that cannot be planned or settled is tried again when its lease has run out
UPDATE export_run
   SET error_code = :#${body.code}, error_message = :#${body.message}
 WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
