package io.caravan.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person learns of a pull that missed something, or that waits, and what the buttons do. */
class PullsIT extends BrowserCase {

    private SourceSimulator source;

    @BeforeEach
    void startSource() {
        source = SourceSimulator.of(
                "{\"resourceType\":\"Patient\",\"id\":\"p1\"}",
                "{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p1\"}}",
                "{\"resourceType\":\"Goal\",\"id\":\"g\",\"subject\":{\"reference\":\"Patient/p1\"}}",
                "{\"resourceType\":\"Observation\",\"id\":\"o\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    @Test
    void a_pull_that_missed_something_says_what_its_retry_asks_for_and_asks_for_that() {
        source.fail(request -> request.isSearch("Condition")).with(Fault.status(403));
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(500));
        String missed = connect().at("/latest_pull/id").asText();
        caravan.awaitPull(missed);
        source.clearFaults();
        source.forgetRequests();

        signInTo("pulls/" + missed);
        assertThat(page.locator(".head .state")).hasText("Partial");
        assertThat(
                        page.getByText(
                                Pattern.compile(
                                        "Retry reads the patient and asks again for (Condition, Observation|Observation, Condition)\\.")))
                .isVisible();
        button("Retry").click();

        assertThat(page.getByText("The retry is queued.")).isVisible();
        assertThat(page.locator(".head .state")).hasText("Completed");
        assertThat(page.locator("dl")).containsText("Retry of");
        assertThat(source.requests(request -> !request.isMetadata()))
                .extracting(SourceRequest::target)
                .containsExactlyInAnyOrder("Patient/p1", "Condition", "Observation");
        open("pulls/" + missed);
        assertThat(section("What may be missing")).isVisible();
        assertThat(button("Retry")).hasCount(0);
    }

    @Test
    void a_pull_that_waits_says_until_when_and_why_and_its_connection_when_the_next_one_is() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.retryAfter(429, "1800"));
        JsonNode connection = connect();
        String waits = connection.at("/latest_pull/id").asText();
        Awaitility.await("the pull waits")
                .atMost(Duration.ofSeconds(30))
                .until(() -> caravan.pull(waits).path("waiting_until").isTextual());
        Pattern untilAndWhy = Pattern.compile("until .*\\d\\d:\\d\\d.*, in (29|3\\d) minutes – .*429");

        signInTo("pulls/" + waits);
        assertThat(page.locator("dl")).containsText(untilAndWhy);
        Locator query =
                section("Queries of the pull").locator("tr", new Locator.LocatorOptions().setHasText("Observation"));
        assertThat(query).containsText(Pattern.compile("waiting until .*\\d\\d:\\d\\d.*, in (29|3\\d) minutes"));
        assertThat(query).containsText("429");

        link("Its connection").click();
        assertThat(page.locator("dl")).containsText(untilAndWhy);
        assertThat(page.locator("dl"))
                .containsText(Pattern.compile("Next pull.*, in 2[34] hours|Next pull.*, tomorrow"));
        caravan.post(caravan.path("/pulls/" + waits + "/cancel"), Map.of()).ok();
    }

    private JsonNode connect() {
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        return caravan.connect(registered, "p1", null).ok();
    }
}
