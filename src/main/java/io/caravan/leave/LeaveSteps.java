package io.caravan.leave;

import io.caravan.connection.Disconnect;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** The steps of the leave routes ({@code leave.camel.yaml}). */
@Component("leave")
class LeaveSteps {

    private final LeaveLedger ledger;

    LeaveSteps(LeaveLedger ledger) {
        this.ledger = ledger;
    }

    /** The id of the connection, of which nothing more is pulled from now on, be it because it had ended before. */
    String disconnect(@Body Disconnect disconnect) {
        ledger.disconnect(disconnect.orgId(), disconnect.connectionId());
        return disconnect.connectionId();
    }
}
