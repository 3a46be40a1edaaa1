package io.caravan.pull;

import io.caravan.source.SourceException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** How long to wait before a source is asked again: what it says, else doubling with jitter (sources.md 16, 17). */
@Component
class Patience {

    private final PullSettings settings;
    private final RandomGenerator random;

    Patience(PullSettings settings) {
        this.settings = settings;
        this.random = RandomGenerator.getDefault();
    }

    /** Whether a task that failed for the {@code attempts}-th time is tried again. */
    boolean lasts(SourceException failure, int attempts) {
        return failure.again() && attempts < settings.attempts();
    }

    Duration before(SourceException failure, int attempts) {
        Duration doubled = settings.firstWait().multipliedBy(1L << Math.min(attempts - 1, 20));
        Duration asked = failure.retryAfter().orElse(doubled);
        Duration capped = asked.compareTo(settings.longestWait()) > 0 ? settings.longestWait() : asked;
        return capped.plusMillis(random.nextLong(1 + capped.toMillis() / 5));
    }
}
