package io.caravan.api;

import io.caravan.source.Source;
import io.caravan.source.SourceDraft;
import io.caravan.source.Sources;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.time.Duration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organizations/{org}/sources")
class SourceController {

    private final Sources sources;

    SourceController(Sources sources) {
        this.sources = sources;
    }

    record SourcePatch(String name, String fhirBaseUrl, String profile, String ids, Duration pullEvery) {}

    @PostMapping
    ResponseEntity<Source> create(@PathVariable String org, @RequestBody SourceDraft body) {
        Source created = sources.create(org, body);
        return ResponseEntity.created(URI.create("/api/v1/organizations/%s/sources/%s".formatted(org, created.id())))
                .body(created);
    }

    @GetMapping
    Slice<Source> list(
            @PathVariable String org,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        return sources.list(org, Paging.of(limit, cursor));
    }

    @GetMapping("/{source}")
    Source read(@PathVariable String org, @PathVariable String source) {
        return sources.get(org, source);
    }

    @PatchMapping("/{source}")
    Source change(@PathVariable String org, @PathVariable String source, @RequestBody SourcePatch body) {
        return sources.update(
                org,
                source,
                new SourceDraft(body.name(), body.fhirBaseUrl(), body.profile(), body.ids(), null, body.pullEvery()));
    }

    @DeleteMapping("/{source}")
    ResponseEntity<Void> delete(@PathVariable String org, @PathVariable String source) {
        sources.delete(org, source);
        return ResponseEntity.noContent().build();
    }
}
