package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.SourceRequest.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceTrafficTest extends SourceCase {

    private static final Duration NO_TIME = Duration.ZERO;

    @Test
    void requests_inside_a_wait_are_found_and_those_on_the_wire_are_not() {
        SourceTraffic traffic = new SourceTraffic(List.of(
                request("/a", 0, 100, 429, Optional.of(Duration.ofMillis(1_000))),
                request("/on-the-wire", 110, 120, 200, Optional.empty()),
                request("/too-early", 900, 910, 200, Optional.empty()),
                request("/in-time", 1_100, 1_110, 200, Optional.empty())));

        assertThat(urls(traffic.insideWaits(NO_TIME))).containsExactly("/on-the-wire", "/too-early");
        assertThat(urls(traffic.insideWaits(Duration.ofMillis(50)))).containsExactly("/too-early");
        assertThat(traffic.of(request -> request.status() != 429).insideWaits(NO_TIME))
                .isEmpty();
    }

    @Test
    void the_most_requests_within_a_stretch_of_time_are_counted() {
        SourceTraffic traffic = new SourceTraffic(List.of(at(0), at(10), at(500), at(999), at(1_000), at(1_009)));

        assertThat(traffic.mostWithin(Duration.ofMillis(1_000))).isEqualTo(5);
        assertThat(traffic.mostWithin(Duration.ofMillis(10))).isEqualTo(2);
        assertThat(traffic.mostWithin(Duration.ofMillis(11))).isEqualTo(3);
        assertThat(traffic.gaps()).hasSize(5).startsWith(Duration.ofMillis(10));
        assertThat(new SourceTraffic(List.of()).mostWithin(Duration.ofMillis(10)))
                .isZero();
    }

    @Test
    void urls_that_came_more_than_once_are_counted() throws Exception {
        observations(2);
        source.fail(SourceRequest::isMetadata).with(Fault.status(500)).times(1);
        statuses("/metadata", 2);
        statuses("/Patient/ann", 3);
        status("/Observation?patient=ann&_count=1");
        status("/Observation?patient=ann&_count=2");

        assertThat(source.traffic().askedMoreThanOnce()).isEqualTo(Map.of("/fhir/metadata", 2, "/fhir/Patient/ann", 3));
        assertThat(source.traffic().fetchedMoreThanOnce()).isEqualTo(Map.of("/fhir/Patient/ann", 3));
    }

    @Test
    void what_arrived_and_when_it_was_answered_is_written_down() throws Exception {
        observations(1);
        source.fail(request -> true).with(Fault.latency(Duration.ofMillis(30)));
        get("/Patient/ann", "X-Note", "a", "Authorization", "Basic x");

        SourceRequest request = source.requests().get(0);

        Answered answered = request.answered().orElseThrow();
        assertThat(answered.nanos() - request.nanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
        assertThat(Duration.between(request.at(), answered.at())).isGreaterThan(Duration.ofMillis(20));
        assertThat(request.header("x-note")).contains("a");
        assertThat(source.traffic().withAuthorization()).containsExactly(request);
    }

    @Test
    void a_ledger_may_forget_the_oldest() throws Exception {
        source = SourceSimulator.builder().resource(ANN).requestsKept(10).start();

        statuses("/Patient/ann", 25);

        assertThat(source.requests()).hasSizeBetween(5, 10).allMatch(request -> request.status() == 200);
        assertThat(source.arrivals()).isEqualTo(25);
    }

    private static SourceRequest at(long millis) {
        return request("/" + millis, millis, millis, 200, Optional.empty());
    }

    private static SourceRequest request(
            String path, long arrived, long answered, int status, Optional<Duration> told) {
        Instant zero = Instant.EPOCH;
        return new SourceRequest(
                1,
                zero.plusMillis(arrived),
                Duration.ofMillis(arrived).toNanos(),
                "GET",
                path,
                "",
                "",
                Map.of(),
                "",
                Optional.of(new Answered(
                        status,
                        zero.plusMillis(answered),
                        Duration.ofMillis(answered).toNanos(),
                        told)));
    }

    private static List<String> urls(List<SourceRequest> requests) {
        return requests.stream().map(SourceRequest::url).toList();
    }
}
