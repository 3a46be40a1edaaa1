package io.caravan.support.secret;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Puts a new key in the place of the one that seals, while everything runs: old keys stay in the keyset and go on
 * reading, so no node is ever without the key it needs, and each row is sealed anew by a statement that finds it as it
 * was read or leaves it alone.
 */
@Component
public class KeyRotation {

    private static final Logger log = LoggerFactory.getLogger(KeyRotation.class);
    private static final int BATCH = 200;

    private final Sealer sealer;
    private final JdbcClient jdbc;
    private final List<SealedColumn> columns;

    KeyRotation(Sealer sealer, JdbcClient jdbc, List<SealedColumn> columns) {
        this.sealer = sealer;
        this.jdbc = jdbc;
        this.columns = columns;
    }

    /**
     * The keys of the keyset, oldest first.
     *
     * @param unreadable rows sealed by a key that the keyset does not hold
     */
    public record Keys(long primaryKeyId, List<Key> keys, long unreadable) {}

    /** One key, and how many rows it has sealed. */
    public record Key(long keyId, boolean primary, long sealedRows) {}

    private record Row(String orgId, String id, byte[] sealed) {

        String place() {
            return orgId + "/" + id;
        }
    }

    /** Which key has sealed how much. */
    public Keys keys() {
        Keyset keyset = sealer.keys();
        Map<Integer, Long> rows = rowsByKey();
        List<Key> keys = keyset.ids().stream()
                .map(id -> new Key(
                        Integer.toUnsignedLong(id),
                        id == keyset.primaryId(),
                        Optional.ofNullable(rows.remove(id)).orElse(0L)))
                .toList();
        return new Keys(
                Integer.toUnsignedLong(keyset.primaryId()),
                keys,
                rows.values().stream().mapToLong(Long::longValue).sum());
    }

    /** Adds a key that only reads yet: where each node has a copy of the keyset, copy it to all of them now. */
    public Keys prepare() {
        sealer.addKey();
        return keys();
    }

    /** The newest key seals from now on, and what others sealed is sealed anew. Repeating it is harmless. */
    public Keys use() {
        sealer.useNewestKey();
        long resealed = columns.stream().mapToLong(this::reseal).sum();
        log.info(
                "Sealed {} rows anew with key {}",
                resealed,
                Integer.toUnsignedString(sealer.keys().primaryId()));
        return keys();
    }

    private long reseal(SealedColumn column) {
        byte[] primary =
                ByteBuffer.allocate(4).putInt(sealer.keys().primaryId()).array();
        long resealed = 0;
        Row last = new Row("", "", new byte[0]);
        List<Row> rows = sealedByOthers(column, primary, last);
        while (!rows.isEmpty()) {
            resealed += rows.stream().filter(row -> reseal(column, row)).count();
            last = rows.get(rows.size() - 1);
            rows = sealedByOthers(column, primary, last);
        }
        return resealed;
    }

    /** Whether it was; a row that changed meanwhile was sealed by whoever changed it, one that cannot be read stays. */
    private boolean reseal(SealedColumn column, Row row) {
        try {
            String text = sealer.unseal(row.sealed(), column.table(), row.place(), column.column());
            return jdbc.sql("UPDATE %1$s SET %2$s = :new WHERE org_id = :org AND id = :id AND %2$s = :old"
                                    .formatted(column.table(), column.column()))
                            .param("new", sealer.seal(text, column.table(), row.place(), column.column()))
                            .param("org", row.orgId())
                            .param("id", row.id())
                            .param("old", row.sealed())
                            .update()
                    == 1;
        } catch (UnsealException e) {
            log.warn("Left as it is: {}", e.getMessage());
            return false;
        }
    }

    private List<Row> sealedByOthers(SealedColumn column, byte[] primary, Row after) {
        return jdbc.sql("""
                        SELECT org_id, id, %2$s AS sealed
                          FROM %1$s
                         WHERE %2$s IS NOT NULL AND substring(%2$s FROM 2 FOR 4) <> :primary
                           AND (org_id, id) > (:org, :id)
                         ORDER BY org_id, id
                         LIMIT %3$d""".formatted(column.table(), column.column(), BATCH))
                .param("primary", primary)
                .param("org", after.orgId())
                .param("id", after.id())
                .query(KeyRotation::row)
                .list();
    }

    private Map<Integer, Long> rowsByKey() {
        Map<Integer, Long> rows = new HashMap<>();
        for (SealedColumn column : columns) {
            jdbc.sql("""
                            SELECT substring(%2$s FROM 1 FOR 5) AS prefix, count(*) AS n
                              FROM %1$s
                             WHERE length(%2$s) >= 5
                             GROUP BY prefix""".formatted(column.table(), column.column())).query(row -> {
                rows.merge(Keyset.idOf(row.getBytes("prefix")), row.getLong("n"), Long::sum);
            });
        }
        return rows;
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(row.getString("org_id"), row.getString("id"), row.getBytes("sealed"));
    }
}
