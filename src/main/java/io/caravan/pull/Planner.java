package io.caravan.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedPull;
import io.caravan.source.SourceException;
import io.caravan.store.PageWarning;
import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Makes a pull's plan from what its source offers. */
@Component
class Planner {

    private final SourceCalls source;
    private final PullLedger ledger;
    private final PullSettings settings;
    private final ObjectMapper json;

    Planner(SourceCalls source, PullLedger ledger, PullSettings settings, ObjectMapper json) {
        this.source = source;
        this.ledger = ledger;
        this.settings = settings;
        this.json = json;
    }

    /** Reads the CapabilityStatement and stores one task per query; a source without one is asked for the usual types. */
    void plan(ClaimedPull pull) {
        List<PageWarning> warnings = new ArrayList<>();
        Map<String, String> parameters;
        try {
            parameters = QueryPlan.parameters(capability(pull));
        } catch (SourceException e) {
            if (e.again() || e.outcome() != SourceException.Outcome.UNSUPPORTED) {
                throw e;
            }
            parameters = QueryPlan.bestEffort();
            warnings.add(new PageWarning(
                    "no_capability_statement",
                    "The source has no CapabilityStatement; the usual types were asked for."));
        }
        ledger.plan(pull, QueryPlan.of(pull, parameters, settings.pageSize()), warnings);
    }

    private JsonNode capability(ClaimedPull pull) {
        JsonNode tree;
        try {
            tree = json.readTree(source.metadata(pull));
        } catch (IOException e) {
            throw notFhir("The source's metadata is not JSON.");
        }
        if (!tree.path("resourceType").asText().equals("CapabilityStatement")) {
            throw notFhir("The source's metadata is not a CapabilityStatement.");
        }
        if (!tree.path("fhirVersion").asText("4").startsWith("4.")) {
            throw notFhir("The source speaks FHIR %s, not R4."
                    .formatted(tree.path("fhirVersion").asText()));
        }
        return tree;
    }

    private static SourceException notFhir(String message) {
        return SourceException.permanent(ErrorCode.SOURCE_NOT_FHIR, SourceException.Outcome.FAILED, message);
    }
}
