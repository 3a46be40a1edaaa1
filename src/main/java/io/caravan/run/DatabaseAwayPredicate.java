package io.caravan.run;

import io.caravan.support.DatabaseAway;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether the work met a database that was away: it is given back (see {@link Leases}), and nothing is said against it. */
public final class DatabaseAwayPredicate implements Predicate {

    @Override
    public boolean matches(Exchange exchange) {
        return DatabaseAway.causes(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }
}
