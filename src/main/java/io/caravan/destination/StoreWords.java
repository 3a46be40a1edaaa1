package io.caravan.destination;

import io.caravan.support.ErrorCode;

/** What a vendor's users call things, for the advice of a test. */
record StoreWords(String bucket, String credentials, String permission) {

    static StoreWords of(ObjectStorageSettings settings, StorageCredentials credentials) {
        return switch (settings.vendor()) {
            case AZURE ->
                credentials.sasToken() == null
                        ? new StoreWords(
                                "container",
                                "Check the account's name and its key, and that the account allows access by key.",
                                "Allow access by key for this account, and this network in its firewall.")
                        : new StoreWords(
                                "container",
                                "Make a new SAS token: this one has ended, or was made for something else.",
                                "Give the SAS token the permissions read, write, delete and list for this container.");
            case GCS ->
                credentials.serviceAccountJson() == null
                        ? new StoreWords(
                                "bucket",
                                "Check the HMAC key: access id and secret must be of the same key, and active.",
                                "Give the HMAC key's account the role Storage Object Admin for this bucket.")
                        : new StoreWords(
                                "bucket",
                                "Check the key file: its key must not have been deleted, and its account be enabled.",
                                "Give the service account the role Storage Object Admin for this bucket.");
            default ->
                new StoreWords(
                        "bucket",
                        "Check the access key and the secret; both must be of the same key.",
                        "Allow this key to list the bucket and to write, read and delete objects in it.");
        };
    }

    /** What to do about a failure of this kind. */
    String advice(ErrorCode code) {
        return switch (code) {
            case DESTINATION_UNAUTHORIZED -> credentials;
            case DESTINATION_NOT_FOUND -> "Create the %s, or correct its name.".formatted(bucket);
            case DESTINATION_REFUSED -> permission;
            case DESTINATION_UNREACHABLE, DESTINATION_TIMEOUT ->
                "Check the endpoint's host and port, its certificate, and the network between.";
            default -> "Try again later; if it stays, ask whoever runs the store.";
        };
    }
}
