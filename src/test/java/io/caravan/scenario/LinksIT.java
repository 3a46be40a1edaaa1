package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultyPages;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where next links and redirects lead, and where a token goes (sources.md 10, 11): the ledgers of both servers tell. */
class LinksIT extends VendorCase {

    private static final String TOKEN = "token-of-the-patient";

    @BeforeEach
    void startSource() {
        source = smallSource();
        source.requireToken(TOKEN);
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                arguments("relative", Fault.relativeNext()),
                arguments("a query alone", FaultyPages.queryOnlyNext()),
                arguments("a segment alone", FaultyPages.segmentOnlyNext()),
                arguments("without a scheme", FaultyPages.schemelessNext()),
                arguments("the scheme in capitals", FaultyPages.capitalsNext()),
                arguments("at the base", FaultyPages.nextAtBase()),
                arguments("what encoding again would break", FaultyPages.nextEndingWith("&x=a|b%2C%7c+%20'\"{}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forms")
    void line_10_a_next_link_is_followed_however_it_is_written(String form, Fault next) {
        source.fail(SourceRequest::isSearch).with(next);

        JsonNode pull = pullWith("small-pages");

        statusIs(pull, "completed");
        assertThat(stored()).hasSize(16);
        assertThat(source.count(SourceRequest::isNextPage)).isEqualTo(5);
        assertThat(source.requests(request -> true))
                .extracting(SourceRequest::url)
                .as("every page once")
                .doesNotHaveDuplicates();
    }

    @Test
    void line_10_a_host_that_only_the_sources_network_knows_is_its_base_where_the_profile_says_so() {
        source.fail(SourceRequest::isSearch).with(FaultyPages.internalHostNext("http://fhir-inside:9080/r4"));

        JsonNode pull = pullWith("inside-out");

        statusIs(pull, "completed");
        assertThat(stored()).hasSize(16);
        assertThat(source.count(SourceRequest::isNextPage)).isEqualTo(5);
    }

    @Test
    void line_10_and_is_refused_where_it_does_not() {
        source.fail(request -> request.isSearch("Observation"))
                .with(FaultyPages.internalHostNext("http://fhir-inside:9080/r4"));

        JsonNode pull = pullWith("small-pages");

        statusIs(pull, "partial");
        failedWith(task(pull, "Observation"), "next_refused");
        assertThat(stored("Observation")).hasSize(2);
    }

    @Test
    void line_10_another_port_of_the_same_host_is_another_server() {
        source.fail(request -> request.isSearch("Observation")).with(FaultyPages.nextAtPort(443));

        failedWith(task(pullWith("small-pages"), "Observation"), "next_refused");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void line_11_a_redirect_within_the_origin_is_followed_with_the_token(int status) {
        source.fail(request -> request.isSearch("Observation")).with(FaultyPages.redirectWithin(status));

        JsonNode pull = pullWith("small-pages");

        statusIs(pull, "completed");
        assertThat(stored("Observation")).hasSize(3);
        assertThat(source.count(request -> request.status() == 401)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void line_11_one_to_another_origin_is_refused_and_the_server_there_hears_nothing(int status) {
        try (SourceSimulator foreign = smallSource()) {
            source.fail(request -> request.isSearch("Observation"))
                    .with(FaultyPages.redirectToOrigin(status, foreign.baseUrl()));

            JsonNode pull = pullWith("small-pages");

            statusIs(pull, "partial");
            failedWith(task(pull, "Observation"), "redirect_refused");
            assertThat(task(pull, "Observation").at("/error/message").asText()).contains("another server");
            assertThat(foreign.requests()).isEmpty();
        }
    }

    @Test
    void line_11_a_redirect_that_leads_to_itself_ends_after_a_few() {
        source.fail(request -> request.isSearch("Observation")).with(FaultyPages.redirectToItself(302));

        failedWith(task(pullWith("small-pages"), "Observation"), "redirect_refused");

        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small-pages", "inside-out"})
    void line_11_a_next_link_to_a_server_that_is_there_brings_it_neither_a_request_nor_the_token(String profile) {
        try (SourceSimulator foreign = smallSource()) {
            source.fail(request -> request.isSearch("Observation"))
                    .with(FaultyPages.internalHostNext(foreign.baseUrl().toString()));

            JsonNode pull = pullWith(profile);

            assertThat(foreign.requests()).isEmpty();
            assertThat(stored("Observation")).hasSize(profile.equals("inside-out") ? 3 : 2);
            statusIs(pull, profile.equals("inside-out") ? "completed" : "partial");
        }
    }

    private JsonNode pullWith(String profile) {
        return pullAs(source, PATIENT, profile, TOKEN);
    }
}
