package io.caravan.support.web;

import io.caravan.support.CaravanException;
import io.caravan.support.DatabaseAway;
import io.caravan.support.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What is answered while the database is away: 503, and when to ask again. Most requests meet it where their API key is
 * looked up, before any controller.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public class DatabaseOutages extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseOutages.class);

    private final ProblemWriter problems;

    DatabaseOutages(ProblemWriter problems) {
        this.problems = problems;
    }

    /** The answer to a request that failed for it; empty where it failed for something else. */
    public static Optional<CaravanException> refusal(Throwable failure) {
        if (!DatabaseAway.causes(failure)) {
            return Optional.empty();
        }
        LOG.warn("A request was refused, for the database cannot be reached");
        return Optional.of(new CaravanException(
                ErrorCode.DATABASE_UNAVAILABLE,
                "Caravan cannot reach its database. Nothing is lost; ask again in some seconds."));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException failure) {
            Optional<CaravanException> refusal = refusal(failure);
            if (refusal.isEmpty()) {
                throw failure;
            }
            problems.write(request, response, refusal.get());
        }
    }
}
