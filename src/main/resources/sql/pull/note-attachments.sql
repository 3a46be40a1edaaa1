-- orgId, sourceId, connectionId, and arrays of holderTypes, holderIds, paths, binaryIds, contentTypes, sizes · Binaries that
-- landed records name, in the transaction that landed them; nothing is written where the same version was noted before
INSERT INTO attachment (org_id, connection_id, path, holder_type, holder_id, holder_hash, binary_id, content_type, size)
SELECT DISTINCT ON (n.path, n.holder_type, n.holder_id)
       :orgId, :connectionId, n.path, n.holder_type, n.holder_id, r.content_hash, n.binary_id, n.content_type, n.size
  FROM unnest(CAST(:holderTypes AS text[]), CAST(:holderIds AS text[]), CAST(:paths AS text[]), CAST(:binaryIds AS text[]),
              CAST(:contentTypes AS text[]), CAST(:sizes AS bigint[]))
           AS n (holder_type, holder_id, path, binary_id, content_type, size)
  JOIN resource_record r ON r.org_id = :orgId AND r.type = n.holder_type AND r.source_id = :sourceId AND r.id = n.holder_id
 WHERE NOT EXISTS (SELECT 1 FROM attachment k
                    WHERE k.org_id = :orgId AND k.connection_id = :connectionId AND k.path = n.path
                      AND k.holder_type = n.holder_type AND k.holder_id = n.holder_id AND k.holder_hash = r.content_hash)
 ORDER BY n.path, n.holder_type, n.holder_id
ON CONFLICT (org_id, connection_id, path, holder_type, holder_id) DO UPDATE
   SET holder_hash = excluded.holder_hash, binary_id = excluded.binary_id, content_type = excluded.content_type,
       size = excluded.size, status = 'due', left_out_by = NULL
