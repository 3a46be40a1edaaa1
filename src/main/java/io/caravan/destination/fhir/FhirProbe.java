package io.caravan.destination.fhir;

import io.caravan.destination.fhir.BundleVerdict.Failed;
import io.caravan.destination.fhir.BundleVerdict.Fates;
import io.caravan.destination.fhir.SentBundle.Entry;
import io.caravan.support.Ids;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A resource that is nobody's, written to find out whether a server takes records as Caravan sends them.
 *
 * @param transaction as they will be sent
 */
public record FhirProbe(String type, String id, boolean transaction) {

    public static FhirProbe of(String type, boolean transaction) {
        return new FhirProbe(type, "caravan-" + Ids.next("probe").replace('_', '-'), transaction);
    }

    /** {@code Type/id}. */
    public String name() {
        return type + "/" + id;
    }

    /** Sends it; empty where it was taken, else what the server said. */
    public String write(FhirClient client) {
        SentBundle sent = new SentBundle(transaction, List.of(new Entry(false, type, id)));
        BundleWriter bundle = new BundleWriter(transaction);
        bundle.put(type, id, resource().getBytes(StandardCharsets.UTF_8));
        BundleVerdict verdict = BundleAnswers.judge(sent, client.post(bundle.bytes()), 1);
        if (verdict instanceof Failed failed) {
            return failed.words();
        }
        EntryFate fate = ((Fates) verdict).fates().get(0); // one entry is never asked to be fewer
        if (fate.kind() == EntryFate.Kind.DELIVERED) {
            return "";
        }
        String words = fate.words();
        return "The destination answered %d to the probe%s."
                .formatted(fate.status(), words.isEmpty() ? "" : ": " + words);
    }

    private String resource() {
        String what =
                switch (type) {
                    case "Basic" -> ",\"code\":{\"text\":\"Caravan probe\"}";
                    case "Organization", "Location" -> ",\"name\":\"Caravan probe\"";
                    default -> ",\"active\":false";
                };
        return "{\"resourceType\":\"%s\",\"id\":\"%s\"%s}".formatted(type, id, what);
    }
}
