package io.caravan.destination;

import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.support.Ids;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * The test of object storage, step by step: name, TLS, bucket, and a probe object that is written, read back and
 * deleted. Nothing is left behind.
 */
@Component
class ObjectStorageTest {

    private static final byte[] PROBE = "caravan probe\n".getBytes(StandardCharsets.UTF_8);

    private final AddressSteps address;
    private final S3Clients clients;
    private final DestinationLimits limits;

    ObjectStorageTest(AddressSteps address, S3Clients clients, DestinationLimits limits) {
        this.address = address;
        this.clients = clients;
        this.limits = limits;
    }

    DestinationTestReport run(ObjectStorageSettings settings, StorageCredentials credentials) {
        URI endpoint = settings.reached();
        String key =
                (settings.prefix().isEmpty() ? "" : settings.prefix() + "/") + ".caravan-probe-" + Ids.next("probe");
        String bucket = settings.bucket();
        try (S3Client client = clients.open(settings, credentials, limits.testTimeout())) {
            return new StepRunner()
                    .step("name", () -> address.resolves(endpoint))
                    .step("tls", () -> address.encrypted(endpoint))
                    .step(
                            "bucket",
                            () -> tried(
                                    () -> client.listObjectsV2(
                                            b -> b.bucket(bucket).maxKeys(1)),
                                    "The bucket is there."))
                    .step(
                            "write-probe",
                            () -> tried(
                                    () -> client.putObject(
                                            b -> b.bucket(bucket).key(key), RequestBody.fromBytes(PROBE)),
                                    "An object can be written."))
                    .step("read-probe", () -> readBack(client, bucket, key))
                    .step(
                            "delete-probe",
                            () -> tried(
                                    () -> client.deleteObject(
                                            b -> b.bucket(bucket).key(key)),
                                    "It can be deleted again."))
                    .report();
        }
    }

    private static Found readBack(S3Client client, String bucket, String key) throws StepFailed {
        byte[] found = call(() -> client.getObjectAsBytes(
                        GetObjectRequest.builder().bucket(bucket).key(key).build())
                .asByteArray());
        if (!Arrays.equals(found, PROBE)) {
            throw new StepFailed(
                    "The object that was read back is not the one that was written.",
                    "Check what stands before the store.");
        }
        return Found.passed("It reads back as it was written.");
    }

    private static Found tried(Supplier<?> request, String passed) throws StepFailed {
        call(request);
        return Found.passed(passed);
    }

    private static <T> T call(Supplier<T> request) throws StepFailed {
        try {
            return request.get();
        } catch (SdkException e) {
            S3Answers.Meaning meaning = S3Answers.explain(e).orElseThrow(() -> e);
            throw new StepFailed(meaning.words(), advice(meaning));
        }
    }

    private static String advice(S3Answers.Meaning meaning) {
        return switch (meaning.code()) {
            case DESTINATION_UNAUTHORIZED -> "Check the access key and the secret; both must be of the same key.";
            case DESTINATION_NOT_FOUND -> "Create the bucket, or correct its name.";
            case DESTINATION_REFUSED ->
                "Allow this key to list the bucket and to write, read and delete objects in it.";
            case DESTINATION_UNREACHABLE, DESTINATION_TIMEOUT ->
                "Check the endpoint's host and port, and the network between.";
            default -> "Try again later; if it stays, ask whoever runs the store.";
        };
    }
}
