package io.caravan.pull;

/**
 * A resource to be read, as the source spells its id.
 *
 * @param round 1 where a search showed what refers to it, 2 where round 1 read that, and so on
 */
public record Reference(String type, String id, int round) {}
