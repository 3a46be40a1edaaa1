package io.caravan.testing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** A fault that is switched on, for the requests it was switched on for. Thread-safe. */
public final class FaultHandle {

    private final Predicate<SourceRequest> when;
    private final Fault fault;
    private final long seed;
    private final Map<Integer, Integer> tries = new HashMap<>();
    private int toSkip;
    private int left = Integer.MAX_VALUE;
    private int every = 1;
    private int matched;
    private double chance = 1;
    private int hits;

    /** @param seed of {@link #chance} */
    FaultHandle(Predicate<SourceRequest> when, Fault fault, long seed) {
        this.when = when;
        this.fault = fault;
        this.seed = seed;
    }

    /** Only the first {@code n} matching requests fail, counted from when the fault was switched on. */
    public synchronized FaultHandle times(int n) {
        left = Math.max(0, n - hits);
        return this;
    }

    /** Lets {@code n} more matching requests pass first. */
    public synchronized FaultHandle skip(int n) {
        toSkip = n;
        return this;
    }

    /** Only every {@code n}-th matching request fails. */
    public synchronized FaultHandle every(int n) {
        every = n;
        return this;
    }

    /**
     * Each matching request fails with this probability, from 0 to 1. Which ones do is a matter of the simulator's seed,
     * of the URL, and of how often it was asked for: not of the order in which requests happen to come.
     */
    public synchronized FaultHandle chance(double probability) {
        chance = probability;
        return this;
    }

    /** Switches the fault off, and lets go of the requests it holds. */
    public void clear() {
        times(0);
        release();
    }

    /** Lets go of the requests a stall holds, and of those to come. */
    public void release() {
        fault.release(false);
    }

    /** How many requests wait here. */
    public int held() {
        return fault.held();
    }

    /** How many requests failed by it. */
    public synchronized int hits() {
        return hits;
    }

    Fault fault() {
        return fault;
    }

    synchronized boolean hits(SourceRequest request) {
        if (left == 0 || !when.test(request) || !fault.concerns(request)) {
            return false;
        }
        if (toSkip > 0) {
            toSkip--;
            return false;
        }
        matched++;
        if (matched % every != 0 || !isDrawn(request)) {
            return false;
        }
        left--;
        hits++;
        return true;
    }

    private boolean isDrawn(SourceRequest request) {
        if (chance >= 1) {
            return true;
        }
        int url = (request.method() + " " + request.url()).hashCode();
        return SourceSeeds.fraction(seed, url, tries.merge(url, 1, Integer::sum)) < chance;
    }
}
