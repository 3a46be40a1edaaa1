package io.caravan.destination.bound;

/**
 * A client as it was opened.
 *
 * @param revision of the credentials that it has
 * @param settings that it was opened for
 * @param name in Camel's registry
 * @param leaf suffix of the leaf routes that it is for
 * @param close closes it and all that was made for it; called once
 */
public record OpenClient(int revision, Object settings, String name, String leaf, Runnable close) {

    /** Whether it will do for who wants this revision, or a later one, and these settings. */
    boolean fits(int wanted, Object wantedSettings) {
        return revision >= wanted && settings.equals(wantedSettings);
    }
}
