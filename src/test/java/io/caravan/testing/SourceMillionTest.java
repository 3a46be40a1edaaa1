package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.generated.GeneratedResources;
import io.caravan.testing.generated.GeneratedResources.Plan;
import io.caravan.testing.generated.IdStyle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A source of a million resources (1.7 GB) in a heap of 40 MB. */
class SourceMillionTest {

    private static final int PATIENTS = 1_000;
    private static final int EACH = 1_000;
    private static final int HEAP = 40;
    /** One in so many patients is read whole; of the others the first page of Observations. */
    private static final int SAMPLE = 20;

    private static final Pattern NEXT = Pattern.compile("\"relation\":\"next\",\"url\":\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final GeneratedResources generated =
            new GeneratedResources(new Plan(PATIENTS, EACH, 42, IdStyle.PLAIN, 0, 0));
    private int read;
    private long bytes;

    @Test
    void a_million_resources_are_served_and_none_is_held() throws Exception {
        try (SourceProcess source = SourceProcess.start(HEAP, PATIENTS, EACH, 42)) {
            readWhole(source.baseUrl(), 0);
            long before = source.heapInUse();
            read = 0;

            for (int patient = 0; patient < PATIENTS; patient++) {
                if (patient % SAMPLE == 0) {
                    readWhole(source.baseUrl(), patient);
                } else {
                    readPage(firstPage(source.baseUrl(), "Observation", patient));
                }
            }

            assertThat(read).isEqualTo(PATIENTS / SAMPLE * EACH + (PATIENTS - PATIENTS / SAMPLE) * 100);
            assertThat(bytes).isGreaterThan(5L * HEAP << 20);
            assertThat(source.heapInUse() - before).isLessThan(8 << 20);
        }
    }

    private void readWhole(URI base, int patient) throws Exception {
        for (String type : generated.types()) {
            if (generated.isOfPatients(type)) {
                int before = read;
                for (String url = firstPage(base, type, patient); !url.isEmpty(); ) {
                    Matcher next = NEXT.matcher(readPage(url));
                    url = next.find() ? next.group(1) : "";
                }
                assertThat(read - before).isEqualTo(generated.count(type));
            }
        }
    }

    private String firstPage(URI base, String type, int patient) {
        return base + "/" + type + "?patient=" + generated.id(generated.patient(patient)) + "&_count=100";
    }

    private String readPage(String url) throws Exception {
        byte[] page = http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray())
                .body();
        bytes += page.length;
        String text = new String(page, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf("\"fullUrl\""); at >= 0; at = text.indexOf("\"fullUrl\"", at + 1)) {
            read++;
        }
        return text;
    }
}
