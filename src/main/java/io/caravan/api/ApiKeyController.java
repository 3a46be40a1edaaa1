package io.caravan.api;

import io.caravan.organization.ApiKey;
import io.caravan.organization.ApiKeys;
import io.caravan.organization.ApiKeys.Created;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.time.Instant;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organizations/{org}/api-keys")
class ApiKeyController {

    private final ApiKeys keys;

    ApiKeyController(ApiKeys keys) {
        this.keys = keys;
    }

    record ApiKeyRequest(String name, String role) {}

    record ApiKeyView(String id, String name, String role, Instant createdAt, Instant revokedAt) {

        static ApiKeyView of(ApiKey key) {
            return new ApiKeyView(key.id(), key.name(), key.role().code(), key.createdAt(), key.revokedAt());
        }
    }

    /** The one answer that has a key in it: the one that makes it. */
    record NewApiKeyView(String id, String name, String role, String key, Instant createdAt) {

        @Override
        public String toString() {
            return "NewApiKeyView[" + id + "]";
        }
    }

    @PostMapping
    ResponseEntity<NewApiKeyView> create(@PathVariable String org, @RequestBody ApiKeyRequest body) {
        Created created = keys.create(org, body.name(), body.role());
        ApiKey key = created.key();
        return ResponseEntity.created(URI.create("/api/v1/organizations/%s/api-keys/%s".formatted(org, key.id())))
                .cacheControl(CacheControl.noStore())
                .body(new NewApiKeyView(
                        key.id(),
                        key.name(),
                        key.role().code(),
                        created.secret().reveal(),
                        key.createdAt()));
    }

    @GetMapping
    Slice<ApiKeyView> list(
            @PathVariable String org,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        return keys.list(org, Paging.of(limit, cursor)).map(ApiKeyView::of);
    }

    @DeleteMapping("/{key}")
    ResponseEntity<Void> revoke(@PathVariable String org, @PathVariable String key) {
        keys.revoke(org, key);
        return ResponseEntity.noContent().build();
    }
}
