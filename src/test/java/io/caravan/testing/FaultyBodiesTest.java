package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** Line 18 of sources.md. */
class FaultyBodiesTest extends SourceCase {

    private static final String OF_ANN = "/Observation?patient=ann";

    @Test
    void pretty_pages_have_white_space_and_the_same_texts_and_numbers() throws Exception {
        observations(0);
        String exact = "{\"resourceType\":\"Observation\",\"id\":\"o\",\"subject\":{\"reference\":\"Patient/ann\"},"
                + "\"v\":1.00,\"w\":1e2,\"x\":[],\"y\":\"a,b:{\\\"\\\\\",\"z\":[1,\"]\"]}";
        source.put(exact);
        JsonNode plain = json(get("/Observation/o"));
        source.fail(request -> true).with(FaultyBodies.prettyPrinted());

        String pretty = get("/Observation/o").body();

        assertThat(json(pretty)).isEqualTo(plain);
        assertThat(pretty)
                .contains("\n  \"v\": 1.00,\n", "1e2", "\"a,b:{\\\"\\\\\"")
                .doesNotContain("\r");
        assertThat(get(OF_ANN).body()).contains("\n        \"v\": 1.00,");
    }

    @Test
    void a_content_type_is_wrong_and_a_body_is_no_json() throws Exception {
        observations(1);
        FaultHandle wrong = source.fail(request -> true).with(FaultyBodies.contentType("text/plain"));
        assertThat(get("/Patient/ann").headers().firstValue("Content-Type")).contains("text/plain");
        assertThat(get("/Patient/ann").body()).isEqualTo(ANN);
        wrong.clear();

        FaultHandle bytes = source.fail(request -> true)
                .with(FaultyBodies.bytes(200, "application/fhir+json", new byte[] {(byte) 0xff, 0}));
        assertThat(getBytes("/Patient/ann").body()).containsExactly(0xff, 0);
        bytes.clear();

        FaultHandle marked = source.fail(request -> true).with(FaultyBodies.byteOrderMark());
        assertThat(get("/Patient/ann").body()).isEqualTo("\uFEFF" + ANN);
        marked.clear();

        source.fail(request -> true).with(FaultyBodies.cutAfter(20));
        assertThat(get("/Patient/ann").body()).isEqualTo(ANN.substring(0, 20));
    }

    @Test
    void bodies_are_compressed_when_asked_or_though_nobody_asked() throws Exception {
        observations(3);
        byte[] plain = getBytes("/Observation/o1").body();
        FaultHandle gzip = source.fail(request -> true).with(FaultyBodies.gzip());
        assertThat(getBytes("/Observation/o1").body()).isEqualTo(plain);
        HttpResponse<byte[]> zipped = getBytes("/Observation/o1", "Accept-Encoding", "gzip, deflate");
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(unzipped(zipped.body())).isEqualTo(plain);
        gzip.clear();

        FaultHandle deflate = source.fail(request -> true).with(FaultyBodies.deflate());
        HttpResponse<byte[]> deflated = getBytes("/Observation/o1", "Accept-Encoding", "gzip, deflate");
        assertThat(deflated.headers().firstValue("Content-Encoding")).contains("deflate");
        assertThat(new InflaterInputStream(new ByteArrayInputStream(deflated.body())).readAllBytes())
                .isEqualTo(plain);
        deflate.clear();

        source.fail(request -> true).with(FaultyBodies.gzipUnasked());
        assertThat(unzipped(getBytes("/Observation/o1").body())).isEqualTo(plain);
    }

    private static byte[] unzipped(byte[] zipped) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(zipped)).readAllBytes();
    }

    @Test
    void a_bomb_is_small_on_the_wire_and_large_behind() throws Exception {
        observations(1, FaultyBodies.gzipBomb(300));

        byte[] body = getBytes(OF_ANN).body();

        assertThat(body.length).isLessThan(400_000);
        try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] head = unzipped.readNBytes(30);
            assertThat(new String(head, StandardCharsets.UTF_8)).startsWith("{\"resourceType\":\"Bundle\"");
            assertThat(unzipped.skip(Long.MAX_VALUE)).isGreaterThan(300L << 20);
        }
    }

    @Test
    void a_page_is_as_large_as_told_and_holds_what_it_held() throws Exception {
        observations(3, FaultyBodies.padded(5 << 20));

        String page = get(OF_ANN).body();

        assertThat(page).hasSizeGreaterThan(5 << 20);
        assertThat(ids(json(page))).containsExactly("o0", "o1", "o2");
    }

    @Test
    void a_page_has_five_thousand_entries_or_some_of_them_twice() throws Exception {
        observations(5_000);
        FaultHandle all = source.fail(SourceRequest::isSearch).with(FaultyPages.pageSize(5_000));
        assertThat(ids(json(get(OF_ANN)))).hasSize(5_000).doesNotHaveDuplicates();
        all.clear();

        source.fail(SourceRequest::isSearch).with(FaultyBodies.repeatedEntries(3));
        List<String> ids = ids(json(get(OF_ANN + "&_count=4")));
        assertThat(ids).hasSize(12);
        assertThat(new HashSet<>(ids)).hasSize(4);
    }

    @Test
    void a_large_resource_comes_in_chunks() throws Exception {
        observations(1);
        source.put("Observation", "large", "ann", SourceOddities.large("large", "ann", 40 << 20));

        HttpRequest request = HttpRequest.newBuilder(uri(OF_ANN)).build();
        HttpResponse<InputStream> page = http.send(request, BodyHandlers.ofInputStream());

        assertThat(page.headers().firstValue("Content-Length")).isEmpty();
        try (InputStream body = page.body()) {
            assertThat(body.skip(Long.MAX_VALUE)).isGreaterThan(40L << 20);
        }
    }

    @Test
    void a_body_in_chunks_breaks_off() {
        observations(1);
        source.put("Observation", "large", "ann", SourceOddities.large("large", "ann", 4 << 20));
        source.fail(SourceRequest::isSearch).with(Fault.truncatedBody());

        assertThatThrownBy(() -> get(OF_ANN)).isInstanceOf(IOException.class);
    }

    @Test
    void resources_are_odd_byte_for_byte() throws Exception {
        observations(0);
        put("utf8", SourceOddities.invalidUtf8("utf8", "ann"));
        put("nul", SourceOddities.rawNul("nul", "ann"));
        put("escaped", SourceOddities.escapedNul("escaped", "ann"));
        put("newline", SourceOddities.rawNewline("newline", "ann"));
        put("deep", SourceOddities.deep("deep", "ann", 2_000));

        assertThat(getBytes("/Observation/utf8").body()).contains(0xC3);
        assertThat(getBytes("/Observation/nul").body()).contains(0);
        assertThat(get("/Observation/escaped").body()).contains("before\\u0000behind");
        assertThat(get("/Observation/newline").body()).contains("before\nbehind");
        String deep = get("/Observation/deep").body();
        assertThat(deep.chars().filter(c -> c == '{' || c == '[').count()).isGreaterThan(2_000);
        assertThat(deep.chars().filter(c -> c == '{').count())
                .isEqualTo(deep.chars().filter(c -> c == '}').count());
        assertThat(getBytes(OF_ANN).body()).contains(0xC3, 0, '\n');
    }

    private void put(String id, byte[] json) {
        source.put("Observation", id, "ann", json);
    }

    @Test
    void ids_are_missing_long_numbers_or_no_ids() throws Exception {
        observations(0);
        source.fail(SourceRequest::isSearch).with(FaultyAnswers.entry(SourceOddities.withoutId("ann")));
        Set<String> odd = Set.of("..", ".", SourceOddities.longId(1), SourceOddities.numericId(1), "a/b");
        for (String id : odd) {
            source.fail(SourceRequest::isSearch).with(FaultyAnswers.entry(SourceOddities.withId(id, "ann")));
        }
        source.put(observation(1));

        JsonNode page = json(get(OF_ANN));

        assertThat(page.path("entry")).hasSize(7);
        assertThat(page.at("/entry/1/resource").has("id")).isFalse();
        assertThat(ids(page)).containsAll(odd);
        assertThat(SourceOddities.longId(1)).hasSizeGreaterThan(64);
        assertThat(SourceOddities.numericId(1)).containsOnlyDigits();
        URI read = uri("/Observation/o1");
        assertThat(get(read).statusCode()).isEqualTo(200);
    }
}
