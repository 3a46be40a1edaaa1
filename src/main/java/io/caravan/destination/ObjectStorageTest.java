package io.caravan.destination;

import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.support.Ids;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * The test of object storage, step by step: name, TLS, bucket, and a probe object that is written, read back and
 * deleted. Nothing is left behind.
 */
@Component
class ObjectStorageTest {

    private static final byte[] PROBE = "caravan probe\n".getBytes(StandardCharsets.UTF_8);

    private final AddressSteps address;
    private final StoreClients clients;

    ObjectStorageTest(AddressSteps address, StoreClients clients) {
        this.address = address;
        this.clients = clients;
    }

    DestinationTestReport run(ObjectStorageSettings settings, StorageCredentials credentials) {
        URI endpoint = clients.endpoint(settings, credentials);
        String key =
                (settings.prefix().isEmpty() ? "" : settings.prefix() + "/") + ".caravan-probe-" + Ids.next("probe");
        StoreWords words = StoreWords.of(settings, credentials);
        try (ProbedStore store = clients.forTest(settings, credentials)) {
            return new StepRunner()
                    .step("name", () -> address.resolves(endpoint))
                    .step("tls", () -> address.encrypted(endpoint))
                    .step("bucket", () -> tried(store::list, "The %s is there.".formatted(words.bucket()), words))
                    .step("write-probe", () -> tried(() -> store.write(key, PROBE), "An object can be written.", words))
                    .step("read-probe", () -> readBack(store, key, words))
                    .step("delete-probe", () -> tried(() -> store.delete(key), "It can be deleted again.", words))
                    .report();
        }
    }

    private static Found readBack(ProbedStore store, String key, StoreWords words) throws StepFailed {
        byte[] found = call(() -> store.read(key), words);
        if (!Arrays.equals(found, PROBE)) {
            throw new StepFailed(
                    "The object that was read back is not the one that was written.",
                    "Check what stands before the store.");
        }
        return Found.passed("It reads back as it was written.");
    }

    private static Found tried(Runnable request, String passed, StoreWords words) throws StepFailed {
        call(
                () -> {
                    request.run();
                    return true;
                },
                words);
        return Found.passed(passed);
    }

    private static <T> T call(Supplier<T> request, StoreWords words) throws StepFailed {
        try {
            return request.get();
        } catch (RuntimeException e) {
            Meaning meaning = StoreAnswers.explain(e).orElseThrow(() -> e);
            throw new StepFailed(meaning.words(), words.advice(meaning.code()));
        }
    }
}
