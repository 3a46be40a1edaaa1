package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.FaultyAnswers.Wait;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Line 25 of sources.md. */
class FaultyAttachmentsTest extends SourceCase {

    private static final byte[] PDF = "%PDF-1.4 \u00e9".getBytes(StandardCharsets.UTF_8);
    private static final String[] AS_JSON = {"Accept", "application/fhir+json"};

    @Test
    void a_binary_is_its_bytes_or_json_as_the_accept_header_asks() throws Exception {
        observations(0);
        source.putBinary("b1", "application/pdf", PDF);

        HttpResponse<byte[]> bytes = getBytes("/Binary/b1", "Accept", "application/pdf");
        assertThat(bytes.body()).isEqualTo(PDF);
        assertThat(bytes.headers().firstValue("Content-Type")).contains("application/pdf");
        assertThat(getBytes("/Binary/b1").body()).isEqualTo(PDF);
        JsonNode binary = json(get("/Binary/b1", AS_JSON));
        assertThat(binary.path("contentType").textValue()).isEqualTo("application/pdf");
        assertThat(Base64.getDecoder().decode(binary.path("data").textValue())).isEqualTo(PDF);
        assertThat(status("/Binary/b2")).isEqualTo(404);
        assertThat(source.remove("Binary", "b1")).isTrue();
        source.putBinary("b3", "text/plain", PDF);
        assertThat(status("/Binary/b1")).isEqualTo(404);
    }

    @Test
    void a_binary_is_what_the_vendor_likes_whatever_was_asked() throws Exception {
        observations(0);
        source.putBinary("b1", "application/pdf", PDF);

        FaultHandle bytes = source.fail(request -> request.isRead("Binary")).with(FaultyAttachments.alwaysBytes());
        assertThat(getBytes("/Binary/b1", AS_JSON).body()).isEqualTo(PDF);
        bytes.clear();
        FaultHandle json = source.fail(request -> request.isRead("Binary")).with(FaultyAttachments.alwaysJson());
        assertThat(get("/Binary/b1", "Accept", "application/pdf").body()).startsWith("{\"resourceType\":\"Binary\"");
        json.clear();
        source.fail(request -> request.isRead("Binary")).with(FaultyBodies.contentType("application/hl7-sda+xml"));
        assertThat(getBytes("/Binary/b1").headers().firstValue("Content-Type")).contains("application/hl7-sda+xml");
    }

    @Test
    void a_binary_is_not_acceptable_to_all() throws Exception {
        observations(0, FaultyAttachments.typeMustBeAccepted());
        source.putBinary("b1", "application/pdf", PDF);
        assertThat(status("/Binary/b1", "Accept", "text/plain")).isEqualTo(406);
        assertThat(status("/Binary/b1", "Accept", "application/pdf")).isEqualTo(200);
        assertThat(status("/Binary/b1", AS_JSON)).isEqualTo(200);
        source.clearFaults();

        source.fail(request -> true).with(FaultyAttachments.neitherFhirNorJson());
        assertThat(status("/Binary/b1", AS_JSON)).isEqualTo(406);
        assertThat(status("/Binary/b1", "Accept", "*/*")).isEqualTo(200);
        assertThat(status("/Patient/ann", AS_JSON)).isEqualTo(200);
    }

    @Test
    void binaries_have_a_scope_and_a_daily_limit_of_their_own() throws Exception {
        observations(1);
        source.putBinary("b1", "text/plain", PDF);
        FaultHandle limit = source.fail(request -> request.isRead("Binary"))
                .with(FaultyAnswers.quota(2, Duration.ofDays(1), Wait.RETRY_AFTER_SECONDS));
        assertThat(statuses("/Binary/b1", 3)).containsExactly(200, 200, 429);
        assertThat(status("/Observation?patient=ann")).isEqualTo(200);
        limit.clear();

        source.fail(request -> request.isRead("Binary")).with(Fault.status(403));
        assertThat(status("/Binary/b1")).isEqualTo(403);
        assertThat(status("/Patient/ann")).isEqualTo(200);
    }

    @Test
    void a_large_binary_is_made_while_it_is_sent_and_the_same_each_time() throws Exception {
        observations(0);
        source.putBinary("large", "application/dicom", 3_000_001);

        byte[] bytes = getBytes("/Binary/large").body();

        assertThat(bytes).hasSize(3_000_001).isEqualTo(getBytes("/Binary/large").body());
        JsonNode json = json(get("/Binary/large", AS_JSON));
        assertThat(Base64.getDecoder().decode(json.path("data").textValue())).isEqualTo(bytes);
    }
}
