package io.caravan.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.store.PageWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How warnings are stored. */
final class WarningsJson {

    /** Of one page; a task keeps no more pages' than advance-task.sql says. */
    private static final int MOST = 100;

    private WarningsJson() {}

    /** The first of them, and how many more there were. */
    private static List<PageWarning> counted(List<PageWarning> warnings) {
        if (warnings.size() <= MOST) {
            return warnings;
        }
        List<PageWarning> first = new ArrayList<>(warnings.subList(0, MOST - 1));
        first.add(
                new PageWarning("more_warnings", "and %d more of this page".formatted(warnings.size() - first.size())));
        return first;
    }

    static String of(ObjectMapper json, List<PageWarning> warnings) {
        try {
            return json.writeValueAsString(counted(warnings).stream()
                    .map(w -> Map.of("code", w.code(), "message", w.message()))
                    .toList());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Two texts are always JSON", e);
        }
    }
}
