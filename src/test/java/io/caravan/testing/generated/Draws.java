package io.caravan.testing.generated;

import java.util.List;

/** Numbers that look random and are those of the seeds: the same in every run (SplitMix64). Not thread-safe. */
final class Draws {

    private long state;

    Draws(long... seeds) {
        for (long seed : seeds) {
            state += seed;
            state = next();
        }
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** From 0 to below the bound. */
    int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
