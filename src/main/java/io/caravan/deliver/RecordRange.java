package io.caravan.deliver;

import io.caravan.run.ClaimedItem;

/**
 * The records of one type between two keys that changed in a window: a file, or an entry of an archive.
 *
 * @param ordinal its place in the archive; 0 for a file of its own
 * @param largest bytes of its largest record
 * @param selected how many the plan counted
 */
public record RecordRange(
        String orgId,
        int ordinal,
        String type,
        int number,
        String fromSource,
        String fromId,
        String toSource,
        String toId,
        int largest,
        int selected,
        String windowFrom,
        String windowTo) {

    static RecordRange of(ClaimedItem item) {
        return new RecordRange(
                item.orgId(),
                0,
                item.resourceType(),
                item.part(),
                item.fromSource(),
                item.fromId(),
                item.toSource(),
                item.toId(),
                item.largest(),
                item.selected(),
                item.windowFrom(),
                item.windowTo());
    }

    /** The part of its type, four digits from 0001. */
    public String part() {
        return "%04d".formatted(number);
    }
}
