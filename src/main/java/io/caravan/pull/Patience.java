package io.caravan.pull;

import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile.Limits;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/**
 * How long to wait before a source is asked again: what it says, else growing, with jitter (sources.md 16, 17). How often
 * and how long at most is for the source's profile to say, and else for {@code caravan.pull}.
 */
@Component
class Patience {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final long MOST_DOUBLINGS = 20;

    private final PullSettings settings;
    private final SourceProfiles profiles;
    private final RandomGenerator random;

    Patience(PullSettings settings, SourceProfiles profiles) {
        this.settings = settings;
        this.profiles = profiles;
        this.random = RandomGenerator.getDefault();
    }

    /** Whether what failed for the {@code tries}-th time is tried again. */
    boolean lasts(String profile, SourceException failure, int tries) {
        return failure.again() && tries < limits(profile).attempts().orElse(settings.attempts());
    }

    /** How long to wait before the next try: up to a fifth longer than need be, so that not all come back at once. */
    Duration before(String profile, SourceException failure, int tries) {
        Duration wait = atLeast(profile, failure, tries);
        return wait.plusMillis(random.nextLong(1 + wait.toMillis() / 5));
    }

    /** How long nothing at all is asked of the source; empty where the failure says nothing about its other answers. */
    Optional<Duration> held(String profile, SourceException failure, int tries) {
        boolean asked = failure.retryAfter().isPresent() || failure.status() == TOO_MANY_REQUESTS;
        return asked ? Optional.of(atLeast(profile, failure, tries)) : Optional.empty();
    }

    /** A source that only says "too many" counts by the minute or longer, so that this wait grows faster than others. */
    private Duration atLeast(String profile, SourceException failure, int tries) {
        Limits limits = limits(profile);
        Duration first = limits.firstWait().orElse(settings.firstWait());
        Duration longest = limits.longestWait().orElse(settings.longestWait());
        int faster = failure.code() == ErrorCode.SOURCE_THROTTLED ? 2 : 1;
        long factor = 1L << Math.min(faster * (tries - 1L), MOST_DOUBLINGS);
        Duration asked =
                failure.retryAfter().filter(wait -> !wait.isZero()).orElseGet(() -> first.multipliedBy(factor));
        return asked.compareTo(longest) > 0 ? longest : asked;
    }

    /** A profile that is no longer there, or not yet found, takes nobody's patience away. */
    private Limits limits(String profile) {
        return profiles.find(profile)
                .orElseGet(() -> profiles.get(SourceProfiles.DEFAULT))
                .limits();
    }
}
