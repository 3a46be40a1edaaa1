package io.caravan.api.audit;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the contract calls its operations: the log and the contract speak of the same things by the same names. */
@Component
class Operations {

    private static final String BASE = "/api/v1";

    private final Map<String, String> ids = new HashMap<>();

    Operations() throws IOException {
        try (InputStream contract = new ClassPathResource("openapi/caravan.yaml").getInputStream()) {
            Map<String, Object> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(contract);
            ((Map<?, ?>) document.get("paths")).forEach((path, methods) -> add(path.toString(), (Map<?, ?>) methods));
        }
    }

    private void add(String path, Map<?, ?> methods) {
        methods.forEach((method, operation) -> {
            if (operation instanceof Map<?, ?> described) { // what is none are the parameters that they share
                ids.put(
                        method.toString().toUpperCase(Locale.ROOT) + " " + BASE + path,
                        String.valueOf(described.get("operationId")));
            }
        });
    }

    /** The {@code operationId} of what is asked for by this method at this path pattern; it is the request where there is none. */
    String id(String method, String pattern) {
        String request = method + " " + pattern;
        return ids.getOrDefault(request, request);
    }
}
