package io.caravan.run;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.util.ObjectHelper;

/** Whether the work was taken over: then nothing is written, for it is another node's. */
public final class LeaseLostPredicate implements Predicate {

    @Override
    public boolean matches(Exchange exchange) {
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        CaravanException known = ObjectHelper.getException(CaravanException.class, thrown); // a split wraps it
        return known != null && known.code() == ErrorCode.LEASE_LOST;
    }
}
