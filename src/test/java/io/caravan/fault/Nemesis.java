package io.caravan.fault;

import io.caravan.testing.CaravanProcess;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultyAnswers;
import io.caravan.testing.FhirFault;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Does one bad thing after another; which ones, to whom and at which moment is a matter of its seed. */
final class Nemesis {

    /** What it does. Each names what docs/faults.md calls it. */
    enum Blow {
        KILL,
        FREEZE,
        STOP_DATABASE,
        CUT_BACKENDS,
        STORE_FAILS,
        STORE_THROTTLES,
        STORE_BREAKS_OFF,
        STORE_CORRUPTS,
        CLINIC_FAILS,
        CLINIC_THROTTLES,
        CLINIC_BREAKS_OFF,
        CLINIC_LOSES_ANSWERS,
        SOURCE_FAILS,
        SOURCE_THROTTLES,
        SOURCE_TEARS_PAGES
    }

    private static final Logger LOG = LoggerFactory.getLogger(Nemesis.class);
    private static final Duration A_WHILE = Duration.ofSeconds(5);

    /** Blows between two kills, on average. */
    private static final double BETWEEN = 2.5;

    private final Sea sea;
    private final Random random;
    private final Map<Blow, Integer> done = new EnumMap<>(Blow.class);
    private final Map<Moment, Integer> met = new EnumMap<>(Moment.class);

    Nemesis(Sea sea, long seed) {
        this.sea = sea;
        this.random = new Random(seed);
    }

    /** So many times, or as often as the time allows, and once at least. */
    void kill(int times, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (done(Blow.KILL) < times && (done(Blow.KILL) == 0 || System.nanoTime() < end)) {
            demandPulls();
            Blow blow = random.nextDouble() * (1 + BETWEEN) < 1 ? Blow.KILL : anyOther();
            strike(blow);
            done.merge(blow, 1, Integer::sum);
        }
    }

    private Blow anyOther() {
        Blow[] all = Blow.values();
        return all[1 + random.nextInt(all.length - 1)];
    }

    int done(Blow blow) {
        return done.getOrDefault(blow, 0);
    }

    Map<Blow, Integer> done() {
        return done;
    }

    Map<Moment, Integer> met() {
        return met;
    }

    /** So that there is always something to break. */
    private void demandPulls() {
        for (int i = 0; i < 3; i++) {
            String connection = sea.connections.get(random.nextInt(sea.connections.size()));
            int node = random.nextInt(sea.fleet.size());
            sea.fleet.up(node).ifPresent(caravan -> tryTo(() -> caravan.driver().pullNow(connection)));
        }
    }

    /** It may be that nobody answers, or not well: that is what a nemesis is for. */
    private static void tryTo(Runnable request) {
        try {
            request.run();
        } catch (RuntimeException | AssertionError e) {
            LOG.info("A request went unanswered: {}", e.toString());
        }
    }

    private void strike(Blow blow) {
        int n = 1 + random.nextInt(8);
        switch (blow) {
            case KILL -> kill();
            case FREEZE -> freeze();
            case STOP_DATABASE -> stopDatabase();
            case CUT_BACKENDS -> cutBackends();
            case STORE_FAILS -> sea.store.failPuts(List.of(500, 502, 503).get(random.nextInt(3)), n);
            case STORE_THROTTLES -> sea.store.failPuts(429, n);
            case STORE_BREAKS_OFF -> sea.store.breakPuts(n);
            case STORE_CORRUPTS -> sea.store.truncatePuts(n);
            case CLINIC_FAILS -> clinic(FhirFault.status(500 + random.nextInt(4)), n);
            case CLINIC_THROTTLES ->
                clinic(random.nextBoolean() ? FhirFault.throttled(429, 1) : FhirFault.status(429), n);
            case CLINIC_BREAKS_OFF -> clinic(FhirFault.reset(), n);
            case CLINIC_LOSES_ANSWERS -> clinic(FhirFault.answerLost(), 1);
            case SOURCE_FAILS -> source(FaultyAnswers.anyOf(500, 502, 503, 504), 3 * n);
            case SOURCE_THROTTLES -> source(Fault.retryAfter(1), 1);
            case SOURCE_TEARS_PAGES ->
                source(random.nextBoolean() ? Fault.truncatedBody() : Fault.resetConnection(), n);
        }
    }

    /** Of bundles, three in ten. */
    private void clinic(FhirFault fault, int times) {
        Random draws = new Random(random.nextLong());
        sea.clinic.fail(request -> request.bundle() && draws.nextInt(10) < 3, fault, times);
    }

    private void source(Fault fault, int times) {
        sea.source.simulator().fail(request -> true).with(fault).chance(0.3).times(times);
    }

    // --- nodes

    private void kill() {
        int victim = victim();
        Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
        CaravanProcess node = sea.fleet.await(victim);
        boolean came = await(moment, node);
        sea.fleet.kill(victim);
        if (came) {
            met.merge(moment, 1, Integer::sum);
        }
        LOG.info("Kill {}: node {}, {}{}", done(Blow.KILL) + 1, victim, came ? "" : "not ", moment);
    }

    /** Longer than its leases last; it goes on when others have long taken its work over. */
    private void freeze() {
        int victim = victim();
        CaravanProcess node = sea.fleet.await(victim);
        await(Moment.DELIVERING, node);
        node.freeze();
        try {
            long until = System.nanoTime() + Fleet.LEASE.plusSeconds(1).toNanos();
            Awaitility.await("leases run out").atMost(Duration.ofMinutes(1)).until(() -> System.nanoTime() > until);
        } finally {
            node.thaw();
        }
    }

    private int victim() {
        List<Integer> up = Awaitility.await("a node that is up")
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(50))
                .until(sea.fleet::up, found -> !found.isEmpty());
        return up.get(random.nextInt(up.size()));
    }

    /** Whether the moment came within a while. */
    private boolean await(Moment moment, CaravanProcess node) {
        Optional<String> sql = moment.sql();
        if (sql.isEmpty()) {
            return awaitRequests();
        }
        try {
            Awaitility.await()
                    .atMost(A_WHILE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(3))
                    .ignoreExceptionsInstanceOf(DataAccessException.class)
                    .until(() -> !sea.database
                            .sql("SELECT EXISTS (" + sql.get() + ")")
                            .param("node", node.pid() + "@%")
                            .query(Boolean.class)
                            .list()
                            .contains(false));
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    /** Some requests on, to the source or to a destination. */
    private boolean awaitRequests() {
        long until = requests() + random.nextInt(60);
        try {
            Awaitility.await()
                    .atMost(A_WHILE)
                    .pollInterval(Duration.ofMillis(3))
                    .until(() -> requests() >= until);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private long requests() {
        return sea.source.simulator().arrivals()
                + sea.store.requests().size()
                + sea.clinic.requests().size();
    }

    // --- the database

    private void stopDatabase() {
        victim();
        sea.postgres.stop();
        sea.postgres.start();
    }

    private void cutBackends() {
        victim();
        AtomicInteger cut = new AtomicInteger();
        tryTo(() -> cut.set(sea.database
                .sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = :app")
                .param("app", sea.postgres.database().appUser())
                .query(Integer.class)
                .single()));
        LOG.info("Cut {} connections", cut);
    }

    /** Switches off what it switched on. */
    void rest() {
        sea.store.failPuts(0, 0);
        sea.store.breakPuts(0);
        sea.store.truncatePuts(0);
        sea.clinic.clearFaults();
        sea.source.simulator().clearFaults();
    }

    /** How many bundles may have been sent twice for what it did: of each node what was on the wire. */
    int mayRepeat() {
        int broken =
                List.of(Blow.KILL, Blow.FREEZE, Blow.STOP_DATABASE, Blow.CUT_BACKENDS, Blow.CLINIC_LOSES_ANSWERS)
                        .stream()
                        .mapToInt(this::done)
                        .sum();
        return broken * 2;
    }
}
