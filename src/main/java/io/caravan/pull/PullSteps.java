package io.caravan.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.connection.Connections;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Leases;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.source.SourceClient;
import io.caravan.source.SourceException;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.Page;
import io.caravan.store.PageCutter;
import io.caravan.store.PageUnreadableException;
import io.caravan.store.PageWarning;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.UrlSegment;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps of the pull routes ({@code pull.camel.yaml}, {@code fhir-consumer.camel.yaml}). */
@Component("pull")
class PullSteps {

    private static final String FHIR_JSON = "application/fhir+json";

    private final SourceClient source;
    private final Connections connections;
    private final Leases leases;
    private final PullLedger ledger;
    private final PullSettings settings;
    private final ObjectMapper json;

    PullSteps(
            SourceClient source,
            Connections connections,
            Leases leases,
            PullLedger ledger,
            PullSettings settings,
            ObjectMapper json) {
        this.source = source;
        this.connections = connections;
        this.leases = leases;
        this.ledger = ledger;
        this.settings = settings;
        this.json = json;
    }

    /**
     * The id of the pull that the trigger queued or found queued.
     *
     * @throws CaravanException {@code connection_not_active} where there is nothing to pull with
     */
    String request(@Body PullRequest request) {
        return ledger.request(request)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.CONNECTION_NOT_ACTIVE,
                        "Connection %s is not active: ask the patient to reconnect."
                                .formatted(request.connectionId())));
    }

    /**
     * The id of the pull, which asks for nothing more from now on.
     *
     * @throws CaravanException {@code conflict} where it has ended already
     */
    String cancel(@Body PullCancel cancel) {
        return ledger.cancel(cancel)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.CONFLICT,
                        "Pull %s has ended; there is nothing to cancel.".formatted(cancel.pullId())));
    }

    /** Reads the CapabilityStatement and stores the queries it allows; a source without one is asked best effort. */
    void plan(@Body ClaimedPull pull) {
        leases.check(pull);
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
        byte[] body = source.get(new SourceClient.Request(
                pull.fhirBaseUrl(),
                pull.fhirBaseUrl() + "/metadata",
                FHIR_JSON,
                token(pull.orgId(), pull.connectionId())));
        JsonNode tree;
        try {
            tree = json.readTree(body);
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

    PullTask begin(@Body ClaimedTask claim) {
        return PullTask.of(claim);
    }

    /** The bytes of the page that the task has come to. */
    byte[] fetch(@Variable("task") PullTask task) {
        ClaimedTask claim = task.claim();
        leases.check(claim);
        try {
            return get(claim, task.url());
        } catch (SourceException e) {
            boolean later = claim.nextUrl() != null || !task.walked().isEmpty();
            throw later && (e.status() == 404 || e.status() == 410) ? pagingExpired(e.status()) : e;
        }
    }

    /** Lands what of the page is the patient's; the task moves to the next page in the same transaction. */
    PullTask land(@Variable("task") PullTask task, @Body Page page) {
        ClaimedTask claim = task.claim();
        List<CutResource> landable = RightPatient.landable(claim, page);
        if (claim.kind().equals("read") && landable.isEmpty()) {
            throw SourceException.permanent(
                    ErrorCode.PATIENT_UNREADABLE,
                    SourceException.Outcome.FAILED,
                    "The source did not return the patient.");
        }
        PullTask next = task.advance(page);
        Optional<String> patient = Optional.of(task.scope().scopeId(claim.patientId()));
        ledger.land(next, batch(claim, patient, landable), RightPatient.warnings(claim, page));
        return next;
    }

    /** The next resources to read by reference; empty where none is left. */
    List<Reference> pending(@Variable("task") PullTask task) {
        return ledger.pendingReferences(task.claim(), settings.referenceBatch());
    }

    /** One referenced resource; a source that has it not, or keeps it from us, costs the others nothing. */
    ReadReference read(@Variable("task") PullTask task, @Body Reference reference) {
        ClaimedTask claim = task.claim();
        leases.check(claim);
        String id = UrlSegment.encode(reference.id());
        try {
            byte[] body = get(claim, claim.fhirBaseUrl() + "/" + reference.type() + "/" + id);
            return new ReadReference(reference, Optional.of(new PageCutter(task.scope()).cut(body)));
        } catch (SourceException e) {
            if (e.again() || e.code() == ErrorCode.SOURCE_UNAUTHORIZED) {
                throw e;
            }
            return new ReadReference(reference, Optional.empty());
        } catch (PageUnreadableException e) {
            return new ReadReference(reference, Optional.empty());
        }
    }

    /** Lands a batch of them. */
    void landReferences(@Variable("task") PullTask task, @Body List<ReadReference> read) {
        List<CutResource> resources = new ArrayList<>();
        List<PageWarning> warnings = new ArrayList<>();
        for (ReadReference r : read) {
            r.page().ifPresent(page -> {
                page.resources().stream()
                        .filter(c -> c.type().equals(r.reference().type()))
                        .filter(c -> !c.subsetted())
                        .forEach(resources::add);
                warnings.addAll(page.warnings());
            });
        }
        long missing = read.stream().filter(r -> r.page().isEmpty()).count();
        if (missing > 0) {
            warnings.add(new PageWarning(
                    "reference_missing", "%d resources that others refer to cannot be read.".formatted(missing)));
        }
        ledger.landReferences(task, batch(task.claim(), Optional.empty(), resources), read, warnings);
    }

    /** All references are read. */
    PullTask finish(@Variable("task") PullTask task) {
        PullTask finished = task.finished();
        ledger.land(finished, batch(task.claim(), Optional.empty(), List.of()), List.of());
        return finished;
    }

    private byte[] get(ClaimedTask claim, String url) {
        return source.get(new SourceClient.Request(
                claim.fhirBaseUrl(), url, FHIR_JSON, token(claim.orgId(), claim.connectionId())));
    }

    private Optional<Secret> token(String orgId, String connectionId) {
        return connections.accessToken(orgId, connectionId);
    }

    private static LandingBatch batch(ClaimedTask claim, Optional<String> patient, List<CutResource> resources) {
        return new LandingBatch(
                claim.orgId(), claim.sourceId(), claim.connectionId(), claim.pullId(), patient, resources);
    }

    /** A page of a walk that had begun: the source still offers the type, but not this session (sources.md 12). */
    private static SourceException pagingExpired(int status) {
        return SourceException.permanent(
                ErrorCode.PAGING_EXPIRED,
                SourceException.Outcome.FAILED,
                "The source answered %d to its own next link: its paging expired. Pull again.".formatted(status));
    }

    private static SourceException notFhir(String message) {
        return SourceException.permanent(ErrorCode.SOURCE_NOT_FHIR, SourceException.Outcome.FAILED, message);
    }
}
