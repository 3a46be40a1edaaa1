package io.caravan.destination;

import java.util.List;

/** Of a destination that needs none. */
record NoCredentials() implements DestinationCredentials {

    @Override
    public List<String> names() {
        return List.of();
    }
}
