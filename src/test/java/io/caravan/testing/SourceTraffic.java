package io.caravan.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What requests say about the client that sent them. Where some are left out with {@link #of}, the questions are about
 * the others. Times are of the monotonic clock.
 */
public final class SourceTraffic {

    private final List<SourceRequest> requests;

    SourceTraffic(List<SourceRequest> requests) {
        this.requests = requests.stream()
                .sorted(Comparator.comparingLong(SourceRequest::nanos))
                .toList();
    }

    public SourceTraffic of(Predicate<SourceRequest> which) {
        return new SourceTraffic(requests.stream().filter(which).toList());
    }

    /** In the order of arrival. */
    public List<SourceRequest> requests() {
        return requests;
    }

    /**
     * Those that came although the source had asked to wait, with {@code Retry-After} or {@code X-RateLimit-Reset}, and
     * the time was not over (sources.md 17).
     *
     * @param onTheWire how long after such an answer a request may still come that was on its way already
     */
    public List<SourceRequest> insideWaits(Duration onTheWire) {
        List<SourceRequest.Answered> told = requests.stream()
                .flatMap(request -> request.answered().stream())
                .filter(answered -> answered.told().isPresent())
                .toList();
        return requests.stream()
                .filter(late -> told.stream().anyMatch(wait -> isInside(wait, late.nanos(), onTheWire)))
                .toList();
    }

    private static boolean isInside(SourceRequest.Answered told, long arrival, Duration onTheWire) {
        long since = arrival - told.nanos();
        return since > onTheWire.toNanos() && since < told.told().orElseThrow().toNanos();
    }

    /** The most requests that arrived within any stretch of time as long as this: whether the client throttles itself. */
    public int mostWithin(Duration stretch) {
        Deque<Long> inside = new ArrayDeque<>();
        int most = 0;
        for (SourceRequest request : requests) {
            inside.addLast(request.nanos());
            while (request.nanos() - inside.getFirst() >= stretch.toNanos()) {
                inside.removeFirst();
            }
            most = Math.max(most, inside.size());
        }
        return most;
    }

    /** Those that carry an Authorization header: of a foreign origin there must be none (sources.md 11). */
    public List<SourceRequest> withAuthorization() {
        return requests.stream()
                .filter(request -> request.authorization().isPresent())
                .toList();
    }

    /** URLs that were asked for more than once, whatever the answers, each with how often. */
    public Map<String, Integer> askedMoreThanOnce() {
        Map<String, Integer> times = new TreeMap<>();
        requests.stream()
                .filter(request -> request.method().equals("GET"))
                .forEach(request -> times.merge(request.url(), 1, Integer::sum));
        times.values().removeIf(n -> n == 1);
        return times;
    }

    /** URLs that were answered with 200 more than once: fetched again without need. */
    public Map<String, Integer> fetchedMoreThanOnce() {
        return of(request -> request.status() == 200).askedMoreThanOnce();
    }

    /** The times between the arrivals of two requests, one after the other. */
    public List<Duration> gaps() {
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < requests.size(); i++) {
            gaps.add(Duration.ofNanos(
                    requests.get(i).nanos() - requests.get(i - 1).nanos()));
        }
        return gaps;
    }
}
