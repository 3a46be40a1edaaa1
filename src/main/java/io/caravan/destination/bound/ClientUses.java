package io.caravan.destination.bound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The open clients of this node, one for each destination, and who uses them. A client is never closed under somebody who
 * uses it: where it is replaced, it ends with its last user.
 *
 * @param <K> what a destination is known by
 */
public final class ClientUses<K> {

    private final Clock clock;
    private final int mostIdle;
    private final Map<K, Use> current = new ConcurrentHashMap<>();
    private final Map<String, Use> byUser = new ConcurrentHashMap<>();
    private final Set<Use> open = ConcurrentHashMap.newKeySet();

    /** @param mostIdle of the clients that nobody uses so many stay open */
    public ClientUses(Clock clock, int mostIdle) {
        this.clock = clock;
        this.mostIdle = mostIdle;
    }

    /**
     * The destination's client with these settings and at this revision or a later one; it stays open until the user
     * leaves, or uses another one.
     *
     * @param opening called where there is none yet; what there was before is then retired
     */
    public OpenClient use(String user, K destination, int revision, Object settings, Supplier<OpenClient> opening) {
        Use use = current.compute(destination, (key, now) -> {
            if (now != null && now.client().fits(revision, settings) && now.enter()) {
                return now;
            }
            Use opened = new Use(opening.get(), clock);
            opened.enter();
            open.add(opened);
            retire(now);
            return opened;
        });
        leave(byUser.put(user, use));
        closeIdleBeyond(mostIdle);
        return use.client();
    }

    /** The revision of the credentials that this user's client has; empty where it has none. */
    public OptionalInt revision(String user) {
        Use use = byUser.get(user);
        return use == null ? OptionalInt.empty() : OptionalInt.of(use.client().revision());
    }

    /** The user needs its client no more. */
    public void leave(String user) {
        leave(byUser.remove(user));
        closeIdleBeyond(mostIdle);
    }

    /** The destination's client, if there is one, gets no new users. */
    public void retire(K destination) {
        retire(current.remove(destination));
    }

    /** The same, where its revision is an earlier one. */
    public void retireBefore(K destination, int revision) {
        current.computeIfPresent(destination, (key, now) -> {
            if (now.client().revision() >= revision) {
                return now;
            }
            retire(now);
            return null;
        });
    }

    /** Closes what nobody has used for so long. */
    public void closeIdle(Duration patience) {
        Instant before = clock.instant().minus(patience);
        current.forEach((destination, use) -> {
            Instant since = use.idleSince();
            if (since != null && !since.isAfter(before)) {
                retire(destination, use);
            }
        });
    }

    private void closeIdleBeyond(int most) {
        record Idle<K>(K destination, Use use, Instant since) {}
        if (current.size() <= most) {
            return;
        }
        List<Idle<K>> idle = current.entrySet().stream()
                .map(entry -> new Idle<>(
                        entry.getKey(), entry.getValue(), entry.getValue().idleSince()))
                .filter(one -> one.since() != null)
                .sorted(Comparator.comparing(Idle::since))
                .toList();
        idle.stream().limit(Math.max(0, idle.size() - most)).forEach(one -> retire(one.destination(), one.use()));
    }

    private void retire(K destination, Use use) {
        if (current.remove(destination, use)) {
            retire(use);
        }
    }

    private void retire(Use use) {
        if (use != null) {
            use.retire();
            forget(use);
        }
    }

    private void leave(Use use) {
        if (use != null) {
            use.leave();
            forget(use);
        }
    }

    private void forget(Use use) {
        if (use.closed()) {
            open.remove(use);
        }
    }

    /** Whose clients are open, those left out that only wait for their last user. */
    public Set<K> destinations() {
        return Set.copyOf(current.keySet());
    }

    /** How many clients are open, those included that wait for their last user. */
    public int open() {
        return open.size();
    }

    /** All of them, whoever uses them. */
    public void closeAll() {
        byUser.keySet().forEach(this::leave);
        current.keySet().forEach(this::retire);
    }
}
