package io.caravan.pull;

/**
 * What became of one search of an earlier pull.
 *
 * @param key what of it stays the same from pull to pull
 */
public record QueryOutcome(String key, String type, String status) {

    /** Whether it is worth asking again. */
    boolean missed() {
        return status.equals("refused") || status.equals("failed");
    }
}
