package io.caravan.testing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a source says of itself, which faults may change before it is said. */
final class SourceCapability {

    /** A type by the parameters with which it can be searched; none: it can only be read. */
    final Map<String, List<String>> types = new TreeMap<>();

    /** Types in whose searches {@code _revinclude=Provenance:target} is understood. */
    final Set<String> revincludes = new LinkedHashSet<>();

    /** Whether each type says what can be done with it; many servers list nothing. */
    boolean interactions = true;

    String fhirVersion = "4.0.1";

    /** Where tokens are issued, if any are. */
    Optional<String> tokenEndpoint = Optional.empty();

    static SourceCapability of(SourceData data) {
        SourceCapability capability = new SourceCapability();
        data.types()
                .forEach(type -> capability.types.put(
                        type, new ArrayList<>(data.hasPatients(type) ? List.of("patient") : List.of())));
        return capability;
    }

    /** Types like these that can be searched can be with this parameter too. */
    void searchedWith(String parameter, Predicate<String> which) {
        types.forEach((type, names) -> {
            if (which.test(type) && !names.isEmpty()) {
                names.add(parameter);
            }
        });
    }
}
