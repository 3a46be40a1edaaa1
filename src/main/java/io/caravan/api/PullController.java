package io.caravan.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.caravan.connection.Connections;
import io.caravan.run.Pull;
import io.caravan.run.Pull.Export;
import io.caravan.run.Pull.Task;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.run.PullRetry;
import io.caravan.run.Pulls;
import io.caravan.run.Tasks;
import io.caravan.support.CaravanException;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organizations/{org}")
class PullController {

    private final Connections connections;
    private final Pulls pulls;
    private final Tasks tasks;
    private final Triggers triggers;

    PullController(Connections connections, Pulls pulls, Tasks tasks, Triggers triggers) {
        this.connections = connections;
        this.pulls = pulls;
        this.tasks = tasks;
        this.triggers = triggers;
    }

    /** A pull, and the runs that carried what it brought. */
    record PullView(@JsonUnwrapped Pull pull, List<Export> exports) {}

    record PullStart(String mode) {}

    @PostMapping("/connections/{connection}/pulls")
    ResponseEntity<PullView> start(
            @PathVariable String org, @PathVariable String connection, @RequestBody(required = false) PullStart body) {
        connections.get(org, connection);
        String mode = body == null || body.mode() == null ? "delta" : body.mode();
        if (!mode.equals("delta") && !mode.equals("full")) {
            throw CaravanException.invalidField("mode", "must be delta or full");
        }
        return accepted(org, triggers.startPull(new PullRequest(org, connection, "manual", mode.equals("full"))));
    }

    @GetMapping("/pulls")
    Slice<Pull> list(
            @PathVariable String org,
            @RequestParam(name = "connection_id", required = false) String connection,
            @RequestParam(required = false) String status,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        return pulls.list(
                org,
                PathIds.optional("connection", connection),
                Filters.status(status, Filters.PULL_STATUS),
                Paging.of(limit, cursor));
    }

    @GetMapping("/pulls/{pull}")
    PullView read(@PathVariable String org, @PathVariable String pull) {
        Pull found = pulls.get(org, pull);
        return new PullView(found, pulls.exports(org, found));
    }

    @GetMapping("/pulls/{pull}/tasks")
    Slice<Task> tasks(
            @PathVariable String org,
            @PathVariable String pull,
            @RequestParam(required = false) String status,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        pulls.get(org, pull);
        return tasks.list(org, pull, Filters.status(status, Filters.TASK_STATUS), Paging.of(limit, cursor));
    }

    @PostMapping("/pulls/{pull}/cancel")
    ResponseEntity<PullView> cancel(@PathVariable String org, @PathVariable String pull) {
        pulls.get(org, pull);
        return accepted(org, triggers.cancelPull(new PullCancel(org, pull)));
    }

    @PostMapping("/pulls/{pull}/retry")
    ResponseEntity<PullView> retry(@PathVariable String org, @PathVariable String pull) {
        pulls.get(org, pull);
        return accepted(org, triggers.retryPull(new PullRetry(org, pull)));
    }

    private ResponseEntity<PullView> accepted(String org, String pull) {
        return ResponseEntity.accepted()
                .location(URI.create("/api/v1/organizations/%s/pulls/%s".formatted(org, pull)))
                .body(read(org, pull));
    }
}
