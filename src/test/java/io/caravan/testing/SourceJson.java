package io.caravan.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.Predicate;

/** The JSON a source makes up itself: what it is, what went wrong. A patient's resources do not pass here. */
final class SourceJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

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
        ObjectNode outcome = resource("OperationOutcome");
        ObjectNode issue = outcome.putArray("issue").addObject();
        issue.put("severity", "warning").put("code", "processing").put("diagnostics", text);
        ObjectNode details = issue.putObject("details");
        details.putArray("coding").addObject().put("code", code).put("display", text);
        details.put("text", text);
        return bytes(outcome);
    }

    static byte[] capability(String software, String baseUrl, Set<String> types, Predicate<String> searchable) {
        ObjectNode capability = resource("CapabilityStatement");
        capability.put("status", "active").put("date", "2025-01-01").put("kind", "instance");
        capability.putObject("software").put("name", software).put("version", "1.0");
        capability.putObject("implementation").put("description", software).put("url", baseUrl);
        capability.put("fhirVersion", "4.0.1").putArray("format").add("application/fhir+json");
        ObjectNode rest = capability.putArray("rest").addObject().put("mode", "server");
        ArrayNode resources = rest.putArray("resource");
        types.forEach(type -> addType(resources.addObject(), type, searchable.test(type)));
        return bytes(capability);
    }

    private static void addType(ObjectNode resource, String type, boolean searchable) {
        resource.put("type", type);
        ArrayNode interactions = resource.putArray("interaction");
        interactions.addObject().put("code", "read");
        if (searchable) {
            interactions.addObject().put("code", "search-type");
            resource.putArray("searchParam").addObject().put("name", "patient").put("type", "reference");
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
