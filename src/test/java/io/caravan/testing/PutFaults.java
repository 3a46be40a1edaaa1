package io.caravan.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a server of object storage does to uploads. */
final class PutFaults {

    private final List<Instant> puts = new ArrayList<>();
    private int wait;
    private int failing;
    private int failure;
    private int truncating;
    private boolean holding;
    private boolean closed;
    private int held;

    synchronized void fail(int status, int times) {
        failure = status;
        failing = times;
    }

    synchronized void truncate(int times) {
        truncating = times;
    }

    synchronized void hold() {
        holding = true;
    }

    synchronized void release() {
        holding = false;
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized int held() {
        return held;
    }

    /** What refusals ask to wait, in seconds; 0: nothing. */
    synchronized void askToWait(int seconds) {
        wait = seconds;
    }

    /** Null where refusals ask for nothing. */
    synchronized String retryAfter() {
        return wait == 0 ? null : Integer.toString(wait);
    }

    /** When each upload came in. */
    synchronized List<Instant> puts() {
        return List.copyOf(puts);
    }

    /** Waits while uploads are held; then the status to refuse this one with, or 0. */
    synchronized int begin() {
        puts.add(Instant.now());
        while (holding && !closed) {
            held++;
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 503;
            } finally {
                held--;
            }
        }
        if (failing > 0) {
            failing--;
            return failure;
        }
        return closed ? 503 : 0;
    }

    /** Whether this one is to be kept without its last byte. */
    synchronized boolean truncatesThis() {
        if (truncating == 0) {
            return false;
        }
        truncating--;
        return true;
    }
}
