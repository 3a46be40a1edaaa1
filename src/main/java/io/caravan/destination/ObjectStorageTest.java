package io.caravan.destination;

import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.support.Ids;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkRefusedException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
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

    private final NetworkGuard guard;
    private final DestinationClients clients;
    private final DestinationLimits limits;

    ObjectStorageTest(NetworkGuard guard, DestinationClients clients, DestinationLimits limits) {
        this.guard = guard;
        this.clients = clients;
        this.limits = limits;
    }

    DestinationTestReport run(ObjectStorageSettings settings, DestinationCredentials credentials) {
        URI endpoint = DestinationClients.reached(settings);
        String key =
                (settings.prefix().isEmpty() ? "" : settings.prefix() + "/") + ".caravan-probe-" + Ids.next("probe");
        String bucket = settings.bucket();
        try (S3Client client = clients.open(settings, credentials, limits.testTimeout())) {
            return new StepRunner()
                    .step("name", () -> resolves(endpoint))
                    .step("tls", () -> encrypted(endpoint))
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

    private Found resolves(URI endpoint) throws StepFailed {
        try {
            guard.checkUri(endpoint);
            InetAddress[] found = InetAddress.getAllByName(bare(endpoint.getHost()));
            guard.check(endpoint.getScheme(), endpoint.getHost(), endpoint.getPort(), found);
            return Found.passed("%s is %s.".formatted(endpoint.getHost(), found[0].getHostAddress()));
        } catch (NetworkRefusedException e) {
            throw new StepFailed(e.getMessage(), "Use another endpoint, or have the operator allow this one.");
        } catch (UnknownHostException e) {
            throw new StepFailed(
                    "The name %s does not resolve.".formatted(endpoint.getHost()), "Check the endpoint's spelling.");
        }
    }

    private static Found encrypted(URI endpoint) {
        return endpoint.getScheme().equals("https")
                ? Found.passed("The endpoint is https.")
                : Found.warning(
                        "The endpoint is http: records and keys cross the network unencrypted.",
                        "Use https wherever the network is not your own.");
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

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
