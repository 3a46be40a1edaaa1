package io.caravan.pull;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What of a whole plan a pull sends that repeats what another one missed; pure. */
final class RepeatedPlan {

    private RepeatedPlan() {}

    /**
     * The patient, the searches that were refused or failed, and references. A type that missed something may be searched
     * otherwise today: its new queries are sent, too. What has vanished is another pull's to find: this one walks parts.
     *
     * @param whole today's plan
     * @param outcomes of the searches of the pull that is repeated; none where it was never planned: then all is sent
     */
    static List<PlannedTask> of(List<PlannedTask> whole, List<QueryOutcome> outcomes) {
        if (outcomes.isEmpty()) {
            return whole;
        }
        Map<String, QueryOutcome> byKey = outcomes.stream()
                .collect(Collectors.toMap(QueryOutcome::key, Function.identity(), (one, other) -> one));
        Set<String> missing = outcomes.stream()
                .filter(QueryOutcome::missed)
                .map(QueryOutcome::type)
                .collect(Collectors.toSet());
        return whole.stream()
                .filter(task -> switch (task.kind()) {
                    case "search" ->
                        byKey.containsKey(task.key()) ? byKey.get(task.key()).missed() : missing.contains(task.type());
                    case "vanished" -> false;
                    default -> true;
                })
                .toList();
    }
}
