package io.caravan.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.store.PageWarning;
import java.util.List;
import java.util.Map;

/** How warnings are stored. */
final class WarningsJson {

    /** Of one page; a task keeps no more pages' than advance-task.sql says. */
    private static final int MOST = 100;

    private WarningsJson() {}

    static String of(ObjectMapper json, List<PageWarning> warnings) {
        try {
            return json.writeValueAsString(warnings.stream()
                    .limit(MOST)
                    .map(w -> Map.of("code", w.code(), "message", w.message()))
                    .toList());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Two texts are always JSON", e);
        }
    }
}
