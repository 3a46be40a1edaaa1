package io.caravan.destination.bound;

import java.time.Clock;
import java.time.Instant;

/** How an open client is used. One that is retired gets no new users, and is closed when its last one leaves. */
final class Use {

    private final OpenClient client;
    private final Clock clock;
    private int users;
    private Instant idleSince;
    private boolean retired;
    private boolean closed;

    Use(OpenClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
        this.idleSince = clock.instant();
    }

    OpenClient client() {
        return client;
    }

    /** False where it is retired: another one has to be opened. */
    synchronized boolean enter() {
        if (!retired) {
            users++;
        }
        return !retired;
    }

    void leave() {
        if (left()) {
            client.close().run();
        }
    }

    void retire() {
        if (retiredUnused()) {
            client.close().run();
        }
    }

    /** Null while somebody uses it. */
    synchronized Instant idleSince() {
        return users == 0 && !retired ? idleSince : null;
    }

    synchronized boolean closed() {
        return closed;
    }

    private synchronized boolean left() {
        users--;
        idleSince = clock.instant();
        return closing();
    }

    private synchronized boolean retiredUnused() {
        retired = true;
        return closing();
    }

    /** True once. */
    private boolean closing() {
        boolean now = retired && users == 0 && !closed;
        closed |= now;
        return now;
    }
}
