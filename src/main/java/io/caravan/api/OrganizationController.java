package io.caravan.api;

import io.caravan.organization.Organization;
import io.caravan.organization.Organizations;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
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
@RequestMapping("/api/v1/organizations")
class OrganizationController {

    private final Organizations organizations;

    OrganizationController(Organizations organizations) {
        this.organizations = organizations;
    }

    record OrganizationRequest(String name) {}

    @PostMapping
    ResponseEntity<Organization> create(@RequestBody OrganizationRequest body) {
        Organization created = organizations.create(body.name());
        return ResponseEntity.created(URI.create("/api/v1/organizations/" + created.id()))
                .body(created);
    }

    @GetMapping
    Slice<Organization> list(
            @RequestParam(required = false) Integer limit, @RequestParam(required = false) String cursor) {
        return organizations.list(Paging.of(limit, cursor));
    }

    @GetMapping("/{org}")
    Organization read(@PathVariable String org) {
        return organizations.get(org);
    }

    @DeleteMapping("/{org}")
    ResponseEntity<Void> delete(@PathVariable String org) {
        organizations.delete(org);
        return ResponseEntity.noContent().build();
    }
}
