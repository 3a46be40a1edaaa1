package io.caravan.fault;

import io.caravan.fault.History.Change;
import io.caravan.fault.History.Destination;
import io.caravan.fault.History.Listed;
import io.caravan.fault.History.Run;
import io.caravan.fault.History.StoredObject;
import io.caravan.fault.History.StoredRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether what destinations have follows from what the source had; pure. Every finding is named. */
final class Checker {

    private enum Kind {
        LOST,
        STALE,
        TORN,
        DUPLICATED,
        STUCK,
        WRONG
    }

    private final History history;
    private final Map<Kind, List<String>> findings = new HashMap<>();
    private int deliveries;
    private int repeated;

    private Checker(History history) {
        this.history = history;
    }

    static Checker of(History history) {
        Checker checker = new Checker(history);
        history.destinations().forEach(checker::check);
        history.stored().forEach(checker::check);
        history.runs().forEach(checker::check);
        history.open().forEach(work -> checker.found(Kind.STUCK, work));
        return checker;
    }

    Verdict verdict() {
        return new Verdict(
                history.source().size(),
                deliveries,
                repeated,
                count(Kind.LOST),
                count(Kind.STALE),
                count(Kind.TORN),
                count(Kind.DUPLICATED),
                count(Kind.STUCK),
                count(Kind.WRONG));
    }

    /** Some of what was found of each kind, for people to read. */
    Map<String, List<String>> findings() {
        return findings.entrySet().stream()
                .collect(Collectors.toMap(
                        found -> found.getKey().name(),
                        found -> found.getValue().stream().limit(10).toList()));
    }

    private int count(Kind kind) {
        return findings.getOrDefault(kind, List.of()).size();
    }

    private void found(Kind kind, String what) {
        findings.computeIfAbsent(kind, k -> new ArrayList<>()).add(what);
    }

    // --- versions

    private void check(Destination destination) {
        Map<String, Integer> newest = new HashMap<>();
        List<String> again = new ArrayList<>();
        for (Change change : destination.taken()) {
            deliveries++;
            List<String> versions = history.source().getOrDefault(change.key(), List.of());
            int before = newest.getOrDefault(change.key(), -1);
            int at = place(versions, change.version(), before);
            if (at < 0) {
                found(Kind.TORN, "%s has %s, which never was".formatted(destination.name(), change));
            } else if (at == before) {
                again.add("%s took %s again".formatted(destination.name(), change));
            } else if (at < before) {
                found(Kind.STALE, "%s took %s after %s".formatted(destination.name(), change, versions.get(before)));
            }
            newest.merge(change.key(), at, Math::max);
        }
        repeated += Math.min(again.size(), destination.repeats());
        again.stream().skip(destination.repeats()).forEach(change -> found(Kind.DUPLICATED, change));
        history.source().forEach((key, versions) -> {
            int last = versions.size() - 1;
            int has = newest.getOrDefault(key, -1);
            // Deleted is deleted, also where it came back in between and nobody looked.
            boolean gone = versions.get(last).equals(History.DELETED)
                    && (has < 0 || versions.get(has).equals(History.DELETED));
            if (has != last && !gone) {
                found(
                        Kind.LOST,
                        "%s has %s of %s, not %s"
                                .formatted(
                                        destination.name(),
                                        has < 0 ? "nothing" : versions.get(has),
                                        key,
                                        versions.get(last)));
            }
        });
    }

    /** Which of the versions this is; a deletion does not say which one, so it is the next that is not there yet. */
    private static int place(List<String> versions, String version, int newest) {
        if (!version.equals(History.DELETED)) {
            return versions.indexOf(version);
        }
        for (int i = Math.max(0, newest + 1); i < versions.size(); i++) {
            if (versions.get(i).equals(History.DELETED)) {
                return i;
            }
        }
        return versions.lastIndexOf(History.DELETED);
    }

    // --- objects

    private void check(StoredRun run) {
        Map<String, StoredObject> objects =
                run.objects().stream().collect(Collectors.toMap(StoredObject::key, Function.identity()));
        Set<String> listed = new HashSet<>();
        for (Listed entry : run.listed()) {
            listed.add(entry.key());
            StoredObject object = objects.get(entry.key());
            if (object == null) {
                found(Kind.TORN, entry.key() + " is listed and not there");
            } else if (!entry.equals(new Listed(object.key(), object.size(), object.sha256(), object.count()))) {
                found(Kind.TORN, "%s is listed as %s and is %s".formatted(entry.key(), entry, object));
            } else if (object.written() > run.written()) {
                found(Kind.TORN, entry.key() + " came after its manifest");
            }
        }
        for (StoredObject object : run.objects()) {
            if (!object.whole()) {
                found(Kind.TORN, object.key() + " is not whole");
            }
            if (!listed.contains(object.key())) {
                found(Kind.TORN, object.key() + " is there and not listed");
            }
        }
    }

    // --- counts

    private void check(Run run) {
        if (run.selected() != run.delivered() + run.superseded() + run.failed()) {
            found(Kind.WRONG, "does not add up: " + run);
        } else if (run.found() >= 0 && run.found() != run.delivered()) {
            found(Kind.WRONG, "is not what is there: " + run);
        }
    }
}
