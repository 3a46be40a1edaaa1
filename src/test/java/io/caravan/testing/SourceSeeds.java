package io.caravan.testing;

/** Numbers that look random and are the same in every run: functions of a seed and of what they are for. */
final class SourceSeeds {

    private SourceSeeds() {}

    /** A hash of these numbers, each bit of which depends on all of theirs (the finalizer of SplitMix64). */
    static long mix(long... parts) {
        long hash = 0;
        for (long part : parts) {
            hash += part + 0x9E3779B97F4A7C15L;
            hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
            hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
            hash ^= hash >>> 31;
        }
        return hash;
    }

    /** From 0 to below 1. */
    static double fraction(long... parts) {
        return (mix(parts) >>> 11) * 0x1.0p-53;
    }
}
