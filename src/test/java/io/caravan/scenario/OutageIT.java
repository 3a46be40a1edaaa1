package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A destination that is down for long is made up for without a person, or as soon as one asks (product.md § 4). */
@TestPropertySource(
        properties = {
            "caravan.export.retry-for=500ms",
            "caravan.export.repeat=* * * * * ?",
            "caravan.export.repeat-first=1s",
            "caravan.export.repeat-longest=2s"
        })
class OutageIT extends OneStoreScenario {

    @Test
    void what_an_outage_kept_back_arrives_by_itself_when_it_is_over() {
        store.failPuts(503, Integer.MAX_VALUE);
        pull(source, PATIENT);
        await(() -> runs("auto_retry", "failed").size() >= 2);
        JsonNode first = runs("pull_completed", "failed").get(0);

        store.failPuts(503, 0);
        await(() -> runs("auto_retry", "succeeded").size() == 1);

        JsonNode last = runs("auto_retry", "succeeded").get(0);
        assertThat(delivered(store, BUCKET, "out", last.path("id").asText()))
                .isEqualTo(stored())
                .hasSize(16);
        assertThat(caravan.run(first.path("id").asText()).path("resolved_by").asText())
                .isEqualTo(last.path("id").asText());
        assertThat(runs("auto_retry", "failed"))
                .allMatch(run ->
                        run.path("resolved_by").asText().equals(last.path("id").asText()));
        assertThat(caravan.get(caravan.path("/destinations/" + destination))
                        .ok()
                        .path("state")
                        .asText())
                .isEqualTo("ok");
    }

    @Test
    void a_failed_run_says_when_it_is_tried_next_and_a_person_need_not_wait() {
        store.failPuts(503, Integer.MAX_VALUE);
        pull(source, PATIENT);
        JsonNode waiting = await(() -> runs("auto_retry", "queued").stream()
                .filter(this::putOff)
                .findFirst()
                .orElse(null));
        JsonNode failed = caravan.run(waiting.path("retry_of").asText());

        assertThat(Instant.parse(failed.path("next_try_at").asText())).isAfter(Instant.now());
        assertThat(failed.path("retryable").asBoolean()).isTrue();
        JsonNode shown =
                caravan.get(caravan.path("/destinations/" + destination)).ok();
        assertThat(shown.path("state").asText()).isEqualTo("failed");
        assertThat(shown.at("/latest_run/id")).isEqualTo(failed.path("id"));

        store.failPuts(503, 0);
        CaravanDriver.Answer retried =
                caravan.post(caravan.path("/runs/" + failed.path("id").asText() + "/retry"), Map.of());

        assertThat(retried.status()).isEqualTo(202);
        assertThat(retried.json().path("id")).isEqualTo(waiting.path("id"));
        await(() -> runs("auto_retry", "succeeded").size() == 1);
        assertThat(delivered(store, BUCKET, "out", waiting.path("id").asText()))
                .isEqualTo(stored())
                .hasSize(16);
    }

    /** Far away, where it is still waiting. */
    private boolean putOff(JsonNode run) {
        return database.sql(
                                "UPDATE export_run SET due_at = now() + INTERVAL '1 hour' WHERE id = ? AND status = 'queued'")
                        .param(run.path("id").asText())
                        .update()
                == 1;
    }

    private List<JsonNode> runs(String trigger, String status) {
        return caravan.runs(destination).stream()
                .filter(run -> run.path("trigger").asText().equals(trigger))
                .filter(run -> run.path("status").asText().equals(status))
                .toList();
    }

    private static <T> T await(Callable<T> until) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(until, found -> Objects.nonNull(found) && !Boolean.FALSE.equals(found));
    }
}
