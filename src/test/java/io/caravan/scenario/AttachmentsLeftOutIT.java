package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.FaultyAttachments;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of the attachments does not land, and what a pull says of it (sources.md, line 25). */
class AttachmentsLeftOutIT extends AttachmentCase {

    private static final int OVER_20_MB = (20 << 20) + 1;

    @Test
    void line_25_what_is_too_large_or_of_a_type_that_is_not_wanted_is_left_out_and_said() {
        source.putBinary("declared", "application/pdf", PDF);
        source.putBinary("large", "application/pdf", OVER_20_MB);
        source.putBinary("endless", "application/pdf", OVER_20_MB * 2L);
        source.fail(r -> r.isRead("Binary", "endless")).with(FaultyAttachments.alwaysJson());
        source.putBinary("dicom", "application/dicom", PDF);
        source.putBinary("surprise", "application/dicom", PDF);
        source.putBinary("wrapped", "application/dicom", PDF);
        source.fail(r -> r.isRead("Binary", "wrapped")).with(FaultyAttachments.alwaysJson());
        source.put(document(
                "d1",
                "{\"url\":\"Binary/declared\",\"size\":%d}".formatted(OVER_20_MB),
                attachment("Binary/large", "application/pdf"),
                attachment("Binary/endless", "application/pdf"),
                attachment("Binary/dicom", "application/dicom"),
                attachment("Binary/surprise", "application/pdf"),
                attachment("Binary/wrapped", "application/pdf")));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Binary")).isEmpty();
        assertThat(ids(binaries())).containsExactlyInAnyOrder("large", "endless", "surprise", "wrapped");
        assertThat(attachmentTasks(pull)).hasSize(6).allSatisfy(task -> {
            statusIs(task, "unsupported");
            failedWith(task, "attachment_left_out");
            boolean tooLarge = task.path("query").asText().matches("Binary/(declared|large|endless)");
            assertThat(task.at("/error/message").asText())
                    .startsWith(
                            tooLarge
                                    ? "Left out: it is larger than 20 MB"
                                    : "Left out: the profile of the source does not fetch attachments of the type application/dicom");
        });

        source.forgetRequests();
        assertThat(attachmentTasks(pullAgain(pull))).isEmpty();
        assertThat(binaries()).isEmpty();
    }

    @Test
    void line_25_what_is_refused_makes_the_pull_partial_and_what_is_missing_does_not_and_both_are_asked_for_again() {
        source.putBinary("closed", "application/pdf", PDF);
        source.put(document(
                "d1", attachment("Binary/closed", "application/pdf"), attachment("Binary/gone", "application/pdf")));
        FaultHandle closed = source.fail(r -> r.isRead("Binary", "closed")).with(Fault.status(403));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        JsonNode refused = attachmentTask(pull, "closed");
        statusIs(refused, "refused");
        failedWith(refused, "source_refused");
        assertThat(refused.at("/error/message").asText()).contains("403");
        JsonNode missing = attachmentTask(pull, "gone");
        statusIs(missing, "unsupported");
        assertThat(missing.at("/error/message").asText()).contains("404");
        assertThat(stored("DocumentReference")).hasSize(1);
        closed.clear();
        source.forgetRequests();

        JsonNode again = pullAgain(pull);

        statusIs(again, "completed");
        assertThat(ids(binaries())).containsExactlyInAnyOrder("closed", "gone");
        assertThat(stored("Binary")).containsExactly("Binary/closed");
    }

    @Test
    void line_25_a_grant_that_allows_no_attachment_is_not_tried_out_on_each_of_them() {
        String[] many = new String[60];
        for (int i = 0; i < many.length; i++) {
            source.putBinary("b" + i, "application/pdf", PDF);
            many[i] = attachment("Binary/b" + i, "application/pdf");
        }
        source.put(document("d1", many));
        FaultHandle closed = source.fail(r -> r.isRead("Binary")).with(Fault.status(403));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        assertThat(binaries()).hasSizeBetween(11, 25);
        assertThat(attachmentTasks(pull)).hasSize(60).allSatisfy(task -> {
            statusIs(task, "refused");
            failedWith(task, "source_refused");
        });
        closed.clear();

        statusIs(pullAgain(pull), "completed");
        assertThat(stored("Binary")).hasSize(60);
    }

    @Test
    void line_25_what_is_no_attachment_never_lands_as_one() {
        for (String id : List.of("page", "outcome", "other", "broken")) {
            source.putBinary(id, "application/pdf", PDF);
        }
        answer("page", "text/html", "<html>Please sign in</html>");
        answer("outcome", "application/fhir+json", "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}");
        answer("other", "application/fhir+json", "{\"resourceType\":\"Binary\",\"id\":\"x\",\"data\":\"aGk=\"}");
        answer("broken", "application/fhir+json", "{\"resourceType\":\"Binary\",\"id\":\"broken\",");
        source.put(document(
                "d1",
                attachment("Binary/page", "application/pdf"),
                attachment("Binary/outcome", "application/pdf"),
                attachment("Binary/other", "application/pdf"),
                attachment("Binary/broken", "application/pdf")));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        assertThat(attachmentTasks(pull)).hasSize(4).allSatisfy(task -> {
            statusIs(task, "failed");
            failedWith(task, "attachment_unreadable");
        });
        assertThat(stored("Binary")).isEmpty();
    }

    private void answer(String id, String contentType, String body) {
        source.fail(r -> r.isRead("Binary", id)).with(Fault.answer(200, contentType, body));
    }

    private JsonNode attachmentTask(JsonNode pull, String id) {
        return attachmentTasks(pull).stream()
                .filter(task -> task.path("query").asText().equals("Binary/" + id))
                .findFirst()
                .orElseThrow();
    }
}
