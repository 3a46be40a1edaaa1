package io.caravan.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.destination.Destination;
import io.caravan.destination.DestinationChange;
import io.caravan.destination.DestinationClients;
import io.caravan.destination.DestinationCredentials;
import io.caravan.destination.DestinationDraft;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.DestinationTestReport;
import io.caravan.destination.DestinationTestReport.Step;
import io.caravan.destination.Destinations;
import io.caravan.run.Run;
import io.caravan.run.RunDetail;
import io.caravan.run.RunRequest;
import io.caravan.run.Runs;
import io.caravan.support.CaravanException;
import io.caravan.support.IfMatch;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import io.caravan.support.secret.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organizations/{org}")
class DestinationController {

    private final Destinations destinations;
    private final DestinationForms forms;
    private final Runs runs;
    private final Triggers triggers;
    private final DestinationClients clients;

    DestinationController(
            Destinations destinations,
            DestinationForms forms,
            Runs runs,
            Triggers triggers,
            DestinationClients clients) {
        this.clients = clients;
        this.destinations = destinations;
        this.forms = forms;
        this.runs = runs;
        this.triggers = triggers;
    }

    record DestinationRequest(String name, String type, JsonNode settings, Map<String, Secret> credentials) {}

    record DestinationPatch(String name, Boolean enabled, JsonNode settings, Map<String, Secret> credentials) {}

    record TestView(boolean passed, List<Step> steps) {}

    @GetMapping("/destination-types")
    Slice<JsonNode> types() {
        return new Slice<>(forms.types(), null);
    }

    @PostMapping("/destinations/test")
    TestView test(@PathVariable String org, @RequestBody DestinationRequest body) {
        return tested(draft(org, body));
    }

    /** As it is saved, or as this change would make it. */
    @PostMapping("/destinations/{destination}/test")
    TestView testSaved(@PathVariable String org, @PathVariable String destination, @RequestBody DestinationPatch body) {
        Destination saved = destinations.get(org, destination);
        return tested(changed(saved, change(saved, body)));
    }

    @PostMapping("/destinations")
    ResponseEntity<DestinationView> create(@PathVariable String org, @RequestBody DestinationRequest body) {
        DestinationDraft draft = draft(org, body);
        destinations.check(draft);
        requirePassed(draft);
        DestinationView created = view(org, destinations.create(draft));
        return ResponseEntity.created(
                        URI.create("/api/v1/organizations/%s/destinations/%s".formatted(org, created.id())))
                .eTag(IfMatch.tag(created.updatedAt(), created))
                .body(created);
    }

    @GetMapping("/destinations")
    Slice<DestinationView> list(
            @PathVariable String org,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        Slice<Destination> page = destinations.list(org, Paging.of(limit, cursor));
        Map<String, Run> latest =
                runs.latestOf(org, page.data().stream().map(Destination::id).toList());
        return page.map(destination -> DestinationView.of(destination, latest.get(destination.id())));
    }

    @GetMapping("/destinations/{destination}")
    ResponseEntity<DestinationView> read(@PathVariable String org, @PathVariable String destination) {
        return tagged(view(org, destinations.get(org, destination)));
    }

    @PatchMapping("/destinations/{destination}")
    ResponseEntity<DestinationView> change(
            @PathVariable String org,
            @PathVariable String destination,
            @RequestBody DestinationPatch body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) String ifMatch) {
        IfMatch expected = new IfMatch(ifMatch);
        Destination before = destinations.get(org, destination);
        expected.require(before.updatedAt()); // before the test; saving checks again
        DestinationChange change = change(before, body);
        destinations.requireCredentialsForOtherServer(before, change);
        if (change.touchesDelivery()) {
            requirePassed(changed(before, change));
        }
        Destination changed = destinations.change(org, destination, change, expected);
        if (change.touchesDelivery()) {
            clients.retire(org, destination);
        }
        return tagged(view(org, changed));
    }

    @DeleteMapping("/destinations/{destination}")
    ResponseEntity<Void> delete(@PathVariable String org, @PathVariable String destination) {
        destinations.delete(org, destination);
        clients.retire(org, destination);
        return ResponseEntity.noContent().build();
    }

    record RunStart(String mode) {}

    @PostMapping("/destinations/{destination}/runs")
    ResponseEntity<RunDetail> start(
            @PathVariable String org, @PathVariable String destination, @RequestBody(required = false) RunStart body) {
        destinations.get(org, destination);
        String mode = body == null || body.mode() == null ? "delta" : body.mode();
        if (!mode.equals("delta") && !mode.equals("full")) {
            throw CaravanException.invalidField("mode", "must be delta or full");
        }
        String run = triggers.startRun(new RunRequest(org, destination, mode));
        return ResponseEntity.accepted()
                .location(URI.create("/api/v1/organizations/%s/runs/%s".formatted(org, run)))
                .body(runs.detail(org, run));
    }

    private static ResponseEntity<DestinationView> tagged(DestinationView view) {
        return ResponseEntity.ok().eTag(IfMatch.tag(view.updatedAt(), view)).body(view);
    }

    private DestinationDraft draft(String org, DestinationRequest body) {
        return new DestinationDraft(
                org,
                body.name(),
                body.type(),
                forms.settings(body.type(), body.settings()),
                forms.credentials(body.type(), body.credentials()));
    }

    /** Stored credentials are not sent to a server that they were not given for, be it for a test. */
    private DestinationChange change(Destination before, DestinationPatch body) {
        DestinationChange change = new DestinationChange(
                body.name(),
                body.enabled(),
                body.settings() == null ? null : forms.settings(before.type(), body.settings()),
                body.credentials() == null ? null : forms.credentials(before.type(), body.credentials()));
        destinations.requireCredentialsForOtherServer(before, change);
        return change;
    }

    private DestinationDraft changed(Destination before, DestinationChange change) {
        DestinationCredentials credentials = change.credentials() == null
                ? destinations.credentials(before.orgId(), before.id())
                : change.credentials();
        return new DestinationDraft(
                before.orgId(),
                change.name() == null ? before.name() : change.name(),
                before.type(),
                change.settings() == null ? before.settings() : change.settings(),
                credentials);
    }

    private TestView tested(DestinationDraft draft) {
        DestinationTestReport report = triggers.test(draft);
        return new TestView(report.passed(), report.steps());
    }

    private void requirePassed(DestinationDraft draft) {
        DestinationTestReport report = triggers.test(draft);
        if (!report.passed()) {
            throw new DestinationTestFailed(report);
        }
    }

    private DestinationView view(String org, Destination destination) {
        return DestinationView.of(
                destination, runs.latestOf(org, List.of(destination.id())).get(destination.id()));
    }
}
