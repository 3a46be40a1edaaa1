package io.caravan.deliver;

import java.util.List;

/** Some pieces of lines, one behind the other, with the ends of the lines in them: for lines too long for memory. */
record Pieces(List<byte[]> bytes) {}
