package io.caravan.destination.fhir;

import io.caravan.support.secret.Secret;
import java.util.Optional;

/** How a request to a FHIR server proves who sends it. */
public interface Authorization {

    /** The token to send; empty for an open server. */
    Optional<Secret> token();

    /** A server did not take this token: whether there is another one to try. */
    boolean renew(Secret refused);

    /** An open server. */
    Authorization NONE = fixed(Optional.empty());

    /** A token that somebody entered: there is no other one. */
    static Authorization bearer(Secret token) {
        return fixed(Optional.of(token));
    }

    private static Authorization fixed(Optional<Secret> token) {
        return new Authorization() {
            @Override
            public Optional<Secret> token() {
                return token;
            }

            @Override
            public boolean renew(Secret refused) {
                return false;
            }
        };
    }
}
