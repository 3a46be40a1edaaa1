package io.caravan.testing;

import java.util.Random;
import java.util.function.Predicate;

/** A fault that is switched on, for the requests it was switched on for. Thread-safe. */
public final class FaultHandle {

    private final Predicate<SourceRequest> when;
    private final Fault fault;
    private final Random random;
    private int toSkip;
    private int left = Integer.MAX_VALUE;
    private double chance = 1;
    private int hits;

    FaultHandle(Predicate<SourceRequest> when, Fault fault, Random random) {
        this.when = when;
        this.fault = fault;
        this.random = random;
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

    /** Each matching request fails with this probability, from 0 to 1, by the simulator's seed. */
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
        if (left == 0 || !when.test(request)) {
            return false;
        }
        if (toSkip > 0) {
            toSkip--;
            return false;
        }
        if (chance < 1 && random.nextDouble() >= chance) {
            return false;
        }
        left--;
        hits++;
        return true;
    }
}
