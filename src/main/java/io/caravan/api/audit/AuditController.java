package io.caravan.api.audit;

import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class AuditController {

    private final AuditLog log;

    AuditController(AuditLog log) {
        this.log = log;
    }

    @GetMapping("/api/v1/organizations/{org}/audit")
    Slice<AuditEntry> list(
            @PathVariable String org,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        return log.list(org, Paging.of(limit, cursor));
    }

    /** Of all organizations, deleted ones too, and of none. */
    @GetMapping("/api/v1/audit")
    Slice<AuditEntry> listAll(
            @RequestParam(required = false) Integer limit, @RequestParam(required = false) String cursor) {
        return log.list(null, Paging.of(limit, cursor));
    }
}
