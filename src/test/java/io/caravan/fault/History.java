package io.caravan.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that is known afterwards of a time in which things went wrong. The source's part is written while it lasts, by
 * whoever changes it and before it is served; the others' when all is at rest.
 */
final class History {

    /** The version of a record that is gone. */
    static final String DELETED = "deleted";

    /** A version of a record, {@code Type/id}; {@link #DELETED} where it was deleted. */
    record Change(String key, String version) {}

    /**
     * What one destination took, in the order in which it took effect.
     *
     * @param repeats how many repetitions are explained by requests that were on the wire when something broke
     */
    record Destination(String name, List<Change> taken, int repeats) {}

    /**
     * An object of a run.
     *
     * @param count of resources, or of deletions
     * @param whole whether it could be read to its end
     * @param written when it was first there, counted in requests
     */
    record StoredObject(String key, long size, String sha256, int count, boolean whole, int written) {}

    /** What a manifest says of an object. */
    record Listed(String key, long size, String sha256, int count) {}

    /** The objects of a run that has a manifest. */
    record StoredRun(String id, int written, List<Listed> listed, List<StoredObject> objects) {}

    /**
     * A run as the API shows it at rest.
     *
     * @param found how many resources and deletions its destination has of it; -1 where that cannot be told
     */
    record Run(String id, String status, long selected, long delivered, long superseded, long failed, long found) {}

    private final Map<String, List<String>> source = new ConcurrentHashMap<>();
    private final List<Destination> destinations = new ArrayList<>();
    private final List<StoredRun> stored = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final List<String> open = new ArrayList<>();

    /** The source has this from now on. */
    void changed(Change change) {
        source.compute(change.key(), (key, versions) -> {
            List<String> longer = versions == null ? new ArrayList<>(1) : versions;
            longer.add(change.version());
            return longer;
        });
    }

    History took(Destination destination) {
        destinations.add(destination);
        return this;
    }

    History stored(StoredRun run) {
        stored.add(run);
        return this;
    }

    History ran(Run run) {
        runs.add(run);
        return this;
    }

    /** A pull, task, run or item that has not ended. */
    History open(String work) {
        open.add(work);
        return this;
    }

    Map<String, List<String>> source() {
        return source;
    }

    List<Destination> destinations() {
        return destinations;
    }

    List<StoredRun> stored() {
        return stored;
    }

    List<Run> runs() {
        return runs;
    }

    List<String> open() {
        return open;
    }
}
