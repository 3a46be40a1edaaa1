package io.caravan.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The JSON a source makes up itself: what it is, what went wrong. A patient's resources do not pass here. */
final class SourceJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final Map<String, String> PARAMETER_TYPES =
            Map.of("patient", "reference", "subject", "reference", "_lastUpdated", "date");

    private SourceJson() {}

    static byte[] outcome(String severity, String code, String text) {
        ObjectNode outcome = resource("OperationOutcome");
        outcome.putArray("issue")
                .addObject()
                .put("severity", severity)
                .put("code", code)
                .put("diagnostics", text);
        return bytes(outcome);
    }

    /** The warning a source puts between the matches of a page; {@code code} is one of its own, such as Epic's 4119. */
    static byte[] warning(String code, String text) {
        return coded("warning", code, text);
    }

    /** An outcome with a code of the source's own. */
    static byte[] coded(String severity, String code, String text) {
        ObjectNode outcome = resource("OperationOutcome");
        ObjectNode issue = outcome.putArray("issue").addObject();
        issue.put("severity", severity).put("code", "processing").put("diagnostics", text);
        ObjectNode details = issue.putObject("details");
        details.putArray("coding").addObject().put("code", code).put("display", text);
        details.put("text", text);
        return bytes(outcome);
    }

    static byte[] capability(String software, String baseUrl, SourceCapability said) {
        ObjectNode capability = resource("CapabilityStatement");
        capability.put("status", "active").put("date", "2025-01-01").put("kind", "instance");
        capability.putObject("software").put("name", software).put("version", "1.0");
        capability.putObject("implementation").put("description", software).put("url", baseUrl);
        capability.put("fhirVersion", said.fhirVersion).putArray("format").add("application/fhir+json");
        ObjectNode rest = capability.putArray("rest").addObject().put("mode", "server");
        said.tokenEndpoint.ifPresent(token -> rest.putObject("security")
                .putArray("extension")
                .addObject()
                .put("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris")
                .putArray("extension")
                .addObject()
                .put("url", "token")
                .put("valueUri", token));
        ArrayNode resources = rest.putArray("resource");
        said.types.keySet().forEach(type -> addType(resources.addObject(), type, said));
        return bytes(capability);
    }

    private static void addType(ObjectNode resource, String type, SourceCapability said) {
        List<String> parameters = said.types.getOrDefault(type, List.of());
        resource.put("type", type);
        if (said.interactions) {
            ArrayNode interactions = resource.putArray("interaction");
            interactions.addObject().put("code", "read");
            if (!parameters.isEmpty()) {
                interactions.addObject().put("code", "search-type");
            }
        }
        if (!parameters.isEmpty()) {
            ArrayNode searchParams = resource.putArray("searchParam");
            parameters.forEach(name -> searchParams
                    .addObject()
                    .put("name", name)
                    .put("type", PARAMETER_TYPES.getOrDefault(name, "token")));
        }
        if (said.revincludes.contains(type)) {
            resource.putArray("searchRevInclude").add(SourceSearches.REVINCLUDE);
        }
    }

    /** The resource with the tag by which a server says that it left elements out. */
    static byte[] subsetted(byte[] json) {
        try {
            ObjectNode resource = (ObjectNode) JSON.readTree(json);
            resource.withObject("/meta")
                    .withArray("tag")
                    .addObject()
                    .put("system", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue")
                    .put("code", "SUBSETTED");
            return bytes(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** White space around the tokens; what is inside quotes, and every number, stays as it is. */
    static byte[] pretty(byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length * 2);
        int depth = 0;
        boolean inText = false;
        for (int i = 0; i < json.length; i++) {
            char c = (char) json[i];
            if (c == '"' && !isEscaped(json, i)) {
                inText = !inText;
            }
            if (!inText && (c == '}' || c == ']')) {
                indent(out, --depth);
            }
            out.write(json[i]);
            if (!inText && (c == '{' || c == '[')) {
                indent(out, ++depth);
            } else if (!inText && c == ',') {
                indent(out, depth);
            } else if (!inText && c == ':') {
                out.write(' ');
            }
        }
        return out.toByteArray();
    }

    private static boolean isEscaped(byte[] json, int quote) {
        int backslashes = 0;
        while (quote - backslashes > 0 && json[quote - backslashes - 1] == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static void indent(ByteArrayOutputStream out, int depth) {
        out.writeBytes(("\n" + "  ".repeat(depth)).getBytes(StandardCharsets.UTF_8));
    }

    static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode resource(String type) {
        return JSON.createObjectNode().put("resourceType", type);
    }

    private static byte[] bytes(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
