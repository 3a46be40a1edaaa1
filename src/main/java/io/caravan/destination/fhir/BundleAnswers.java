package io.caravan.destination.fhir;

import io.caravan.destination.fhir.BundleVerdict.Failed;
import io.caravan.destination.fhir.BundleVerdict.Fates;
import io.caravan.destination.fhir.BundleVerdict.Smaller;
import io.caravan.destination.fhir.BundleVerdict.Smaller.Reason;
import io.caravan.destination.fhir.EntryFate.Kind;
import io.caravan.destination.fhir.Outcomes.Outcome;
import io.caravan.destination.fhir.SentBundle.Entry;
import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a FHIR server's answer to a bundle means (FHIR R4 § 3.1.0.11); pure. */
public final class BundleAnswers {

    /** Server errors that may as well come from one entry, so that after this many tries the entries are tried apart. */
    private static final int TRIES_TOGETHER = 2;

    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private BundleAnswers() {}

    /**
     * The one function from what was sent and what was answered to what becomes of each entry.
     *
     * @param tries how often this bundle was sent, this time included
     */
    public static BundleVerdict judge(SentBundle sent, FhirAnswer answer, int tries) {
        return answer.success() ? taken(sent, answer) : refused(sent, answer, tries);
    }

    /** The same for entries of which none can be taken without the others: they are refused as one. */
    public static Fates together(SentBundle sent, FhirAnswer answer) {
        Outcome outcome = Outcomes.of(answer.body());
        EntryFate refused = EntryFate.of(Kind.REJECTED, answer.status(), outcome);
        return new Fates(sent.entries().stream().map(entry -> refused).toList(), null);
    }

    // --- answers to the entries

    private static BundleVerdict taken(SentBundle sent, FhirAnswer answer) {
        BundleAnswerReader.Body body;
        try {
            body = BundleAnswerReader.read(answer.body());
        } catch (IOException e) {
            return notFhir(answer);
        }
        if ("OperationOutcome".equals(body.resourceType())) {
            String said = Outcomes.of(answer.body()).words();
            return odd(ErrorCode.DESTINATION_ERROR, "an OperationOutcome in place of a Bundle" + quoted(said), answer);
        }
        if (!"Bundle".equals(body.resourceType())) {
            return notFhir(answer);
        }
        if (!"batch-response".equals(body.type()) && !"transaction-response".equals(body.type())) {
            return odd(ErrorCode.DESTINATION_NOT_FHIR, "a Bundle that answers none", answer);
        }
        if (body.entries().size() != sent.entries().size()) {
            String counts = "%d entries to %d"
                    .formatted(body.entries().size(), sent.entries().size());
            return odd(ErrorCode.DESTINATION_NOT_FHIR, counts, answer);
        }
        return fates(sent, answer, body.entries());
    }

    private static BundleVerdict fates(SentBundle sent, FhirAnswer answer, List<EntryAnswer> entries) {
        if (entries.stream().allMatch(entry -> entry.status() == 401)) {
            return unauthorized(401, entries.get(0).outcome());
        }
        List<EntryFate> fates = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            EntryAnswer entry = entries.get(i);
            Entry asked = sent.entries().get(i);
            if (entry.status() == 0) {
                return odd(ErrorCode.DESTINATION_NOT_FHIR, "an entry without a status", answer);
            }
            if (entry.success() && entry.namesAnother(asked)) {
                return odd(ErrorCode.DESTINATION_NOT_FHIR, "an entry about another resource than the one sent", answer);
            }
            fates.add(fate(asked, entry.status(), entry.outcome()));
        }
        return new Fates(fates, answer.retryAfter());
    }

    private static EntryFate fate(Entry asked, int status, Outcome outcome) {
        boolean gone = asked.delete() && (status == 404 || status == 410);
        if (status >= 200 && status <= 299 || status == 304 || gone) {
            return EntryFate.delivered(status);
        }
        if (status != 401 && status != 403 && outcome.namesMissingReference() && status < 500) {
            return EntryFate.of(Kind.WAITING, status, outcome);
        }
        boolean again = PASSING.contains(status) || status == 409 || status >= 500 && status != 501;
        return EntryFate.of(again ? Kind.AGAIN : Kind.REJECTED, status, outcome);
    }

    // --- answers to the whole

    private static BundleVerdict refused(SentBundle sent, FhirAnswer answer, int tries) {
        int status = answer.status();
        Outcome outcome = Outcomes.of(answer.body());
        if (status == 401) {
            return unauthorized(status, outcome);
        }
        if (status == 403) {
            return altogether(ErrorCode.DESTINATION_REFUSED, status, outcome, "");
        }
        if (status < 400) {
            return altogether(
                    ErrorCode.DESTINATION_REFUSED,
                    status,
                    outcome,
                    " Redirects are not followed: use the address that it redirects to as the base URL.");
        }
        if (status == 409 || status == 500) {
            return tries > TRIES_TOGETHER ? apart(sent, status, outcome) : passing(answer, outcome);
        }
        if (PASSING.contains(status) || status > 501) {
            return passing(answer, outcome);
        }
        if (notTheEntries(sent, status, answer)) {
            return altogether(
                    ErrorCode.DESTINATION_NOT_FOUND,
                    status,
                    outcome,
                    " It takes no %s at this address.".formatted(form(sent)));
        }
        return tooMuch(sent, status, outcome);
    }

    /** Whether the address or the form is what is refused; of a transaction it can be an entry that is. */
    private static boolean notTheEntries(SentBundle sent, int status, FhirAnswer answer) {
        boolean ofAnEntry = sent.transaction() && isOutcome(answer);
        return switch (status) {
            case 406, 414, 415, 501 -> true;
            case 404, 405, 410 -> !ofAnEntry;
            default -> false;
        };
    }

    private static boolean isOutcome(FhirAnswer answer) {
        try {
            return "OperationOutcome"
                    .equals(BundleAnswerReader.read(answer.body()).resourceType());
        } catch (IOException e) {
            return false;
        }
    }

    private static BundleVerdict tooMuch(SentBundle sent, int status, Outcome outcome) {
        if (sent.single()) {
            return new Fates(List.of(fate(sent.entries().get(0), status, outcome)), null);
        }
        if (outcome.namesTooManyEntries()) {
            return new Smaller(Reason.ENTRIES);
        }
        return new Smaller(status == 413 ? Reason.BYTES : Reason.ONE_ENTRY);
    }

    private static BundleVerdict apart(SentBundle sent, int status, Outcome outcome) {
        return sent.single()
                ? new Fates(List.of(fate(sent.entries().get(0), status, outcome)), null)
                : new Smaller(Reason.ONE_ENTRY);
    }

    // --- failures

    private static Failed unauthorized(int status, Outcome outcome) {
        return altogether(ErrorCode.DESTINATION_UNAUTHORIZED, status, outcome, "");
    }

    private static Failed altogether(ErrorCode code, int status, Outcome outcome, String advice) {
        return new Failed(code, answered(status, outcome) + advice, false, true, null);
    }

    private static Failed passing(FhirAnswer answer, Outcome outcome) {
        int status = answer.status();
        ErrorCode code = status == 429 || status == 503 ? ErrorCode.DESTINATION_THROTTLED : ErrorCode.DESTINATION_ERROR;
        return new Failed(code, answered(status, outcome), true, false, answer.retryAfter());
    }

    /** A success that says nothing about the entries: they may be there, and are sent again. */
    private static Failed odd(ErrorCode code, String what, FhirAnswer answer) {
        return new Failed(
                code,
                "The destination answered %d with %s.".formatted(answer.status(), what),
                true,
                false,
                answer.retryAfter());
    }

    private static Failed notFhir(FhirAnswer answer) {
        if (answer.body().length == 0) {
            return odd(ErrorCode.DESTINATION_NOT_FHIR, "no body", answer);
        }
        String type = answer.contentType() == null ? "" : answer.contentType().replaceFirst(";.*", "");
        String named = type.matches("[\\w.+/-]{1,60}") ? " (" + type + ")" : "";
        return odd(ErrorCode.DESTINATION_NOT_FHIR, "something that is no FHIR Bundle" + named, answer);
    }

    static String answered(int status, Outcome outcome) {
        return "The destination answered %d%s.".formatted(status, quoted(outcome.words()));
    }

    private static String quoted(String words) {
        return words.isEmpty() ? "" : ": " + words.replaceAll("\\.+$", "");
    }

    private static String form(SentBundle sent) {
        return sent.transaction() ? "transactions" : "batches";
    }
}
