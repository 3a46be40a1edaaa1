package io.caravan.fault;

import io.caravan.fault.History.Change;
import io.caravan.testing.SourceBuilder;
import io.caravan.testing.SourceSimulator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A source whose records change, go and come back all the time; each version says which one it is. */
final class ChangingSource implements AutoCloseable {

    private static final List<String> TYPES = List.of("Condition", "Encounter", "Observation");
    private static final Pattern NAMED = Pattern.compile("\"resourceType\":\"(\\w+)\",\"id\":\"(p(\\d+)(?:-\\d+)?)\"");
    private static final Pattern VERSION = Pattern.compile("\"code\":\"v(\\d+)\"");

    /** More of a patient's that are gone at once, and a pull believes nothing and deletes nothing. */
    private static final int MOST_GONE = 10;

    private final History history;
    private final Random random;
    private final int patients;
    private final int ofEachPatient;
    private final SourceSimulator simulator;
    private final Map<String, Integer> versions = new HashMap<>();
    private final Map<Integer, Map<String, Boolean>> gone = new HashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    ChangingSource(History history, long seed, int patients, int ofEachPatient) {
        this.history = history;
        this.random = new Random(seed);
        this.patients = patients;
        this.ofEachPatient = ofEachPatient;
        SourceBuilder builder = SourceSimulator.builder().seed(seed).requestsKept(20_000);
        for (int p = 0; p < patients; p++) {
            builder.resource(next("Patient", "p" + p));
            for (int n = 0; n < ofEachPatient; n++) {
                builder.resource(next(type(n), "p%d-%d".formatted(p, n)));
            }
        }
        simulator = builder.start();
    }

    SourceSimulator simulator() {
        return simulator;
    }

    int size() {
        return patients * (1 + ofEachPatient);
    }

    /** From now on a record changes every so many milliseconds, and one in eight of those goes. */
    void change(int everyMillis) {
        clock.scheduleAtFixedRate(this::changeOne, 0, everyMillis, TimeUnit.MILLISECONDS);
    }

    private void changeOne() {
        int patient = random.nextInt(patients);
        int n = random.nextInt(ofEachPatient);
        String id = "p%d-%d".formatted(patient, n);
        Map<String, Boolean> goneOfPatient = gone.computeIfAbsent(patient, p -> new HashMap<>());
        if (random.nextInt(8) == 0 && goneOfPatient.size() < MOST_GONE && !goneOfPatient.containsKey(id)) {
            goneOfPatient.put(id, true);
            history.changed(new Change(type(n) + "/" + id, History.DELETED));
            simulator.remove(type(n), id);
        } else {
            goneOfPatient.remove(id);
            simulator.put(next(type(n), id));
        }
    }

    /** No change is under way any more. */
    void rest() {
        clock.shutdown();
        try {
            if (!clock.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the source does not come to rest");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String type(int n) {
        return TYPES.get(n % TYPES.size());
    }

    private String next(String type, String id) {
        int version = versions.merge(type + "/" + id, 1, Integer::sum);
        history.changed(new Change(type + "/" + id, "v" + version));
        return json(type, id, "v" + version);
    }

    private static String json(String type, String id, String version) {
        String owner = id.split("-")[0];
        String subject = type.equals("Patient") ? "" : ",\"subject\":{\"reference\":\"Patient/%s\"}".formatted(owner);
        return ("{\"resourceType\":\"%s\",\"id\":\"%s\",\"meta\":{\"tag\":[{\"code\":\"%s\"}]},"
                        + "\"extension\":[{\"url\":\"http://example.org/filler\",\"valueString\":\"%s\"}]%s}")
                .formatted(type, id, version, (version + " of " + id + ", ").repeat(20), subject);
    }

    /** What a line is of; a version that never was where a byte of it is another than was served. */
    static Change read(String line) {
        Matcher named = NAMED.matcher(line);
        Matcher version = VERSION.matcher(line);
        if (!named.find() || !version.find()) {
            return new Change("unreadable", line);
        }
        String found = "v" + version.group(1);
        boolean same = json(named.group(1), named.group(2), found).equals(line);
        return new Change(named.group(1) + "/" + named.group(2), same ? found : "altered " + found);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        simulator.close();
    }
}
