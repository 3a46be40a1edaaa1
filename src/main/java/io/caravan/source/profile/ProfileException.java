package io.caravan.source.profile;

/** A vendor profile's file cannot be used: Caravan does not start. The message says which line, and what is wrong. */
public final class ProfileException extends RuntimeException {

    ProfileException(String place, String problem) {
        super(place + ": " + problem);
    }

    ProfileException(String place, int line, String problem) {
        this(place + ":" + line, problem);
    }
}
