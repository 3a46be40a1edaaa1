package io.caravan.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.support.payload.Payload;
import io.caravan.support.payload.Payloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.springframework.util.unit.DataSize;

/** Answers of a source, and what becomes of them, as text. */
final class Pages {

    static final String BASE = "https://portal.example/fhir";
    static final IdScope ORIGINAL = IdScope.original("src", BASE);
    static final IdScope SCOPED = IdScope.scoped("src", BASE);

    private static final Payloads SPOOLS = new Payloads(Path.of("target/test-payloads"));

    private Pages() {}

    static Page original(String body) {
        return cut(ORIGINAL, utf8(body));
    }

    static Page scoped(String body) {
        return cut(SCOPED, utf8(body));
    }

    /** Once in memory and once from a file, which makes no difference; the former. */
    static Page cut(IdScope ids, byte[] body) {
        try (Page spooled = new PageCutter(ids).cut(spooled(body))) {
            Page page = new PageCutter(ids).cut(body);
            assertThat(spooled.next()).isEqualTo(page.next());
            assertThat(spooled.warnings()).isEqualTo(page.warnings());
            assertThat(spooled.resources()).hasSameSizeAs(page.resources());
            for (int i = 0; i < page.resources().size(); i++) {
                same(spooled.resources().get(i), page.resources().get(i));
            }
            return page;
        }
    }

    private static void same(CutResource spooled, CutResource held) {
        assertThat(spooled).usingRecursiveComparison().ignoringFields("content").isEqualTo(held);
        assertThat(spooled.content().bytes()).isEqualTo(held.content().bytes());
        assertThat(spooled.content().length()).isEqualTo(held.content().length());
        assertThat(spooled.content().sha256()).isEqualTo(held.content().sha256());
    }

    static Payload spooled(byte[] body) {
        try {
            return SPOOLS.receive(DataSize.ofBytes(0), out -> out.write(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CutResource onlyOriginal(String resource) {
        return only(original(resource));
    }

    static CutResource onlyScoped(String resource) {
        return only(scoped(resource));
    }

    static String text(CutResource resource) {
        return new String(resource.content().bytes(), StandardCharsets.UTF_8);
    }

    static String bundle(String... resources) {
        StringBuilder entries = new StringBuilder();
        for (String resource : resources) {
            entries.append(entries.isEmpty() ? "" : ",")
                    .append("{\"resource\":")
                    .append(resource)
                    .append('}');
        }
        return "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[" + entries + "]}";
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static CutResource only(Page page) {
        if (page.resources().size() != 1 || !page.warnings().isEmpty()) {
            throw new AssertionError("expected one resource without a warning: " + page);
        }
        return page.resources().get(0);
    }
}
