package io.caravan.testing.generated;

import java.nio.charset.StandardCharsets;

/** A JSON object being written, member by member. Values are written as they are given: escapes are the caller's. */
final class JsonText {

    private final StringBuilder json = new StringBuilder(2_048);
    private boolean first;

    JsonText(String resourceType, String id) {
        json.append("{\"resourceType\":\"")
                .append(resourceType)
                .append("\",\"id\":\"")
                .append(id)
                .append('"');
    }

    /** A member whose value is this JSON. */
    JsonText raw(String name, String value) {
        comma().append('"').append(name).append("\":").append(value);
        return this;
    }

    /** A member whose value is this text between quotes. */
    JsonText text(String name, String value) {
        comma().append('"').append(name).append("\":\"").append(value).append('"');
        return this;
    }

    JsonText open(String name) {
        comma().append('"').append(name).append("\":{");
        first = true;
        return this;
    }

    JsonText close() {
        json.append('}');
        first = false;
        return this;
    }

    JsonText openList(String name) {
        comma().append('"').append(name).append("\":[{");
        first = true;
        return this;
    }

    JsonText closeList() {
        json.append("}]");
        first = false;
        return this;
    }

    /** The next object of a list. */
    JsonText next() {
        json.append("},{");
        first = true;
        return this;
    }

    JsonText reference(String name, String type, String id) {
        return open(name).reference(type, id).close();
    }

    /** The member {@code reference} of the object that is open. */
    JsonText reference(String type, String id) {
        comma().append("\"reference\":\"").append(type).append('/').append(id).append('"');
        return this;
    }

    /** A CodeableConcept with one coding and a text. */
    JsonText concept(String name, String system, Code code) {
        return open(name).codings(system, code).close();
    }

    /** A list of one CodeableConcept. */
    JsonText concepts(String name, String system, Code code) {
        return openList(name).codings(system, code).closeList();
    }

    private JsonText codings(String system, Code code) {
        return openList("coding")
                .text("system", system)
                .text("code", code.code())
                .text("display", code.display())
                .closeList()
                .text("text", code.display());
    }

    /** A code and what it means. */
    record Code(String code, String display) {}

    byte[] end() {
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private StringBuilder comma() {
        if (!first) {
            json.append(',');
        }
        first = false;
        return json;
    }
}
