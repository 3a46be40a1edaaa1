package io.caravan.pull;

/**
 * A record that no walk has shown, to be read directly.
 *
 * @param id as it landed
 * @param originalId as the source spells it
 * @param control one that was shown: it only tells whether the source answers reads of its type
 */
public record Nominee(String type, String id, String originalId, boolean control) {}
