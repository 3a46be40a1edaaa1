package io.caravan.destination.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What a server says of a refusal, kept in its own words and within bounds; and the two things that servers can only
 * say in words, for FHIR has no code for them.
 */
final class Outcomes {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 8_000;
    private static final int MOST_ISSUES = 5;
    private static final int LONGEST_TEXT = 500;
    private static final int LONGEST_WORDS = 300;

    /** HAPI: "Resource Patient/1 not found, specified in path"; others: reference_not_found, "Invalid reference (…)" … */
    private static final Pattern MISSING_REFERENCE =
            Pattern.compile("(?is).*(\\b(resource|referenced?|references|target)\\b.{0,200}"
                    + "\\b(not found|not exist|unresolved|cannot be (found|resolved)|could not be (found|resolved)"
                    + "|can't be resolved)|reference_not_found|reference-not-found|(invalid|unresolved|unresolvable|dangling"
                    + "|broken) reference|referential integrity|foreign key).*");

    private static final Pattern TOO_MANY_ENTRIES =
            Pattern.compile("(?is).*(too many|exceed|maximum|\\bmax\\b|limit|more than|at most|larger than|too large)"
                    + ".{0,120}\\b(entry|entries|resources|bundle|batch|operations|requests)\\b.*"
                    + "|.*\\b(entries|resources|bundle|batch|operations|requests)\\b.{0,120}"
                    + "(too many|exceed|maximum|\\bmax\\b|limit|more than|at most|larger than|too large).*");

    private Outcomes() {}

    /**
     * An OperationOutcome, or whatever was sent in its place.
     *
     * @param json of the OperationOutcome, at most 8 000 characters; null where nothing was said
     * @param words its first issue, one line of at most 300 characters; empty where nothing was said
     */
    record Outcome(String json, String words) {

        static final Outcome NONE = new Outcome(null, "");

        /** Whether it says that something is not there which the resource refers to. */
        boolean namesMissingReference() {
            return MISSING_REFERENCE.matcher(words).matches();
        }

        boolean namesTooManyEntries() {
            return TOO_MANY_ENTRIES.matcher(words).matches();
        }
    }

    /** Reads the body of a refusal; what is no OperationOutcome becomes the text of one. */
    static Outcome of(byte[] body) {
        if (body.length == 0) {
            return Outcome.NONE;
        }
        String text = new String(body, 0, Math.min(body.length, 4 * LONGEST), StandardCharsets.UTF_8);
        try {
            JsonNode said = JSON.readTree(body);
            if (said.path("resourceType").asText().equals("OperationOutcome")) {
                return new Outcome(
                        text.length() <= LONGEST && body.length <= LONGEST ? text : shortened(said), words(said));
            }
        } catch (IOException e) {
            return inWords(text); // no JSON: a page of something in between
        }
        return inWords(text);
    }

    private static Outcome inWords(String text) {
        String line = line(text, LONGEST_TEXT);
        return new Outcome(outcome(line).toString(), line(line, LONGEST_WORDS));
    }

    /** An OperationOutcome of ours, for where the server gave none. */
    private static ObjectNode outcome(String diagnostics) {
        ObjectNode outcome = JSON.createObjectNode().put("resourceType", "OperationOutcome");
        outcome.putArray("issue")
                .addObject()
                .put("severity", "error")
                .put("code", "unknown")
                .put("diagnostics", diagnostics);
        return outcome;
    }

    /** Its first issues, with what people read of them. */
    private static String shortened(JsonNode said) {
        ObjectNode outcome = JSON.createObjectNode().put("resourceType", "OperationOutcome");
        ArrayNode issues = outcome.putArray("issue");
        for (JsonNode issue : said.path("issue")) {
            if (issues.size() < MOST_ISSUES) {
                ObjectNode kept = issues.addObject()
                        .put("severity", line(issue.path("severity").asText(), 20))
                        .put("code", line(issue.path("code").asText(), 50))
                        .put("diagnostics", line(issue.path("diagnostics").asText(), LONGEST_TEXT));
                kept.putObject("details")
                        .put("text", line(issue.at("/details/text").asText(), LONGEST_TEXT));
            }
        }
        return outcome.toString();
    }

    /** Of its first error, else of its first issue. */
    private static String words(JsonNode said) {
        JsonNode told = said.path("issue").path(0);
        for (JsonNode issue : said.path("issue")) {
            if (issue.path("severity").asText().matches("error|fatal")) {
                told = issue;
                break;
            }
        }
        String diagnostics = told.path("diagnostics").asText("");
        String text = told.at("/details/text").asText("");
        String words = diagnostics.isEmpty() || diagnostics.equals(text)
                ? text
                : text.isEmpty() ? diagnostics : text + ": " + diagnostics;
        return line(words.isEmpty() ? told.path("code").asText("") : words, LONGEST_WORDS);
    }

    /** One line, never cut within a surrogate pair. */
    private static String line(String text, int longest) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
        if (line.length() <= longest) {
            return line;
        }
        return line.substring(0, Character.isHighSurrogate(line.charAt(longest - 1)) ? longest - 1 : longest) + "…";
    }
}
