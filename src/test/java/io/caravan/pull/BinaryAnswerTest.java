package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.source.SourceClient;
import io.caravan.source.SourceException;
import io.caravan.support.payload.Payload;
import io.caravan.support.payload.Payloads;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** What a source sends for a Binary, and what of it lands. */
class BinaryAnswerTest {

    private static final AttachmentLimits LIMITS = new AttachmentLimits(
            Set.of("text/*", "application/pdf", "application/json", "application/fhir+json"), DataSize.ofBytes(100));

    @TempDir
    Path folder;

    /** What lands: {@code as it is}, the content type of what is made of bytes, or why nothing does. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '`',
            value = {
                // answered as  | declared as     | body                                                  | lands
                "application/pdf | application/pdf | %PDF | application/pdf",
                "text/plain;charset=latin1 | - | caf | text/plain;charset=latin1",
                "TEXT/RTF | - | {\\rtf1 hi} | TEXT/RTF",
                "application/octet-stream | text/xml; charset=utf-8 | <a/> | text/xml; charset=utf-8",
                "- | application/pdf | %PDF | application/pdf",
                "nonsense | application/pdf | %PDF | application/pdf",
                "- | - | ? | attachment_left_out",
                "application/dicom | application/pdf | ? | attachment_left_out",
                "application/fhir+json | - | {\"resourceType\":\"Binary\",\"id\":\"1\"} | as it is",
                "text/plain | - | {\"id\":\"1\",\"data\":\"aGk=\",\"resourceType\":\"Binary\"} | as it is",
                "application/fhir+json | - | {\"resourceType\":\"Binary\",\"contentType\":\"image/png\"} | attachment_left_out",
                "application/fhir+json | - | {\"resourceType\":\"Binary\",\"contentType\":\"text/css;a=b\"} | as it is",
                "application/fhir+json | - | {\"resourceType\":\"Bundle\"} | application/fhir+json",
                "application/json | - | {\"a\":1} | application/json",
                "application/json | - | [1] | application/json",
                "application/fhir+json | text/plain | hello | attachment_unreadable",
                "application/json+fhir | - | {\"resourceType\":\"Binary\", | attachment_unreadable",
                "application/fhir+json | - | {\"resourceType\":\"OperationOutcome\"} | attachment_unreadable",
                "text/html | application/pdf | <html/> | attachment_unreadable",
                "text/html | text/html | <html/> | text/html",
                "text/html | - | <html/> | text/html",
                "text/plain | - | `` | attachment_unreadable",
            })
    void an_answer_lands_as_what_it_is_or_not_at_all(String answered, String declared, String body, String lands) {
        assertThat(outcome(answered, declared, body)).isEqualTo(lands);
    }

    @Test
    void what_is_larger_than_the_limit_is_left_out_whatever_was_announced() {
        assertThat(outcome("application/json", null, "[" + "1,".repeat(60) + "1]"))
                .isEqualTo("attachment_left_out");
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, 7, true",
        "text/plain, 101, false",
        "TEXT/Plain;a=b, 100, true",
        "image/png, , false",
        "application/octet-stream, , true",
        ", , true",
        "gibberish, 5, true",
    })
    void what_a_record_says_can_be_enough_to_leave_it_out(String type, Long size, boolean asked) {
        assertThat(LIMITS.against(Optional.ofNullable(type), Optional.ofNullable(size))
                        .isEmpty())
                .isEqualTo(asked);
    }

    @Test
    void a_profile_can_want_everything_and_its_limits_are_known_by_their_text() {
        AttachmentLimits all = new AttachmentLimits(Set.of("*/*"), DataSize.ofMegabytes(1));

        assertThat(all.against("application/x-anything")).isEmpty();
        assertThat(all.against(AttachmentLimits.UNKNOWN_TYPE)).isEmpty();
        assertThat(all.tooLarge()).contains("1 MB");
        assertThat(LIMITS.text()).isEqualTo("100 application/fhir+json,application/json,application/pdf,text/*");
    }

    private String outcome(String answered, String declared, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        BinaryAnswer answer = new BinaryAnswer(
                new Attachment("1", Optional.ofNullable(declared), Optional.empty(), true),
                new SourceClient.Answer(Payload.of(bytes), Optional.empty(), Optional.ofNullable(answered)));
        // What is longer than ten bytes lies in a file.
        try (answer;
                Payload json = answer.json(LIMITS, new Payloads(folder), DataSize.ofBytes(10))) {
            if (json == answer.answer().body()) {
                return "as it is";
            }
            String wrapped = new String(json.bytes(), StandardCharsets.UTF_8);
            String head = "{\"resourceType\":\"Binary\",\"id\":\"1\",\"contentType\":\"";
            String tail = "\",\"data\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
            assertThat(wrapped).startsWith(head).endsWith(tail);
            return wrapped.substring(head.length(), wrapped.length() - tail.length());
        } catch (SourceException e) {
            return e.code().code();
        }
    }
}
