package io.caravan.pull;

import java.time.Duration;
import java.time.Instant;

/**
 * How far one query of a connection has come.
 *
 * @param asksFrom what has changed since then, the next pull asks for
 * @param sinceWalk how long ago its last walk of everything began
 */
record QueryCursor(String key, Instant asksFrom, Duration sinceWalk) {}
