package io.caravan.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravan.testing.SourceSimulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * How the pages look, each on a desk, in the dark and on a phone: nothing is wider than the page, and everything that can
 * be used has a name. With {@code -Dcaravan.pictures=docs/images} the pictures of the documentation are taken.
 */
class LooksIT extends BrowserCase {

    /** What can be used and has no name that a screen reader could say. */
    private static final String NAMELESS = """
            () => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, [tabindex="0"]')]
                .filter(one => !(one.textContent.trim() || one.getAttribute('aria-label')
                    || (one.labels && one.labels.length)))
                .map(one => one.outerHTML)""";

    private static final String TOO_WIDE =
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth";

    @Test
    void every_page_fits_on_a_desk_in_the_dark_and_on_a_phone() {
        Map<String, String> pages = pages();
        page.navigate("/sign-in");
        look("sign-in");
        signInTo("");
        pages.forEach((name, place) -> {
            open(place);
            assertThat(page.locator("[aria-busy=true]")).hasCount(0);
            look(name);
        });
    }

    @Test
    void everything_can_be_reached_by_keyboard() {
        signInTo("");
        List<String> reached = new ArrayList<>();
        for (int presses = 0; presses < 10; presses++) {
            page.keyboard().press("Tab");
            reached.add(page.evaluate("() => document.activeElement.textContent.trim()")
                    .toString());
        }

        assertThat(reached).contains("Overview", "Destinations", "Connections", "Audit", "Sign out", "Add destination");
    }

    /** A Caravan as it is on some day: a destination in order, one broken, a patient who has to reconnect, one erased. */
    private Map<String, String> pages() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            String lake = destination("Lake", "looks-lake");
            String archive = destination("Archive", "looks-archive");
            caravan.awaitRuns(archive, 1);
            s3.deleteBucket("looks-archive");
            String from = caravan.newSource("Synthea General", source.baseUrl())
                    .path("id")
                    .asText();
            List<JsonNode> connections = source.patients().stream()
                    .limit(4)
                    .map(patient -> caravan.connect(from, patient, null).ok())
                    .toList();
            connections.forEach(connection ->
                    caravan.awaitPull(connection.at("/latest_pull/id").asText()));
            String last = connections.get(3).path("id").asText();
            database.sql("""
                        UPDATE connection
                           SET status = 'refresh_failed', error_code = 'invalid_grant',
                               error_message = 'The grant was revoked.', error_since = now() - INTERVAL '3 hours'
                         WHERE id = ?""").param(last).update();
            caravan.awaitRuns(archive, 2);
            caravan.awaitRuns(lake, 2);
            String erased = connections.get(2).path("id").asText();
            caravan.post(caravan.path("/connections/" + erased + "/erase"), Map.of())
                    .ok();
            String failed = caravan.awaitRuns(archive, 3).get(0).path("id").asText();
            String delivered = caravan.awaitRuns(lake, 3).get(1).path("id").asText();
            Map<String, String> pages = new LinkedHashMap<>();
            pages.put("overview", "");
            pages.put("destinations", "destinations");
            pages.put("add-destination", "destinations/new");
            pages.put("destination", "destinations/" + archive);
            pages.put("edit-destination", "destinations/" + archive + "/edit");
            pages.put("run", "runs/" + delivered);
            pages.put("failed-run", "runs/" + failed);
            pages.put("connections", "connections");
            pages.put("connection", "connections/" + last);
            pages.put("erased-connection", "connections/" + erased);
            pages.put(
                    "pull", "pulls/" + connections.get(0).at("/latest_pull/id").asText());
            pages.put("audit", "audit");
            return pages;
        }
    }

    private String destination(String name, String bucket) {
        s3.createBucket(bucket);
        return caravan.newDestination(caravan.bucket(name, s3, bucket, "caravan"))
                .ok()
                .path("id")
                .asText();
    }

    private void look(String name) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        look(name, 1280, 800);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        look(name + "-dark", 1280, 800);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        look(name + "-phone", 390, 844);
    }

    private void look(String name, int width, int height) {
        page.setViewportSize(width, height);
        assertThat((Integer) page.evaluate(TOO_WIDE))
                .as(name + " is wider than its page")
                .isZero();
        assertThat((List<?>) page.evaluate(NAMELESS))
                .as("without a name on " + name)
                .isEmpty();
        assertThat(page.locator("body")).not().containsText(Pattern.compile("undefined|NaN|\\[object"));
        String pictures = System.getProperty("caravan.pictures");
        if (pictures != null) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(pictures, name + ".png")));
        }
    }
}
