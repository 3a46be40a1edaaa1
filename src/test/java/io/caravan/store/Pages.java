package io.caravan.store;

import java.nio.charset.StandardCharsets;

/** Answers of a source, and what becomes of them, as text. */
final class Pages {

    static final String BASE = "https://portal.example/fhir";
    static final IdScope ORIGINAL = IdScope.original("src", BASE);
    static final IdScope SCOPED = IdScope.scoped("src", BASE);

    private Pages() {}

    static Page original(String body) {
        return new PageCutter(ORIGINAL).cut(utf8(body));
    }

    static Page scoped(String body) {
        return new PageCutter(SCOPED).cut(utf8(body));
    }

    static CutResource onlyOriginal(String resource) {
        return only(original(resource));
    }

    static CutResource onlyScoped(String resource) {
        return only(scoped(resource));
    }

    static String text(CutResource resource) {
        return new String(resource.content(), StandardCharsets.UTF_8);
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
