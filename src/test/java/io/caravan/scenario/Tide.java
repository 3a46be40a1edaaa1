package io.caravan.scenario;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts commits and runs, and lets a writer hold its transaction open until others have come along. */
final class Tide {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private int commits;
    private int runs;

    void committed() {
        move(1, 0);
    }

    void ran() {
        move(0, 1);
    }

    int commits() {
        return commits;
    }

    int runs() {
        return runs;
    }

    private void move(int moreCommits, int moreRuns) {
        lock.lock();
        try {
            commits += moreCommits;
            runs += moreRuns;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Until others have committed this often, or this many runs have ended: they go on whoever waits for a row. */
    void await(int otherCommits, int otherRuns) throws InterruptedException {
        lock.lock();
        try {
            int untilCommits = commits + otherCommits;
            int untilRuns = runs + otherRuns;
            long left = TimeUnit.SECONDS.toNanos(60);
            while (commits < untilCommits && runs < untilRuns) {
                left = moved.awaitNanos(left);
                if (left <= 0) {
                    throw new AssertionError("Nothing moved for a minute");
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
