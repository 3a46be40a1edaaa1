package io.caravan.api;

import io.caravan.source.Source;
import io.caravan.source.SourceDraft;
import io.caravan.source.Sources;
import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.support.IfMatch;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
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
class SourceController {

    private final Sources sources;
    private final SourceProfiles profiles;

    SourceController(Sources sources, SourceProfiles profiles) {
        this.sources = sources;
        this.profiles = profiles;
    }

    /** What a form offers. */
    record ProfileView(String name, String description, String ids) {

        static ProfileView of(SourceProfile profile) {
            return new ProfileView(
                    profile.name(), profile.description(), profile.ids().name().toLowerCase(Locale.ROOT));
        }
    }

    @GetMapping("/source-profiles")
    Slice<ProfileView> profiles() {
        return new Slice<>(profiles.all().stream().map(ProfileView::of).toList(), null);
    }

    record SourcePatch(String name, String fhirBaseUrl, String profile, String ids, Duration pullEvery) {}

    @PostMapping("/sources")
    ResponseEntity<Source> create(@PathVariable String org, @RequestBody SourceDraft body) {
        Source created = sources.create(org, body);
        return ResponseEntity.created(URI.create("/api/v1/organizations/%s/sources/%s".formatted(org, created.id())))
                .eTag(IfMatch.tag(created.updatedAt(), created))
                .body(created);
    }

    @GetMapping("/sources")
    Slice<Source> list(
            @PathVariable String org,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        return sources.list(org, Paging.of(limit, cursor));
    }

    @GetMapping("/sources/{source}")
    ResponseEntity<Source> read(@PathVariable String org, @PathVariable String source) {
        return tagged(sources.get(org, source));
    }

    @PatchMapping("/sources/{source}")
    ResponseEntity<Source> change(
            @PathVariable String org,
            @PathVariable String source,
            @RequestBody SourcePatch body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) String ifMatch) {
        return tagged(sources.update(
                org,
                source,
                new SourceDraft(body.name(), body.fhirBaseUrl(), body.profile(), body.ids(), null, body.pullEvery()),
                new IfMatch(ifMatch)));
    }

    @DeleteMapping("/sources/{source}")
    ResponseEntity<Void> delete(@PathVariable String org, @PathVariable String source) {
        sources.delete(org, source);
        return ResponseEntity.noContent().build();
    }

    private static ResponseEntity<Source> tagged(Source source) {
        return ResponseEntity.ok().eTag(IfMatch.tag(source.updatedAt(), source)).body(source);
    }
}
