package io.caravan.destination;

import io.caravan.destination.gcs.ServiceAccount;
import io.caravan.support.Checks;
import io.caravan.support.secret.Secret;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What object storage is opened with: an access key and its secret, in one form for every vendor (at Azure the account's
 * name and key, at Google an HMAC key), or one of the vendors' own instead.
 *
 * @param accessKey with a SAS the account's name, and null where an endpoint says it
 * @param secret null where something else is used instead
 * @param sessionToken null where the key is a lasting one
 * @param sasToken a shared access signature of Azure, without a question mark before it; null for none
 * @param serviceAccountJson a key file of Google; null for none
 */
public record StorageCredentials(
        String accessKey, Secret secret, Secret sessionToken, Secret sasToken, Secret serviceAccountJson)
        implements DestinationCredentials {

    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
    // What else there may be would have to be escaped, and a client that cannot read an address quotes it.
    private static final Pattern SAS = Pattern.compile("(?=(.*&)?sig=)[A-Za-z0-9_.~%&=:,+/-]+");

    public StorageCredentials {
        sasToken = withoutQuestionMark(sasToken);
        Checks checks = new Checks()
                .optionalText("credentials.session_token", DestinationCredentials.revealed(sessionToken), 10_000)
                .that(
                        sasToken == null || serviceAccountJson == null,
                        "credentials.sas_token",
                        "is not used beside a key file");
        if (sasToken != null) {
            checkSas(checks, accessKey, secret, sasToken.reveal());
        } else if (serviceAccountJson != null) {
            checkKeyFile(checks, accessKey, secret, serviceAccountJson.reveal());
        } else {
            checks.text("credentials.access_key", accessKey, 500)
                    .text("credentials.secret", DestinationCredentials.revealed(secret), 5000);
        }
        checks.done();
    }

    private static void checkSas(Checks checks, String accessKey, Secret secret, String sas) {
        checks.optionalText("credentials.access_key", accessKey, 500)
                .that(secret == null, "credentials.secret", "is not used beside a SAS token")
                .text("credentials.sas_token", sas, 5000)
                .matches("credentials.sas_token", sas, SAS, "must be a shared access signature, as in sv=…&sig=…");
    }

    private static void checkKeyFile(Checks checks, String accessKey, Secret secret, String keyFile) {
        checks.that(accessKey == null, "credentials.access_key", "is not used beside a key file")
                .that(secret == null, "credentials.secret", "is not used beside a key file");
        try {
            ServiceAccount.of(keyFile);
        } catch (IllegalArgumentException e) {
            checks.that(false, "credentials.service_account_json", e.getMessage());
        }
    }

    /** Refuses what the store's vendor cannot use. */
    void requireFor(ObjectStorageSettings settings) {
        boolean azure = settings.vendor() == CloudVendor.AZURE;
        boolean s3 = settings.vendor() == CloudVendor.AWS || settings.vendor() == CloudVendor.S3_COMPATIBLE;
        new Checks()
                .that(s3 || sessionToken == null, "credentials.session_token", notUsed(settings))
                .that(azure || sasToken == null, "credentials.sas_token", notUsed(settings))
                .that(
                        settings.vendor() == CloudVendor.GCS || serviceAccountJson == null,
                        "credentials.service_account_json",
                        notUsed(settings))
                .that(
                        !azure || isAccount(settings.endpoint() != null && sasToken != null),
                        "credentials.access_key",
                        "must be the storage account's name: 3 to 24 lower-case letters and digits")
                .that(
                        !azure || secret == null || isBase64(secret.reveal()),
                        "credentials.secret",
                        "must be one of the storage account's keys, which are Base64")
                .done();
    }

    private static String notUsed(ObjectStorageSettings settings) {
        return "is not used with " + settings.cloudVendor();
    }

    private boolean isAccount(boolean optional) {
        return accessKey == null ? optional : ACCOUNT.matcher(accessKey).matches();
    }

    private static boolean isBase64(String key) {
        try {
            return Base64.getDecoder().decode(key).length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Secret withoutQuestionMark(Secret sas) {
        return sas != null && sas.reveal().startsWith("?") && sas.reveal().length() > 1
                ? Secret.of(sas.reveal().substring(1))
                : sas;
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>();
        add(names, "access_key", accessKey);
        add(names, "secret", secret);
        add(names, "session_token", sessionToken);
        add(names, "sas_token", sasToken);
        add(names, "service_account_json", serviceAccountJson);
        return List.copyOf(names);
    }

    private static void add(List<String> names, String name, Object value) {
        if (value != null) {
            names.add(name);
        }
    }

    /** The access key is a secret's neighbour: neither is printed. */
    @Override
    public String toString() {
        return "StorageCredentials" + names();
    }
}
