package io.caravan.deliver;

import io.caravan.run.ClaimedItem;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What was delivered: counts and digests of the object, null and zero where everything was superseded. The entries of an
 * archive are given as PostgreSQL array literals; their names hold only what an object's key may hold.
 */
public record Receipt(
        String orgId,
        String id,
        int epoch,
        String objectKey,
        long bytes,
        String sha256,
        String etag,
        int delivered,
        int superseded,
        String entryOrdinals,
        String entryNames,
        String entryDelivered,
        String entrySuperseded) {

    static Receipt of(ClaimedItem item, Spool spool, String objectKey, String etag, List<Archive.Entry> entries) {
        boolean there = !spool.empty();
        boolean manifest = item.kind().equals("manifest");
        return new Receipt(
                item.orgId(),
                item.id(),
                item.epoch(),
                there ? objectKey : null,
                spool.bytes(),
                there ? spool.sha256() : null,
                there ? etag : null,
                spool.records(),
                manifest ? 0 : item.selected() - spool.records(),
                literal(entries, Archive.Entry::ordinal),
                literal(entries, Archive.Entry::name),
                literal(entries, Archive.Entry::delivered),
                literal(entries, Archive.Entry::superseded));
    }

    /** Of an item that was sent in bundles: there is no object. */
    public static Receipt ofBundles(ClaimedItem item, int delivered, int superseded, long bytes) {
        String none = literal(List.of(), Archive.Entry::name);
        return new Receipt(
                item.orgId(),
                item.id(),
                item.epoch(),
                null,
                bytes,
                null,
                null,
                delivered,
                superseded,
                none,
                none,
                none,
                none);
    }

    private static String literal(List<Archive.Entry> entries, Function<Archive.Entry, Object> column) {
        return entries.stream()
                .map(column)
                .map(value -> value == null ? "NULL" : "\"" + value + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }
}
