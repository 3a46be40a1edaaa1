package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.AzureServer;
import io.caravan.testing.CloudServer;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Azure Blob Storage, as Azurite is it. */
class AzureIT extends CloudScenario {

    private static AzureServer azure;

    @BeforeAll
    static void startAzure() {
        assumeThat(AzureServer.missing()).as(AzureServer.missing()).isNull();
        azure = AzureServer.start();
        azure.createBucket(BUCKET);
    }

    @AfterAll
    static void stopAzure() {
        if (azure != null) {
            azure.close();
        }
    }

    @Override
    CloudServer server() {
        return azure;
    }

    @Override
    Map<String, String> wrongCredentials() {
        String key = Base64.getEncoder().encodeToString("another key".getBytes(StandardCharsets.UTF_8));
        return Map.of("access_key", AzureServer.ACCOUNT, "secret", key);
    }

    @Override
    List<String> secrets() {
        return List.of(azure.key());
    }

    @Test
    void a_sas_token_opens_its_container_and_is_found_nowhere() throws Exception {
        String sas = azure.sas(BUCKET, "rwdl");
        String signature = sas.replaceFirst(".*sig=([^&]*).*", "$1");
        try (Traces traces = new Traces().debug("io.caravan", "org.apache.camel", "com.azure");
                SourceSimulator source = smallSource()) {
            String destination = saved(body(BUCKET, Map.of("sas_token", "?" + sas)));
            caravan.awaitRuns(destination, 1);
            azure.failPuts(403, 1);
            pull(source, PATIENT);
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);

            failedWith(run, "destination_refused");
            assertThat(traces.logged()).noneMatch(line -> line.contains(signature));
            assertThat(Traces.beans()).noneMatch(bean -> bean.contains(signature));
            assertThat(run.toString()).doesNotContain(signature);
        }
    }

    @Test
    void a_sas_token_that_may_not_write_is_refused_with_what_it_needs() {
        JsonNode refused = problem(
                caravan.newDestination(body(BUCKET, Map.of("sas_token", azure.sas(BUCKET, "rl")))),
                422,
                "destination_test_failed");

        failedAt("write-probe", refused, "Give the SAS token the permissions read, write, delete and list");
    }

    @Test
    void what_does_not_fit_azure_is_refused_before_anything_is_asked() {
        assertThat(refusedField(body("Lake", azure.credentials()))).isEqualTo("settings.bucket");
        assertThat(refusedField(body(BUCKET, Map.of("access_key", AzureServer.ACCOUNT, "secret", "no Base64!"))))
                .isEqualTo("credentials.secret");
        assertThat(refusedField(body(BUCKET, Map.of("sas_token", "sv=1&sig=a b"))))
                .isEqualTo("credentials.sas_token");
    }

    private String refusedField(Map<String, Object> body) {
        return problem(caravan.newDestination(body), 422, "invalid_field")
                .at("/errors/0/field")
                .asText();
    }
}
