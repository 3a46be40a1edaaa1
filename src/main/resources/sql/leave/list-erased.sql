-- nothing · the organizations that keep tombstones of erased records
SELECT DISTINCT org_id FROM resource_record WHERE erased_by IS NOT NULL AND deleted
