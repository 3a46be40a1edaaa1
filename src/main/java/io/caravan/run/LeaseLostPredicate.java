package io.caravan.run;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether the work was taken over: then nothing is written, for it is another node's. */
public final class LeaseLostPredicate implements Predicate {

    @Override
    public boolean matches(Exchange exchange) {
        return exchange.getProperty(Exchange.EXCEPTION_CAUGHT) instanceof CaravanException e
                && e.code() == ErrorCode.LEASE_LOST;
    }
}
