package io.caravan.pull;

/** A resource to be read, as the source spells its id. */
public record Reference(String type, String id) {}
