package io.caravan.ops;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Counts failed sign-ins per name and address, on this node, the latest {@value #REMEMBERED} of them. */
@Component
class FailedSignIns {

    private static final int REMEMBERED = 10_000;

    private final SignInSettings settings;
    private final Clock clock;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Count(int failures, Instant since) {}

    @Autowired
    FailedSignIns(SignInSettings settings) {
        this(settings, Clock.systemUTC());
    }

    FailedSignIns(SignInSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    synchronized boolean tooMany(String who) {
        Count count = counts.get(who);
        return count != null && !over(count) && count.failures() >= settings.maxFailures();
    }

    synchronized void add(String who) {
        Count count = counts.get(who);
        counts.put(
                who,
                count == null || over(count)
                        ? new Count(1, clock.instant())
                        : new Count(count.failures() + 1, count.since()));
    }

    synchronized void forget(String who) {
        counts.remove(who);
    }

    private boolean over(Count count) {
        return clock.instant().isAfter(count.since().plus(settings.window()));
    }
}
