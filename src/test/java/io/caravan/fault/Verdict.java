package io.caravan.fault;

/**
 * What the checker found: all but the first three must be zero.
 *
 * @param records that the source has or had
 * @param deliveries versions that took effect at destinations, deletions included
 * @param repeated of these, how many a destination had been sent already although a kill or a lost answer explains it
 * @param lost records of which a destination does not have what the source has
 * @param stale versions that a destination took after a newer one of their record
 * @param torn what is no version of any record, and objects and manifests that are not whole or came in the wrong order
 * @param duplicated versions sent again that nothing explains
 * @param stuck work that has not ended at rest
 * @param wrong runs whose counts do not add up, or are not what the destination has
 */
record Verdict(
        int records,
        int deliveries,
        int repeated,
        int lost,
        int stale,
        int torn,
        int duplicated,
        int stuck,
        int wrong) {

    boolean clean() {
        return lost + stale + torn + duplicated + stuck + wrong == 0;
    }
}
