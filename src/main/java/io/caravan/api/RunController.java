package io.caravan.api;

import io.caravan.run.Items;
import io.caravan.run.Rejection;
import io.caravan.run.Rejections;
import io.caravan.run.Run;
import io.caravan.run.RunCancel;
import io.caravan.run.RunDetail;
import io.caravan.run.RunDetail.Item;
import io.caravan.run.RunRetry;
import io.caravan.run.Runs;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organizations/{org}/runs")
class RunController {

    private final Runs runs;
    private final Items items;
    private final Rejections rejections;
    private final Triggers triggers;

    RunController(Runs runs, Items items, Rejections rejections, Triggers triggers) {
        this.runs = runs;
        this.items = items;
        this.rejections = rejections;
        this.triggers = triggers;
    }

    @GetMapping
    Slice<Run> list(
            @PathVariable String org,
            @RequestParam(name = "destination_id", required = false) String destination,
            @RequestParam(required = false) String status,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        return runs.list(
                org,
                PathIds.optional("destination", destination),
                Filters.status(status, Filters.RUN_STATUS),
                Paging.of(limit, cursor));
    }

    @GetMapping("/{run}")
    RunDetail read(@PathVariable String org, @PathVariable String run) {
        return runs.detail(org, run);
    }

    @GetMapping("/{run}/items")
    Slice<Item> items(
            @PathVariable String org,
            @PathVariable String run,
            @RequestParam(required = false) String status,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        runs.get(org, run);
        return items.list(org, run, Filters.status(status, Filters.ITEM_STATUS), Paging.of(limit, cursor));
    }

    /** Only FHIR servers refuse single resources: object storage has none. */
    @GetMapping("/{run}/rejections")
    Slice<Rejection> rejections(
            @PathVariable String org,
            @PathVariable String run,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        Paging paging = Paging.of(limit, cursor);
        runs.get(org, run);
        return rejections.list(org, run, paging);
    }

    @PostMapping("/{run}/cancel")
    ResponseEntity<RunDetail> cancel(@PathVariable String org, @PathVariable String run) {
        runs.get(org, run);
        return accepted(org, triggers.cancelRun(new RunCancel(org, run)));
    }

    @PostMapping("/{run}/retry")
    ResponseEntity<RunDetail> retry(@PathVariable String org, @PathVariable String run) {
        runs.get(org, run);
        return accepted(org, triggers.retryRun(new RunRetry(org, run)));
    }

    private ResponseEntity<RunDetail> accepted(String org, String run) {
        return ResponseEntity.accepted()
                .location(URI.create("/api/v1/organizations/%s/runs/%s".formatted(org, run)))
                .body(runs.detail(org, run));
    }
}
