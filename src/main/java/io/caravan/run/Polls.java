package io.caravan.run;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.language.simple.Simple;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** What becomes of a look for work that failed: nothing but a line in the log, for the next one comes soon. */
@Component("polls")
class Polls {

    /** Between two lines about the same route: polls are frequent, and a database may be away for long. */
    static final Duration QUIET = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Polls.class);

    private final Leases leases;
    private final Map<String, Long> loggedAt = new ConcurrentHashMap<>();

    Polls(Leases leases) {
        this.leases = leases;
    }

    /** One line, without statement, parameters or stack; a claim that nobody works on is given back. */
    void failed(@Simple("${fromRouteId}") String route, @ExchangeException Exception failure, @Body Object body) {
        if (body instanceof Lease lease) {
            leases.release(lease);
        }
        long now = System.nanoTime();
        Long last = loggedAt.get(route);
        if (last == null || now - last > QUIET.toNanos()) {
            loggedAt.put(route, now);
            LOG.warn("{} failed and tries again at its next poll: {}", route, reason(failure));
        }
    }

    /** The innermost cause: the ones around it quote the whole statement. */
    private static String reason(Exception failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        String message = String.valueOf(cause.getMessage());
        return cause.getClass().getSimpleName() + ": "
                + message.lines().findFirst().orElse("").strip();
    }
}
