package io.caravan.api;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The contract, for everybody. */
@RestController
class ContractController {

    @GetMapping(path = "/api/v1/openapi.yaml", produces = "application/yaml")
    Resource read() {
        return new ClassPathResource("openapi/caravan.yaml");
    }
}
