package io.caravan.destination.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.caravan.destination.fhir.BundleVerdict.Failed;
import io.caravan.destination.fhir.BundleVerdict.Fates;
import io.caravan.destination.fhir.BundleVerdict.Smaller;
import io.caravan.destination.fhir.SentBundle.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of what servers answer to a bundle, and what becomes of its entries. */
class BundleAnswersTest {

    private static final String FHIR = "application/fhir+json";
    private static final String HTML = "<!DOCTYPE html><html><body>Please sign in</body></html>";
    private static final String HAPI_MISSING =
            "HAPI-1094: Resource Patient/p1 not found, specified in path: Observation.subject";

    static Stream<Arguments> entryAnswers() {
        return Stream.of(
                arguments("created", batch(2), response(entry("201 Created"), entry("200 OK")), "delivered delivered"),
                arguments("no reason phrase", batch(1), response(entry("200")), "delivered"),
                arguments("nothing to change", batch(1), response(entry("304 Not Modified")), "delivered"),
                arguments("no content", batch(1), response(entry("204")), "delivered"),
                arguments(
                        "as a transaction",
                        transaction(2),
                        "{\"resourceType\":\"Bundle\",\"type\":\"transaction-response\",\"entry\":[%s,%s]}"
                                .formatted(entry("201"), entry("201")),
                        "delivered delivered"),
                arguments(
                        "refused for what it is",
                        batch(2),
                        response(entry("201"), entry("422", "no code")),
                        "delivered rejected 422"),
                arguments(
                        "a bad request",
                        batch(2),
                        response(entry("400", "bad date"), entry("201")),
                        "rejected 400 delivered"),
                arguments("not by update", batch(1), response(entry("405 Method Not Allowed")), "rejected 405"),
                arguments(
                        "this type is not for us",
                        batch(2),
                        response(entry("403"), entry("201")),
                        "rejected 403 delivered"),
                arguments(
                        "all of a type are not for us",
                        batch(2),
                        response(entry("403"), entry("403")),
                        "rejected 403 rejected 403"),
                arguments(
                        "one is not signed in",
                        batch(2),
                        response(entry("401"), entry("201")),
                        "rejected 401 delivered"),
                arguments("a precondition", batch(1), response(entry("412")), "rejected 412"),
                arguments(
                        "too large by itself",
                        batch(2),
                        response(entry("413"), entry("201")),
                        "rejected 413 delivered"),
                arguments("not implemented", batch(1), response(entry("501")), "rejected 501"),
                arguments(
                        "too many requests",
                        batch(3),
                        response(entry("201"), entry("429"), entry("201")),
                        "delivered again 429 delivered"),
                arguments("an error of its own", batch(2), response(entry("500"), entry("201")), "again 500 delivered"),
                arguments("unavailable", batch(2), response(entry("503"), entry("504")), "again 503 again 504"),
                arguments("a time-out", batch(1), response(entry("408")), "again 408"),
                arguments("too early", batch(1), response(entry("425")), "again 425"),
                arguments("a version conflict", batch(1), response(entry("409", "version conflict")), "again 409"),
                arguments(
                        "HAPI: a reference",
                        batch(2),
                        response(entry("400 Bad Request", HAPI_MISSING), entry("201")),
                        "waiting 400 delivered"),
                arguments(
                        "a reference as conflict",
                        batch(1),
                        response(entry("409", "reference_not_found")),
                        "waiting 409"),
                arguments(
                        "a reference, 422",
                        batch(1),
                        response(entry("422", "Referenced resource Patient/p1 does not exist")),
                        "waiting 422"),
                arguments(
                        "a reference, 404",
                        batch(1),
                        response(entry("404", "Invalid reference (Patient/p1)")),
                        "waiting 404"),
                arguments("a reference in an error", batch(1), response(entry("500", HAPI_MISSING)), "again 500"),
                arguments(
                        "HAPI: a code",
                        batch(1),
                        response(
                                entry("400", "HAPI-1821: [element=\"status\"] Unknown ObservationStatus code 'bogus'")),
                        "rejected 400"),
                arguments(
                        "the outcome in the resource's place",
                        batch(1),
                        response("{\"response\":{\"status\":\"422\"},\"resource\":" + outcome("no code") + "}"),
                        "rejected 422"),
                arguments(
                        "the resource comes back",
                        batch(1),
                        response(
                                "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o0\"},\"response\":{\"status\":\"200\"}}"),
                        "delivered"),
                arguments(
                        "the outcome before the status",
                        batch(1),
                        response("{\"response\":{\"outcome\":" + outcome("no code") + ",\"status\":\"422\"}}"),
                        "rejected 422"),
                arguments("where it is", batch(1), response(located("Observation/o0/_history/1")), "delivered"),
                arguments(
                        "where it is, absolute",
                        batch(1),
                        response(located("https://fhir.example.org/r4/Observation/o0/_history/7")),
                        "delivered"),
                arguments("where it is, without a version", batch(1), response(located("Observation/o0")), "delivered"),
                arguments("a location that is none", batch(1), response(located("")), "delivered"),
                arguments("deleted", deletion(), response(entry("204")), "delivered"),
                arguments("deleted before", deletion(), response(entry("404 Not Found")), "delivered"),
                arguments("gone", deletion(), response(entry("410 Gone")), "delivered"),
                arguments(
                        "still referred to",
                        deletion(),
                        response(entry("409", "at least one resource has a reference to this resource")),
                        "again 409"));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("entryAnswers")
    void what_becomes_of_each_entry(String name, SentBundle sent, String body, String expected) {
        assertThat(said(BundleAnswers.judge(sent, answer(200, FHIR, body), 1))).isEqualTo(expected);
    }

    static Stream<Arguments> oddSuccesses() {
        return Stream.of(
                arguments("nobody", "", "no body"),
                arguments("a page", HTML, "no FHIR Bundle (text/html)"),
                arguments(
                        "half a page",
                        "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[",
                        "no FHIR Bundle"),
                arguments("two values", response(entry("201"), entry("201")) + "{}", "no FHIR Bundle"),
                arguments("an array", "[]", "no FHIR Bundle"),
                arguments("another resource", "{\"resourceType\":\"Patient\"}", "no FHIR Bundle"),
                arguments(
                        "an outcome", outcome("maintenance"), "an OperationOutcome in place of a Bundle: maintenance"),
                arguments(
                        "what was sent",
                        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{},{}]}",
                        "a Bundle that answers none"),
                arguments(
                        "a search",
                        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}",
                        "a Bundle that answers none"),
                arguments("too few", response(entry("201")), "1 entries to 2"),
                arguments("too many", response(entry("201"), entry("201"), entry("201")), "3 entries to 2"),
                arguments("none", "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\"}", "0 entries to 2"),
                arguments("no status", response(entry("201"), "{\"response\":{}}"), "an entry without a status"),
                arguments("no response", response(entry("201"), "{}"), "an entry without a status"),
                arguments("null", response(entry("201"), "null"), "an entry without a status"),
                arguments("a status that is none", response(entry("201"), entry("OK")), "an entry without a status"),
                arguments(
                        "another id",
                        response(entry("201"), located("Observation/other/_history/1")),
                        "another resource than the one sent"),
                arguments(
                        "another type",
                        response(entry("201"), located("Patient/o1")),
                        "another resource than the one sent"),
                arguments(
                        "in another order",
                        response(located("Observation/o1"), located("Observation/o0")),
                        "another resource than the one sent"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("oddSuccesses")
    void a_success_that_does_not_answer_the_bundle_is_a_failure_and_sent_again(String name, String body, String words) {
        BundleVerdict verdict = BundleAnswers.judge(
                batch(2), answer(200, body.startsWith("<") ? "text/html;charset=utf-8" : FHIR, body), 1);

        assertThat(verdict).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.words()).contains(words).doesNotContain("<");
            assertThat(failed.again()).isTrue();
            assertThat(failed.altogether()).isFalse();
        });
    }

    static Stream<Arguments> refusals() {
        String parse = outcome("HAPI-0450: Failed to parse request body as JSON resource. Error was: HAPI-1821");
        return Stream.of(
                // name, sent, status, body, tries, expected
                arguments("not signed in", batch(2), 401, "", 1, "destination_unauthorized for good, altogether"),
                arguments(
                        "not allowed",
                        batch(2),
                        403,
                        outcome("no write scope"),
                        1,
                        "destination_refused for good, altogether"),
                arguments("moved", batch(2), 302, "", 1, "destination_refused for good, altogether"),
                arguments("moved for good", batch(2), 308, "", 1, "destination_refused for good, altogether"),
                arguments("no such address", batch(2), 404, HTML, 1, "destination_not_found for good, altogether"),
                arguments("no POST", batch(2), 405, "", 1, "destination_not_found for good, altogether"),
                arguments("gone", batch(2), 410, "", 1, "destination_not_found for good, altogether"),
                arguments(
                        "no batches",
                        batch(2),
                        501,
                        outcome("not supported"),
                        1,
                        "destination_not_found for good, altogether"),
                arguments("no JSON", batch(2), 415, "", 1, "destination_not_found for good, altogether"),
                arguments(
                        "no such type in a transaction",
                        transaction(2),
                        404,
                        outcome("Unknown resource type"),
                        1,
                        "smaller one_entry"),
                arguments("no transactions", transaction(2), 404, "", 1, "destination_not_found for good, altogether"),
                arguments("too large", batch(2), 413, HTML, 1, "smaller bytes"),
                arguments("too large, alone", batch(1), 413, "", 1, "rejected 413"),
                arguments(
                        "too many",
                        batch(2),
                        400,
                        outcome("Too many entries in bundle: 26, the limit is 25"),
                        1,
                        "smaller entries"),
                arguments(
                        "too many, 422",
                        batch(2),
                        422,
                        outcome("Bundle size 26 exceeds the maximum of 25"),
                        1,
                        "smaller entries"),
                arguments(
                        "too many, 413",
                        batch(2),
                        413,
                        outcome("maximum number of entries is 25"),
                        1,
                        "smaller entries"),
                arguments("HAPI: unreadable", batch(2), 400, parse, 1, "smaller one_entry"),
                arguments("HAPI: unreadable, alone", batch(1), 400, parse, 1, "rejected 400"),
                arguments("a transaction", transaction(3), 422, outcome("no code"), 1, "smaller one_entry"),
                arguments("a transaction of one", transaction(1), 422, outcome("no code"), 1, "rejected 422"),
                arguments(
                        "a transaction for a reference",
                        transaction(2),
                        400,
                        outcome(HAPI_MISSING),
                        1,
                        "smaller one_entry"),
                arguments(
                        "a transaction of one for a reference",
                        transaction(1),
                        400,
                        outcome(HAPI_MISSING),
                        1,
                        "waiting 400"),
                arguments("a precondition", transaction(2), 412, "", 1, "smaller one_entry"),
                arguments("a conflict", transaction(2), 409, outcome("version conflict"), 1, "destination_error again"),
                arguments(
                        "a conflict that stays",
                        transaction(2),
                        409,
                        outcome("version conflict"),
                        3,
                        "smaller one_entry"),
                arguments("too many requests", batch(2), 429, "", 1, "destination_throttled again"),
                arguments("unavailable", batch(2), 503, HTML, 9, "destination_throttled again"),
                arguments("a bad gateway", batch(2), 502, HTML, 9, "destination_error again"),
                arguments("a time-out", batch(2), 408, "", 1, "destination_error again"),
                arguments(
                        "an error of its own",
                        batch(2),
                        500,
                        outcome("NullPointerException"),
                        2,
                        "destination_error again"),
                arguments(
                        "an error that stays", batch(2), 500, outcome("NullPointerException"), 3, "smaller one_entry"),
                arguments(
                        "an error that stays, alone", batch(1), 500, outcome("NullPointerException"), 3, "again 500"));
    }

    @ParameterizedTest(name = "{0}: {2} {5}")
    @MethodSource("refusals")
    void what_a_refusal_of_the_whole_means(
            String name, SentBundle sent, int status, String body, int tries, String expected) {
        String type = body.startsWith("<") ? "text/html" : FHIR;

        assertThat(said(BundleAnswers.judge(sent, answer(status, type, body), tries)))
                .isEqualTo(expected);
    }

    @Test
    void the_wait_that_a_server_asks_for_is_kept() {
        FhirAnswer throttled = new FhirAnswer(429, FHIR, Duration.ofSeconds(7), new byte[0]);
        FhirAnswer partly = new FhirAnswer(
                200,
                FHIR,
                Duration.ofSeconds(3),
                response(entry("429"), entry("201")).getBytes(StandardCharsets.UTF_8));

        assertThat(BundleAnswers.judge(batch(2), throttled, 1))
                .isInstanceOfSatisfying(
                        Failed.class, f -> assertThat(f.retryAfter()).hasSeconds(7));
        assertThat(BundleAnswers.judge(batch(2), partly, 1))
                .isInstanceOfSatisfying(
                        Fates.class, f -> assertThat(f.retryAfter()).hasSeconds(3));
    }

    @Test
    void a_rejection_keeps_the_servers_own_outcome() {
        String outcome = "{\"resourceType\":\"OperationOutcome\", \"issue\":[{\"severity\":\"error\",\"x\":1.00}]}";

        EntryFate fate = only(response("{\"response\":{\"status\":\"422\",\"outcome\":" + outcome + "}}"));

        assertThat(fate.outcome()).isEqualTo(outcome);
    }

    @Test
    void an_outcome_is_kept_within_bounds() {
        String issues = IntStream.range(0, 400)
                .mapToObj(i ->
                        "{\"severity\":\"error\",\"code\":\"invalid\",\"diagnostics\":\"" + "é".repeat(900) + "\"}")
                .collect(Collectors.joining(","));

        EntryFate fate = only(response(
                "{\"response\":{\"status\":\"422\",\"outcome\":{\"resourceType\":\"OperationOutcome\",\"issue\":["
                        + issues + "]}}}"));

        assertThat(fate.outcome())
                .hasSizeBetween(2_000, 8_000)
                .startsWith("{\"resourceType\":\"OperationOutcome\"")
                .endsWith("}");
    }

    @Test
    void a_page_in_an_outcomes_place_becomes_the_text_of_one() {
        BundleVerdict verdict =
                BundleAnswers.judge(batch(1), answer(413, "text/html", "<h1>413</h1>\n<p>nginx</p>"), 1);

        assertThat(((Fates) verdict).fates().get(0).outcome())
                .startsWith("{\"resourceType\":\"OperationOutcome\"")
                .contains("<h1>413</h1> <p>nginx</p>");
    }

    @Test
    void the_first_error_is_what_people_read() {
        String body =
                "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\",\"diagnostics\":\"hello\"},"
                        + "{\"severity\":\"error\",\"details\":{\"text\":\"No write\"},\"diagnostics\":\"scope is\\nread.\"}]}";

        assertThat(BundleAnswers.judge(batch(2), answer(403, FHIR, body), 1))
                .isInstanceOfSatisfying(
                        Failed.class,
                        f -> assertThat(f.words()).isEqualTo("The destination answered 403: No write: scope is read."));
    }

    private static EntryFate only(String body) {
        return ((Fates) BundleAnswers.judge(batch(1), answer(200, FHIR, body), 1))
                .fates()
                .get(0);
    }

    private static FhirAnswer answer(int status, String type, String body) {
        return new FhirAnswer(status, type, null, body.getBytes(StandardCharsets.UTF_8));
    }

    private static SentBundle batch(int entries) {
        return new SentBundle(false, observations(entries));
    }

    private static SentBundle transaction(int entries) {
        return new SentBundle(true, observations(entries));
    }

    private static SentBundle deletion() {
        return new SentBundle(false, List.of(new Entry(true, "Observation", "o0")));
    }

    private static List<Entry> observations(int entries) {
        return IntStream.range(0, entries)
                .mapToObj(i -> new Entry(false, "Observation", "o" + i))
                .toList();
    }

    private static String response(String... entries) {
        return "{\"resourceType\":\"Bundle\",\"id\":\"x\",\"type\":\"batch-response\",\"link\":[{\"relation\":\"self\"}],\"entry\":["
                + String.join(",", entries) + "]}";
    }

    private static String entry(String status) {
        return "{\"response\":{\"status\":\"%s\",\"etag\":\"1\"}}".formatted(status);
    }

    private static String entry(String status, String diagnostics) {
        return "{\"response\":{\"status\":\"%s\",\"outcome\":%s}}".formatted(status, outcome(diagnostics));
    }

    private static String located(String location) {
        return "{\"response\":{\"status\":\"201 Created\",\"location\":\"%s\"}}".formatted(location);
    }

    private static String outcome(String diagnostics) {
        return "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"processing\",\"diagnostics\":\"%s\"}]}"
                .formatted(diagnostics.replace("\"", "\\\""));
    }

    private static String said(BundleVerdict verdict) {
        if (verdict instanceof Fates fates) {
            return fates.fates().stream()
                    .map(fate ->
                            fate.kind().code() + (fate.kind() == EntryFate.Kind.DELIVERED ? "" : " " + fate.status()))
                    .collect(Collectors.joining(" "));
        }
        if (verdict instanceof Smaller smaller) {
            return "smaller " + smaller.reason().name().toLowerCase(java.util.Locale.ROOT);
        }
        Failed failed = (Failed) verdict;
        return failed.code().code()
                + (failed.again() ? " again" : " for good")
                + (failed.altogether() ? ", altogether" : "");
    }
}
