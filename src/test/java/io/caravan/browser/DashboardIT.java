package io.caravan.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.caravan.testing.Fault;
import io.caravan.testing.HapiServer;
import io.caravan.testing.S3Request;
import io.caravan.testing.SourceSimulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a person gets done on the dashboard, with a real source and a real store behind it. */
class DashboardIT extends BrowserCase {

    private static SourceSimulator source;

    @BeforeAll
    static void startSource() {
        source = SourceSimulator.synthea();
    }

    @AfterAll
    static void stopSource() {
        source.close();
    }

    @Test
    void a_wrong_password_and_too_many_of_them_are_told_apart_and_the_right_one_leads_to_the_page_asked_for() {
        page.navigate("/#/" + caravan.org() + "/connections");
        for (int attempt = 0; attempt < 5; attempt++) {
            signIn("mallory", "wrong");
            assertThat(page.getByText("Name or password is wrong.")).isVisible();
        }
        signIn("mallory", "wrong");
        assertThat(page.getByText("Too many failed attempts. Wait some minutes, then try again."))
                .isVisible();

        signIn("operator", OPERATOR_PASSWORD);

        assertThat(heading()).hasText("Connections");
        assertThat(page.getByText("No patient is connected yet")).isVisible();
        button("Sign out").click();
        assertThat(page.getByText("You are signed out.")).isVisible();
        page.navigate("/");
        assertThat(button("Sign in")).isVisible();
    }

    @Test
    void a_destination_that_broke_is_seen_with_its_cause_and_mended_by_one_retry() {
        String destination = destination("Archive", "archive");
        caravan.awaitRuns(destination, 1);
        s3.deleteBucket("archive");
        pull(2);
        JsonNode broken = caravan.awaitRuns(destination, 2).get(0);
        int failed = broken.at("/resources/failed").asInt();
        assertThat(broken.path("status").asText()).isEqualTo("failed");

        signInTo("");
        Locator attention = section("Needs attention");
        assertThat(attention).containsText("Archive");
        assertThat(attention).containsText(broken.at("/error/message").asText());
        assertThat(attention).containsText("Make it there again, or correct the address under Edit. Then retry.");
        assertThat(attention).containsText("Retry sends the %,d resources that failed".formatted(failed));
        s3.createBucket("archive");
        s3.forgetRequests();
        button("Retry").click();

        seeNoMore(attention);
        Locator card = section("Destinations").getByRole(AriaRole.ARTICLE);
        assertThat(card).containsText("OK");
        assertThat(card).containsText("%,d resources of 2 patients".formatted(failed));
        JsonNode retry = caravan.runs(destination).get(0);
        assertThat(retry.at("/resources/delivered").asInt()).isEqualTo(failed);
        assertThat(delivered("archive", retry)).isEqualTo(failed);
        assertThat(s3.requests(S3Request::isPut).stream().map(S3Request::key).toList())
                .doesNotHaveDuplicates();
        open("runs/" + broken.path("id").asText());
        assertThat(page.getByText("Resolved by")).isVisible();
        assertThat(button("Retry")).hasCount(0);
    }

    @Test
    void a_destination_with_a_wrong_secret_is_not_saved_until_it_is_corrected() {
        signInTo("");
        link("Add destination").click();
        button("Save").click();
        assertThat(page.getByLabel("Bucket")).hasAttribute("aria-invalid", "true");
        assertThat(page.locator("[id='settings.bucket-error']")).isVisible();

        page.getByLabel("Name").fill("Lake");
        page.getByLabel("Cloud vendor").selectOption("S3-compatible");
        page.getByLabel("Endpoint").fill(s3.endpoint().toString());
        page.getByLabel("Bucket").fill("lake");
        page.getByLabel("Prefix").fill(caravan.org());
        page.getByLabel("Access key").fill(s3.accessKey());
        page.getByLabel("Secret").fill("not the secret");
        button("Save").click();
        Locator steps = page.getByLabel("Steps of the test");
        assertThat(steps.locator("li", new Locator.LocatorOptions().setHasText("Failed")))
                .containsText("Bucket");
        assertThat(steps).containsText("403");
        assertThat(caravan.all("/destinations")).isEmpty();
        assertThat(page.getByLabel("Bucket")).hasValue("lake");

        page.getByLabel("Secret").fill(s3.secret());
        button("Test").click();
        assertThat(page.getByText("The test passed.")).isVisible();
        button("Save").click();

        assertThat(page.getByText("Lake is saved.")).isVisible();
        assertThat(heading()).hasText("Lake");
        assertThat(page.locator("body")).not().containsText(s3.secret());
        assertThat(caravan.all("/destinations")).hasSize(1);
    }

    @Test
    void a_fhir_server_is_added_by_its_form_and_what_it_refuses_is_read_on_the_page_of_the_run() {
        try (HapiServer hapi = HapiServer.start()) {
            hapi.refuse(name -> name.startsWith("Immunization/"), 422, "The clinic does not want it");
            pull(1);
            signInTo("");
            link("Add destination").click();
            page.locator("#type").selectOption("FHIR server");
            page.getByLabel("Name").fill("Clinic");
            page.getByLabel("Base URL").fill(hapi.baseUrl().toString());
            page.getByLabel("Sign-in").selectOption("None: the server is open");
            button("Save").click();
            assertThat(page.getByText("Clinic is saved.")).isVisible();
            String destination = caravan.all("/destinations").get(0).path("id").asText();
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);

            open("runs/" + run.path("id").asText());
            Locator rejections = section("Rejections").first();
            assertThat(rejections.locator("tbody tr"))
                    .hasCount(run.at("/resources/failed").asInt());
            assertThat(rejections.locator("tbody tr").first()).containsText("Immunization/");
            assertThat(rejections.locator("tbody tr").first()).containsText("422");
            rejections.locator("summary").first().click();
            assertThat(rejections.locator("pre").first())
                    .containsText("\"diagnostics\": \"The clinic does not want it\"");
            hapi.refuseNothing();
            button("Retry").click();
            assertThat(page.locator(".head .state")).hasText("Succeeded");
        }
    }

    @Test
    void a_directory_is_added_by_its_form_once_it_is_there() throws IOException {
        signInTo("");
        link("Add destination").click();
        page.locator("#type").selectOption("Directory");
        page.getByLabel("Name").fill("Share");
        page.locator("[id='settings.directory']").fill(caravan.org());
        assertThat(page.getByText("Credentials")).hasCount(0);
        button("Save").click();
        assertThat(page.getByLabel("Steps of the test")).containsText("is not there");

        Files.createDirectory(FILE_ROOT.resolve(caravan.org()));
        button("Save").click();

        assertThat(page.getByText("Share is saved.")).isVisible();
        link("Destinations").first().click();
        assertThat(page.locator("body")).containsText(caravan.org());
    }

    @Test
    void a_run_is_started_watched_and_cancelled() {
        String destination = destination("Lake", "watched");
        pull(1);
        caravan.awaitRuns(destination, 2);
        signInTo("destinations/" + destination);

        button("Run now").click();
        assertThat(heading()).containsText("Run ");
        assertThat(page.getByText("Nothing had changed: there was nothing to deliver."))
                .isVisible();

        s3.hold();
        open("destinations/" + destination);
        button("Send everything again").click();
        button("Send everything").click();
        assertThat(page.getByRole(AriaRole.PROGRESSBAR)).isVisible();
        button("Cancel").click();
        button("Cancel the run").click();
        assertThat(page.getByText("The run stops.")).isVisible();
        s3.release();

        assertThat(page.locator(".head .state")).hasText("Cancelled");
        assertThat(page.getByRole(AriaRole.PROGRESSBAR)).hasCount(0);
    }

    @Test
    void a_destination_is_tested_disabled_enabled_renamed_and_deleted() {
        String destination = destination("Lake", "changed");
        caravan.awaitRuns(destination, 1);
        signInTo("destinations/" + destination);
        button("Test").click();
        assertThat(page.getByText("The test passed.")).isVisible();
        assertThat(page.getByLabel("Steps of the test")).containsText("An object can be written.");

        button("Disable").click();
        page.keyboard().press("Escape");
        assertThat(button("Disable")).isVisible();
        button("Disable").click();
        page.getByRole(AriaRole.DIALOG)
                .getByText("Disable", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(page.getByText("It is disabled.")).isVisible();
        assertThat(page.locator(".head .state")).hasText("Disabled");
        button("Enable").click();
        assertThat(page.getByText("It is enabled, and catches up.")).isVisible();

        link("Edit").click();
        page.getByLabel("Name").fill("Archive");
        page.getByLabel("Bucket").fill("not-there");
        button("Save").click();
        assertThat(page.getByLabel("Steps of the test")).containsText("404");
        page.getByLabel("Bucket").fill("changed");
        button("Save").click();
        assertThat(page.getByText("Archive is saved.")).isVisible();

        button("Delete").click();
        page.getByRole(AriaRole.DIALOG)
                .getByText("Delete", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(page.getByText("Archive is deleted.")).isVisible();
        assertThat(page.getByText("No destination yet")).isVisible();
    }

    @Test
    void a_patient_is_pulled_again_and_one_that_has_to_reconnect_is_named() {
        List<JsonNode> connected = pull(2);
        database.sql("""
                        UPDATE connection
                           SET status = 'refresh_failed', error_code = 'invalid_grant',
                               error_message = 'The grant was revoked.', error_since = now() - INTERVAL '3 hours'
                         WHERE id = ?""").param(connected.get(0).path("id").asText()).update();
        signInTo("connections");
        link(connected.get(1).path("patient_id").asText()).click();
        button("Pull now").click();
        assertThat(page.getByText("The pull is queued.")).isVisible();
        assertThat(section("Pulls").getByText("Started by hand")).isVisible();
        assertThat(section("What each query brought").first()).containsText("Observation");

        link("Overview").click();
        Locator attention = section("Needs attention");
        assertThat(attention).containsText("Reconnect needed");
        attention.getByRole(AriaRole.LINK).click();
        assertThat(page.getByText("Reconnect needed — ask the patient to reconnect."))
                .isVisible();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText(Pattern.compile("Since .*: The grant was revoked\\."));
        assertThat(button("Pull now")).hasCount(0);
        link("Connections").first().click();
        assertThat(page.getByRole(AriaRole.TABLE)).containsText("3 hours ago: The grant was revoked.");
    }

    @Test
    void a_type_that_the_source_does_not_allow_is_named_with_what_it_said_and_the_rest_is_exported() {
        destination("Archive", "partly");
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(403));
        JsonNode connection = pull(1).get(0);
        source.clearFaults();
        String pull = connection.at("/latest_pull/id").asText();
        Awaitility.await()
                .until(() -> caravan.pull(pull).at("/exports/0/status").asText(), "succeeded"::equals);
        signInTo("pulls/" + pull);

        assertThat(page.locator(".head")).containsText("Partial");
        assertThat(section("What may be missing")).containsText("The source did not give: Observation");
        Locator row = section("What each query brought")
                .getByRole(AriaRole.ROW)
                .filter(new Locator.FilterOptions().setHasText("Observation?patient="));
        assertThat(row).containsText("Refused");
        assertThat(row).containsText("403");
        assertThat(row).containsText("this grant does not allow it");
        assertThat(page.locator(".export")).containsText("Archive");
        String run = caravan.pull(pull).at("/exports/0/run_id").asText();
        assertThat(delivered("partly", caravan.run(run)))
                .isEqualTo(caravan.pull(pull).at("/resources/new").asInt())
                .isPositive();
    }

    @Test
    void attachments_are_shown_together_but_for_those_about_which_there_is_something_to_say() {
        List.of("a", "b").forEach(id -> source.putBinary(id, "text/plain", id.getBytes(StandardCharsets.UTF_8)));
        source.put("""
                {"resourceType":"DocumentReference","id":"scans","subject":{"reference":"Patient/%s"},"content":[
                 {"attachment":{"url":"Binary/a"}},{"attachment":{"url":"Binary/b"}},
                 {"attachment":{"url":"Binary/image","contentType":"application/dicom"}}]}""".formatted(source.patients().get(0)));
        signInTo("pulls/" + pull(1).get(0).at("/latest_pull/id").asText());
        source.remove("DocumentReference", "scans");

        assertThat(page.locator(".head")).containsText("Completed");
        assertThat(section("What may be missing")).containsText("Left out by the profile of the source: 1 attachment.");
        Locator rows = section("What each query brought").getByRole(AriaRole.ROW);
        assertThat(rows.filter(new Locator.FilterOptions().setHasText("2 attachments")))
                .containsText("Done");
        assertThat(rows.filter(new Locator.FilterOptions().setHasText("Binary/image")))
                .containsText("does not fetch attachments of the type application/dicom");
        assertThat(rows.filter(new Locator.FilterOptions().setHasText("Binary/")))
                .hasCount(1);
    }

    @Test
    void a_patient_is_disconnected_and_erased_and_the_receipt_says_where_the_data_may_still_be() {
        String destination = destination("Lake", "erased");
        JsonNode connection = pull(1).get(0);
        caravan.awaitRuns(destination, 2);
        String patient = connection.path("patient_id").asText();
        Locator question = page.getByRole(AriaRole.DIALOG);
        Locator state = page.locator(".head .state");
        signInTo("connections/" + connection.path("id").asText());
        button("Disconnect").click();
        assertThat(question).containsText("Nothing more is pulled, and the tokens are destroyed.");
        page.keyboard().press("Escape");
        assertThat(state).hasText("Active");
        button("Disconnect").click();
        question.getByText("Disconnect", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(state).hasText("Disconnected");
        assertThat(button("Pull now")).hasCount(0);
        assertThat(button("Disconnect")).hasCount(0);

        button("Erase").click();
        assertThat(question).containsText("Erase Patient " + patient + "?");
        assertThat(question).containsText("This cannot be undone.");
        page.keyboard().press("Escape");
        assertThat(state).hasText("Disconnected");
        button("Erase").click();
        button("Erase the patient").click();

        assertThat(state).hasText("Erased");
        assertThat(heading()).containsText("Erased patient");
        assertThat(page.locator("main")).not().containsText(patient);
        assertThat(page.locator(".buttons")).hasCount(0);
        JsonNode receipt = caravan.get(
                        caravan.path("/connections/" + connection.path("id").asText() + "/erasure"))
                .ok();
        assertThat(section("Records by type").locator("tbody tr"))
                .hasCount(receipt.path("types").size());
        assertThat(section("Objects").getByRole(AriaRole.LINK))
                .hasText(receipt.path("objects").findValuesAsText("object_key").toArray(String[]::new));
        assertThat(section("Destinations").locator(".state")).hasText("Delivered");
        seeNoMore(section("Receipt of the erasure").getByText("Still kept"));
        assertThat(link("Save the receipt (JSON)")).hasAttribute("download", Pattern.compile("erasure-conn_.*\\.json"));
        link("Connections").first().click();
        Locator row = section("Connections").locator("tbody tr");
        assertThat(row.getByRole(AriaRole.LINK).first()).containsText("Erased patient");
        assertThat(row.locator(".state").first()).hasText("Erased");
    }

    /** The id of a destination in a bucket of its own. */
    private String destination(String name, String bucket) {
        s3.createBucket(bucket);
        return caravan.newDestination(caravan.bucket(name, s3, bucket, "caravan"))
                .ok()
                .path("id")
                .asText();
    }

    private List<JsonNode> pull(int patients) {
        String from = caravan.newSource("Synthea General", source.baseUrl())
                .path("id")
                .asText();
        return source.patients().stream()
                .limit(patients)
                .map(patient -> caravan.connect(from, patient, null).ok())
                .toList()
                .stream()
                .peek(connection ->
                        caravan.awaitPull(connection.at("/latest_pull/id").asText()))
                .toList();
    }

    private static int delivered(String bucket, JsonNode run) {
        return s3.keys(bucket, "caravan/" + run.path("id").asText() + "/").stream()
                .filter(key -> key.endsWith(".ndjson"))
                .mapToInt(key -> s3.lines(bucket, key).size())
                .sum();
    }
}
