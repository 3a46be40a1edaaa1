package io.caravan.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedPull;
import io.caravan.source.SourceClient;
import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.store.PageWarning;
import io.caravan.support.ErrorCode;
import io.caravan.support.payload.Payload;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Makes a pull's plan from what its source offers, its profile, and how far the connection has come. */
@Component
class Planner {

    private static final PageWarning NO_STATEMENT = new PageWarning(
            "no_capability_statement",
            "The source has no CapabilityStatement that can be used; the usual types were asked for.");

    /** Bytes of a CapabilityStatement that is read: those of real servers have some 100 KB to 2 MB. */
    private static final int LARGEST_STATEMENT = 8 << 20;

    /** Answers after which the patient is tried all the same. */
    private static final Set<Integer> NO_STATEMENT_HERE = Set.of(400, 403, 404, 405, 406, 410, 501);

    /** What the source says of itself, and of the time. */
    private record Statement(Optional<Capability> capability, Optional<Instant> clock) {}

    private final SourceCalls source;
    private final SourceProfiles profiles;
    private final PlanLedger ledger;
    private final PullSettings settings;
    private final ObjectMapper json;

    Planner(SourceCalls source, SourceProfiles profiles, PlanLedger ledger, PullSettings settings, ObjectMapper json) {
        this.source = source;
        this.profiles = profiles;
        this.ledger = ledger;
        this.settings = settings;
        this.json = json;
    }

    /** Reads the CapabilityStatement and stores one task per query; a source without one is asked for the usual types. */
    void plan(ClaimedPull pull) {
        PullIntent intent = ledger.intent(pull);
        Statement statement = statement(pull);
        Optional<Capability> capability = statement.capability();
        SourceProfile profile = profile(pull, intent, capability);
        Map<String, QueryCursor> cursors = intent.fullWalk() ? Map.of() : ledger.cursors(pull);
        QueryPlan queries = new QueryPlan(profile, capability, pull.patientId(), cursors, settings.pageSize());
        List<PageWarning> warnings = queries.bestEffort() ? List.of(NO_STATEMENT) : List.of();
        Optional<String> detected = capability.isPresent() ? Optional.of(profile.name()) : intent.detectedProfile();
        List<PlannedTask> tasks = RepeatedPlan.of(queries.tasks(), ledger.outcomesOfRepeated(pull));
        ledger.store(
                pull, new Plan(tasks, warnings, profile, detected.filter(name -> isAuto(pull)), statement.clock()));
    }

    /** As the source's settings say, else as its CapabilityStatement does, else as that did the last time. */
    private SourceProfile profile(ClaimedPull pull, PullIntent intent, Optional<Capability> capability) {
        if (!isAuto(pull)) {
            return profiles.get(pull.profile());
        }
        return capability
                .map(c -> profiles.detect(c.software(), c.publisher(), c.implementation()))
                .or(() -> intent.detectedProfile().flatMap(profiles::find))
                .orElseGet(() -> profiles.get(SourceProfiles.DEFAULT));
    }

    private static boolean isAuto(ClaimedPull pull) {
        return pull.profile().equals(SourceProfiles.AUTO);
    }

    /** Without a capability where the source has none, keeps it from us, or answers with something else. */
    private Statement statement(ClaimedPull pull) {
        try {
            SourceClient.Answer answer = source.metadata(pull);
            try (Payload body = answer.body()) {
                return new Statement(capability(body), answer.date());
            }
        } catch (SourceException e) {
            if (NO_STATEMENT_HERE.contains(e.status())) {
                return new Statement(Optional.empty(), Optional.empty());
            }
            throw e;
        }
    }

    private Optional<Capability> capability(Payload body) {
        if (body.length() > LARGEST_STATEMENT) {
            return Optional.empty(); // as a tree it would take thirty times as much
        }
        try {
            JsonNode tree = json.readTree(body.open());
            if (!tree.path("resourceType").asText().equals("CapabilityStatement")) {
                return Optional.empty();
            }
            requireR4(tree.path("fhirVersion").asText("4.0.1"));
            return Optional.of(Capability.of(tree));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void requireR4(String version) {
        if (!version.startsWith("4.")) {
            throw SourceException.permanent(
                    ErrorCode.SOURCE_NOT_FHIR,
                    SourceException.Outcome.FAILED,
                    "The source speaks FHIR %s, not R4.".formatted(version));
        }
    }
}
