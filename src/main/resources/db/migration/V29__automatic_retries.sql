-- What failed for a reason that may pass is delivered by a run of its own, later each time (repeat-runs).

ALTER TABLE export_item
    ADD COLUMN passing boolean NOT NULL DEFAULT false; -- why it failed may be over by now

CREATE INDEX export_run_retries ON export_run (org_id, retry_of) WHERE retry_of IS NOT NULL;
CREATE INDEX export_run_troubled ON export_run (completed_at) WHERE status IN ('partial', 'failed') AND resolved_by IS NULL;
