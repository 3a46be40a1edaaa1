package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.FaultyAnswers.Wait;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Lines 15 to 17, and 19, of sources.md. */
class FaultyAnswersTest extends SourceCase {

    private static final String OF_ANN = "/Observation?patient=ann";

    @Test
    void outcomes_stand_among_the_matches() throws Exception {
        observations(2);
        for (String code : List.of("4119", "4130", "4131", "4134")) {
            FaultHandle with = source.fail(SourceRequest::isSearch).with(Fault.outcomeEntry(code, "incomplete"));
            FaultHandle without = source.fail(SourceRequest::isSearch)
                    .with(FaultyAnswers.outcomeEntryWithoutMode(code, "incomplete"));
            JsonNode page = json(get(OF_ANN));
            assertThat(page.path("entry")).hasSize(4);
            assertThat(page.at("/entry/0").has("search")).isFalse();
            assertThat(code(page.at("/entry/0/resource"))).isEqualTo(code);
            assertThat(page.at("/entry/3/search/mode").textValue()).isEqualTo("outcome");
            assertThat(code(page.at("/entry/3/resource"))).isEqualTo(code);
            with.clear();
            without.clear();
        }
    }

    @Test
    void no_results_are_said_by_an_outcome_in_a_200() throws Exception {
        observations(3, FaultyAnswers.noResults());

        JsonNode page = json(get(OF_ANN + "&_count=2"));

        assertThat(page.path("total").intValue()).isZero();
        assertThat(next(page)).isEmpty();
        assertThat(page.path("entry")).hasSize(1);
        assertThat(code(page.at("/entry/0/resource"))).isEqualTo(FaultyAnswers.NO_RESULTS);
    }

    @Test
    void entries_do_not_say_what_they_are_or_are_of_another_type() throws Exception {
        observations(2);
        FaultHandle without = source.fail(SourceRequest::isSearch).with(FaultyAnswers.withoutSearchMode());
        assertThat(json(get(OF_ANN)).findValues("search")).isEmpty();
        without.clear();

        byte[] goal = "{\"resourceType\":\"Goal\",\"id\":\"g\"}".getBytes(StandardCharsets.UTF_8);
        source.fail(SourceRequest::isSearch).with(FaultyAnswers.entry(goal));
        assertThat(json(get(OF_ANN)).at("/entry/2/resource/resourceType").textValue())
                .isEqualTo("Goal");
    }

    @Test
    void tokens_are_accepted_until_they_are_not_any_more() throws Exception {
        observations(1);
        List<String> valid = Collections.synchronizedList(new ArrayList<>(List.of("first", "second")));
        source.acceptTokens(valid::contains);

        assertThat(status(OF_ANN, "Authorization", "Bearer first")).isEqualTo(200);
        valid.remove("first");
        assertThat(status(OF_ANN, "Authorization", "Bearer first")).isEqualTo(401);
        assertThat(status(OF_ANN, "Authorization", "second")).isEqualTo(401);
        assertThat(status(OF_ANN)).isEqualTo(401);
        assertThat(status(OF_ANN, "Authorization", "Bearer second")).isEqualTo(200);
        source.expireTokens(Map.of(
                "second", Instant.now().minusSeconds(1), "third", Instant.now().plusSeconds(60)));
        assertThat(status(OF_ANN, "Authorization", "Bearer second")).isEqualTo(401);
        assertThat(status(OF_ANN, "Authorization", "Bearer third")).isEqualTo(200);
    }

    @Test
    void types_without_a_scope_are_forbidden() throws Exception {
        observations(1, FaultyAnswers.scopes("Patient"));

        assertThat(status("/Patient/ann")).isEqualTo(200);
        assertThat(status(OF_ANN)).isEqualTo(403);
        assertThat(status("/Observation/o0")).isEqualTo(403);
        assertThat(status("/metadata")).isEqualTo(200);
    }

    @Test
    void some_requests_fail_in_the_same_way_in_every_run() throws Exception {
        List<List<Integer>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            observations(1);
            source.fail(SourceRequest::isRead)
                    .with(FaultyAnswers.anyOf(500, 502, 503, 504))
                    .chance(0.3);
            List<Integer> statuses = statuses("/Patient/ann", 40);
            runs.add(statuses);
            source.close();
        }

        assertThat(runs.get(0)).contains(200, 500, 502, 503, 504).isEqualTo(runs.get(1));
        assertThat(runs.get(0).stream().filter(status -> status != 200)).hasSizeBetween(4, 22);
    }

    @Test
    void chance_does_not_depend_on_the_order_of_requests() throws Exception {
        List<List<Integer>> runs = new ArrayList<>();
        for (boolean reversed : new boolean[] {false, true}) {
            observations(20);
            source.fail(SourceRequest::isRead).with(Fault.status(503)).chance(0.5);
            Integer[] statuses = new Integer[20];
            for (int i = 0; i < 20; i++) {
                int id = reversed ? 19 - i : i;
                statuses[id] = status("/Observation/o" + id);
            }
            runs.add(List.of(statuses));
            source.close();
        }

        assertThat(runs.get(0)).contains(200, 503).isEqualTo(runs.get(1));
    }

    @Test
    void every_third_request_is_one_too_many() throws Exception {
        observations(1);
        source.fail(SourceRequest::isRead)
                .with(FaultyAnswers.throttled(Wait.NOTHING, Duration.ZERO))
                .every(3);

        assertThat(statuses("/Patient/ann", 7)).containsExactly(200, 200, 429, 200, 200, 429, 200);
        assertThat(get("/metadata").headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void a_wait_is_told_in_seconds_as_a_date_as_a_reset_or_not_at_all() throws Exception {
        observations(1);
        Duration hours = Duration.ofHours(3);
        Instant before = Instant.now();
        assertThat(header(Wait.RETRY_AFTER_SECONDS, hours, "Retry-After")).isEqualTo("10800");
        assertThat(header(Wait.RESET_IN, hours, "X-RateLimit-Reset")).isEqualTo("10800");
        String date = header(Wait.RETRY_AFTER_DATE, hours, "Retry-After");
        assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .isBetween(before.plus(hours), before.plus(hours).plusSeconds(5));
        String moment = header(Wait.RESET_AT, hours, "X-RateLimit-Reset");
        assertThat(Instant.ofEpochSecond(Long.parseLong(moment)))
                .isBetween(before.plus(hours), before.plus(hours).plusSeconds(5));
        assertThat(header(Wait.NOTHING, hours, "Retry-After")).isEmpty();
        assertThat(source.requests(request -> request.answered()
                        .flatMap(SourceRequest.Answered::told)
                        .filter(wait -> wait.compareTo(hours.minusSeconds(5)) > 0)
                        .isPresent()))
                .hasSize(4);
    }

    /** Empty where there is none. */
    private String header(Wait how, Duration wait, String name) throws Exception {
        FaultHandle throttled = source.fail(request -> true).with(FaultyAnswers.throttled(how, wait));
        HttpResponse<String> answer = get("/metadata");
        throttled.clear();
        assertThat(answer.statusCode()).isEqualTo(429);
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void a_quota_is_for_all_requests_together_and_refused_ones_do_not_count() throws Exception {
        observations(1, FaultyAnswers.quota(3, Duration.ofHours(1), Wait.RETRY_AFTER_SECONDS));

        assertThat(status("/metadata")).isEqualTo(200);
        assertThat(statuses("/Patient/ann", 4)).containsExactly(200, 200, 429, 429);
        assertThat(Integer.parseInt(
                        get(OF_ANN).headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3_590, 3_600);
    }

    @Test
    void a_quota_is_of_a_stretch_of_time_that_moves() throws Exception {
        observations(1, FaultyAnswers.quota(2, Duration.ofMillis(300), Wait.NOTHING));
        Predicate<SourceRequest> read = SourceRequest::isRead;

        org.awaitility.Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        status("/Patient/ann") >= 0 && source.count(read.and(request -> request.status() == 200)) == 5);

        SourceTraffic admitted = source.traffic().of(request -> request.status() == 200);
        assertThat(admitted.mostWithin(Duration.ofMillis(300))).isEqualTo(2);
        assertThat(source.traffic().mostWithin(Duration.ofMillis(300))).isGreaterThan(2);
    }

    @Test
    void a_quota_counts_the_token_endpoint_too() throws Exception {
        try (OAuthServer oauth = OAuthServer.start()) {
            oauth.confidentialClient("portal", "secret", Duration.ofMinutes(5));
            OAuthGrant grant = oauth.grant("portal", "patient/*.read");
            source = SourceSimulator.builder()
                    .resource(ANN)
                    .tokensFrom(oauth.tokenEndpoint())
                    .start();
            source.acceptTokens(oauth::accepts);
            source.fail(request -> true).with(FaultyAnswers.quota(2, Duration.ofHours(1), Wait.RETRY_AFTER_SECONDS));

            HttpResponse<String> refreshed = refresh(grant.refreshToken());

            assertThat(refreshed.statusCode()).isEqualTo(200);
            String token = json(refreshed).path("access_token").textValue();
            assertThat(status("/Patient/ann", "Authorization", "Bearer " + token))
                    .isEqualTo(200);
            assertThat(refresh(json(refreshed).path("refresh_token").textValue())
                            .statusCode())
                    .isEqualTo(429);
            assertThat(oauth.requests()).hasSize(1);
            assertThat(source.count(SourceRequest::isToken)).isEqualTo(2);
            source.clearFaults();
            assertThat(json(get("/metadata")).findValuesAsText("valueUri"))
                    .containsExactly(source.tokenEndpoint().toString());
        }
    }

    private HttpResponse<String> refresh(String token) throws Exception {
        String form = "grant_type=refresh_token&client_id=portal&client_secret=secret&refresh_token=" + token;
        HttpRequest request = HttpRequest.newBuilder(source.tokenEndpoint())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void answers_come_late_by_an_amount_of_their_own() throws Exception {
        observations(1, FaultyAnswers.latency(Duration.ofMillis(20), Duration.ofMillis(40)));

        long from = System.nanoTime();
        status("/Patient/ann");

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }

    @Test
    void bodies_trickle_in() throws Exception {
        observations(1, FaultyAnswers.trickle(10, Duration.ofMillis(5)));

        long from = System.nanoTime();
        assertThat(get("/Patient/ann").body()).isEqualTo(ANN);

        assertThat(Duration.ofNanos(System.nanoTime() - from))
                .isGreaterThanOrEqualTo(Duration.ofMillis(5L * (ANN.length() / 10)));
    }
}
