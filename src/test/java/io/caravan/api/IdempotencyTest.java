package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A POST with an Idempotency-Key that is sent again is answered again, and done once. */
class IdempotencyTest extends ApiTest {

    private static final String SOURCE =
            "{\"name\": \"St. Elsewhere\", \"fhir_base_url\": \"https://fhir.st-elsewhere.org/r4\"}";

    private final String key = UUID.randomUUID().toString();
    private String org;

    @BeforeEach
    void newOrganization() {
        org = organization();
    }

    @Test
    void the_same_request_is_answered_the_same_and_done_once() {
        Answer first = postWith(OPERATOR_KEY, org + "/sources", SOURCE);
        Answer second = postWith(OPERATOR_KEY, org + "/sources", SOURCE);

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Idempotency-Replayed")).isNull();
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.raw().body()).isEqualTo(first.raw().body());
        for (String header : List.of("Location", "ETag", "Content-Type")) {
            assertThat(second.header(header)).isEqualTo(first.header(header)).isNotNull();
        }
        assertThat(second.header("X-Request-Id")).isNotEqualTo(first.header("X-Request-Id"));
        assertThat(sources()).hasSize(1);
    }

    @Test
    void without_a_key_it_is_done_twice() {
        post(OPERATOR_KEY, org + "/sources", SOURCE);
        post(OPERATOR_KEY, org + "/sources", SOURCE);

        assertThat(sources()).hasSize(2);
    }

    @Test
    void another_body_or_another_path_is_refused_and_does_nothing() {
        postWith(OPERATOR_KEY, org + "/sources", SOURCE);

        Answer otherBody = postWith(OPERATOR_KEY, org + "/sources", SOURCE.replace("St.", "Dr."));
        Answer otherPath = postWith(OPERATOR_KEY, organization() + "/sources", SOURCE);

        for (Answer refused : List.of(otherBody, otherPath)) {
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text("/code")).isEqualTo("idempotency_key_reused");
        }
        assertThat(sources()).hasSize(1);
    }

    @Test
    void callers_do_not_share_their_keys() {
        String one = key(org, "manager");
        String other = key(org, "manager");

        assertThat(postWith(one, org + "/sources", SOURCE).header("Idempotency-Replayed"))
                .isNull();
        assertThat(postWith(other, org + "/sources", SOURCE).header("Idempotency-Replayed"))
                .isNull();
        assertThat(sources()).hasSize(2);
    }

    @Test
    void who_may_not_ask_any_more_is_not_answered() {
        String manager = key(org, "manager");
        postWith(manager, org + "/sources", SOURCE);
        String id = get(OPERATOR_KEY, org + "/api-keys").text("/data/0/id");
        delete(OPERATOR_KEY, org + "/api-keys/" + id);

        assertThat(postWith(manager, org + "/sources", SOURCE).status()).isEqualTo(401);
        assertThat(postWith(key(org, "viewer"), org + "/sources", SOURCE).status())
                .isEqualTo(403);
    }

    @Test
    void while_the_first_is_not_answered_the_second_waits() {
        postWith(OPERATOR_KEY, org + "/sources", SOURCE);
        pretendUnderWay("now() + INTERVAL '1 minute'");

        Answer early = postWith(OPERATOR_KEY, org + "/sources", SOURCE);

        assertThat(early.status()).isEqualTo(409);
        assertThat(early.text("/code")).isEqualTo("request_in_progress");
        assertThat(early.header("Retry-After")).isEqualTo("1");
        assertThat(sources()).hasSize(1);
    }

    @Test
    void what_a_node_died_over_can_be_asked_again() {
        postWith(OPERATOR_KEY, org + "/sources", SOURCE);
        pretendUnderWay("now() - INTERVAL '1 second'");

        assertThat(postWith(OPERATOR_KEY, org + "/sources", SOURCE.replace("St.", "Dr."))
                        .status())
                .isEqualTo(422);
        assertThat(postWith(OPERATOR_KEY, org + "/sources", SOURCE).status()).isEqualTo(201);
        assertThat(sources()).hasSize(2);
    }

    @Test
    void a_day_later_a_key_is_as_good_as_new() {
        postWith(OPERATOR_KEY, org + "/sources", SOURCE);
        jdbc.sql("UPDATE kept_answer SET created_at = now() - INTERVAL '25 hours' WHERE key = :key")
                .param("key", key)
                .update();

        assertThat(postWith(OPERATOR_KEY, org + "/sources", SOURCE.replace("St.", "Dr."))
                        .status())
                .isEqualTo(201);
        assertThat(sources()).hasSize(2);
    }

    @Test
    void of_many_at_once_one_is_done() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Answer> ask = () -> postWith(OPERATOR_KEY, org + "/sources", SOURCE);
            List<Future<Answer>> answers =
                    threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> ask).toList());
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).isIn(201, 409);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(sources()).hasSize(1);
    }

    @Test
    void a_refusal_is_judged_anew() {
        String refused = destinationBody("Lake", StubRoutes.REFUSED_BUCKET);
        assertThat(postWith(OPERATOR_KEY, org + "/destinations", refused).status())
                .isEqualTo(422);

        assertThat(postWith(OPERATOR_KEY, org + "/destinations", destinationBody("Lake", "mended"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void a_new_api_key_is_never_shown_twice() {
        String body = "{\"name\": \"app\", \"role\": \"viewer\"}";
        Answer first = postWith(OPERATOR_KEY, org + "/api-keys", body);
        Answer second = postWith(OPERATOR_KEY, org + "/api-keys", body);

        assertThat(second.text("/key")).isNotEqualTo(first.text("/key"));
        assertThat(jdbc.sql("SELECT count(*) FROM kept_answer WHERE key = :key")
                        .param("key", key)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("wrongKeys")
    void a_key_that_is_none_is_refused(String wrong) {
        Answer answer = send(request(org + "/sources")
                .POST(BodyPublishers.ofString(SOURCE))
                .header("Authorization", "Bearer " + OPERATOR_KEY)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", wrong));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/code")).isEqualTo("invalid_request");
        assertThat(sources()).isEmpty();
    }

    @Test
    void a_body_that_is_too_large_is_refused_as_without_a_key() {
        String large = "{\"name\": \"" + "x".repeat(1_100_000) + "\"}";

        Answer plain = post(OPERATOR_KEY, org + "/sources", large);
        Answer keyed = postWith(OPERATOR_KEY, org + "/sources", large);

        assertThat(keyed.status()).isEqualTo(plain.status()).isEqualTo(400);
        assertThat(keyed.text("/code")).isEqualTo(plain.text("/code"));
    }

    @Test
    void it_ends_with_its_organization() {
        postWith(OPERATOR_KEY, org + "/sources", SOURCE);
        delete(OPERATOR_KEY, org);

        assertThat(jdbc.sql("SELECT count(*) FROM kept_answer WHERE key = :key")
                        .param("key", key)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void every_post_says_so_in_the_contract_but_the_one_that_shows_a_key() {
        for (Map.Entry<String, JsonNode> operation : Contract.operations().entrySet()) {
            boolean named = operation.getValue().path("parameters").toString().contains("IdempotencyKey");
            assertThat(named)
                    .as(operation.getKey())
                    .isEqualTo(operation.getKey().startsWith("POST ")
                            && !operation.getKey().endsWith("/api-keys"));
        }
    }

    static List<String> wrongKeys() {
        return List.of("", "two words", "x".repeat(256));
    }

    private void pretendUnderWay(String until) {
        jdbc.sql("UPDATE kept_answer SET status = NULL, taken_until = " + until + " WHERE key = :key")
                .param("key", key)
                .update();
    }

    private List<JsonNode> sources() {
        JsonNode data = get(OPERATOR_KEY, org + "/sources").body().path("data");
        return IntStream.range(0, data.size()).mapToObj(data::get).toList();
    }

    private Answer postWith(String caller, String path, String body) {
        Answer answer = send(request(path)
                .POST(BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + caller)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key));
        Contract.check("POST", path, answer);
        return answer;
    }
}
