package io.caravan.deliver;

/**
 * The records of one type between two keys that changed in a window: a file, or an entry of an archive.
 *
 * @param ordinal its place in the archive; 0 for a file of its own
 * @param largest bytes of its largest record
 * @param selected how many the plan counted
 * @param deleted whether its records are tombstones
 * @param backfill whether what was withheld in the window is left out
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
        boolean deleted,
        boolean backfill,
        String windowFrom,
        String windowTo) {

    private static final int LARGE = 1 << 20;

    /** Whether it has records that are not brought into memory whole. */
    boolean large() {
        return !deleted && largest > LARGE;
    }

    /** The part of its type, four digits from 0001. */
    public String part() {
        return "%04d".formatted(number);
    }
}
