package io.caravan.support;

import io.caravan.support.CaravanException.FieldError;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkRefusedException;
import java.net.URI;
import java.util.List;
import org.springframework.stereotype.Component;

/** URLs that somebody enters: refused at once where they can never be connected to. Connecting checks again. */
@Component
public class EnteredUrls {

    private final NetworkGuard guard;

    EnteredUrls(NetworkGuard guard) {
        this.guard = guard;
    }

    /** The URL normalised, as {@link BaseUrl} has it; {@link ErrorCode#NETWORK_REFUSED} where it is not allowed. */
    public URI require(String field, String url) {
        URI base = BaseUrl.of(url);
        try {
            guard.checkUri(base);
            return base;
        } catch (NetworkRefusedException e) {
            throw new CaravanException(
                    ErrorCode.NETWORK_REFUSED,
                    field + " is refused: " + e.getMessage(),
                    List.of(new FieldError(field, e.getMessage())));
        }
    }
}
