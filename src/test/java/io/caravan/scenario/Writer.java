package io.caravan.scenario;

import io.caravan.testing.Flow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Upserts random records in transactions of its own, one or two pages each; some stay open until others have committed
 * or a run has gone by, and some roll back.
 */
final class Writer implements Callable<Void> {

    /** How many transactions, over how many different records. */
    record Plan(int transactions, int records) {}

    private final String name;
    private final Connection connection;
    private final Flow flow;
    private final Random random;
    private final Tide tide;
    private final DeliveryLedger ledger;
    private final Plan plan;

    Writer(String name, Connection connection, Flow flow, long seed, Tide tide, DeliveryLedger ledger, Plan plan)
            throws SQLException {
        this.name = name;
        this.connection = connection;
        this.connection.setAutoCommit(false);
        this.flow = flow.over(new SingleConnectionDataSource(connection, true));
        this.random = new Random(seed);
        this.tide = tide;
        this.ledger = ledger;
        this.plan = plan;
    }

    @Override
    public Void call() throws SQLException, InterruptedException {
        try (connection) {
            for (int n = 0; n < plan.transactions(); n++) {
                transaction(name + "." + n);
            }
        }
        return null;
    }

    private void transaction(String version) throws SQLException, InterruptedException {
        // Sorted, so that no two writers wait for each other's rows.
        List<String> ids = random.ints(1 + random.nextInt(6), 0, plan.records())
                .distinct()
                .sorted()
                .mapToObj("o%04d"::formatted)
                .toList();
        int first = 1 + random.nextInt(ids.size());
        flow.land(version, ids.subList(0, first));
        hold();
        flow.land(version, ids.subList(first, ids.size()));
        hold();
        if (random.nextInt(100) < 15) {
            connection.rollback();
            return;
        }
        ledger.commit(ids, version);
        connection.commit();
        tide.committed();
    }

    private void hold() throws InterruptedException {
        switch (random.nextInt(4)) {
            case 0 -> tide.await(1 + random.nextInt(5), 2);
            case 1 -> tide.await(20, 1 + random.nextInt(2));
            default -> {}
        }
    }
}
